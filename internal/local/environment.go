// Package local keeps a local AWS up for real clients: the endpoint that speaks AWS, the instances and load balancers that
// serve real traffic, and in it a fleet that can be deployed.
package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/dataplane"
	"bluegreen/internal/localaws/sns"
	"bluegreen/internal/localaws/world"
	localxray "bluegreen/internal/localaws/xray"
	"bluegreen/internal/rehearsal"
	"bluegreen/internal/text"
	"bluegreen/statemachine"
)

// DefaultRegion is the Region of a local AWS whose options name none.
const DefaultRegion = localaws.DefaultRegion

// CheckRegion is an error for what is no Region that a local AWS can be in.
func CheckRegion(name string) error { return account.CheckRegion(name) }

// Options say what kind of local AWS to put up.
type Options struct {
	Address string  // of the endpoint
	Speed   float64 // how many times faster than the wall its clock runs
	Seed    uint64
	Region  string // of its account; empty is the default

	Guardrails string // file with the operators' policy; empty: there is none
	Daemon     string // UDP address of the X-Ray daemon; empty: any port
}

// Environment is a local AWS that serves real clients and real traffic.
type Environment struct {
	AWS     *localaws.AWS
	Clock   *clock.Scaled
	Plane   *dataplane.Plane
	URL     string // of the endpoint
	Config  aws.Config
	World   world.World // what Seed put into it
	Counts  string      // what its fleet's sizes count: instance, or unit
	Workers *Workers    // nil: the fleet is not one of workers
	Scales  bool        // the fleet has scaling policies

	server     *http.Server
	functions  map[string]string // ARNs by state
	daemon     *localxray.Daemon
	guardrails string          // file
	namesImage bool            // a request has to name the new image
	moves      deploy.Strategy // that it names besides; empty: none
}

// ErrNotLoopback is an address that other machines reach.
var ErrNotLoopback = errors.New("want an address of loopback")

// Open puts up a local AWS in which nothing stands yet. An address that other machines reach is ErrNotLoopback.
func Open(options Options) (*Environment, error) {
	socket, err := net.Listen("tcp", options.Address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another process, perhaps another bluegreen; end it, or choose a free port with --addr 127.0.0.1:0", options.Address)
	}
	if err != nil {
		return nil, fmt.Errorf("open the endpoint: %w; --addr takes an address of loopback such as 127.0.0.1:4566", err)
	}
	if !isLoopback(socket.Addr().String()) {
		_ = socket.Close()
		return nil, fmt.Errorf("%s: %w such as 127.0.0.1:4566; whatever reaches the endpoint can run programs here as you", text.Option("--addr", options.Address), ErrNotLoopback)
	}
	e := &Environment{Clock: clock.NewScaled(options.Speed), URL: "http://" + socket.Addr().String(), guardrails: options.Guardrails}
	settings := localaws.DefaultSettings()
	settings.ELBv2.Provisioning = account.Constant(10 * time.Second) // nobody came to wait for a load balancer
	settings.Classic.Naming = account.Constant(10 * time.Second)
	e.AWS = localaws.New(localaws.Options{Clock: e.Clock, Seed: options.Seed, Settings: &settings, Region: options.Region})
	e.AWS.Functions.SetEndpoint(e.URL)
	if e.daemon, err = openDaemon(e, options.Daemon); err != nil {
		_ = socket.Close()
		return nil, err
	}
	e.Plane = dataplane.New(e.AWS.Account, e.Clock, e.AWS.Compute, dataplane.DefaultSettings(), e.AWS.Balancers, e.AWS.Classic)
	e.AWS.Account.Lock()
	e.AWS.Queues.SetEndpoint(e.URL)
	e.AWS.Topics.SetEndpoint(e.URL)
	e.AWS.Commands.SetExecutor(e.Plane)
	e.Plane.OnRequest(e.AWS.Loads.Count)
	e.AWS.Loads.Carried(e.Plane.Carried)
	e.Plane.OnFailure(e.AWS.Loads.CountFailure)
	e.AWS.Account.Unlock()
	e.server = &http.Server{Handler: e.AWS.Endpoint}
	go e.server.Serve(socket)
	e.Config = Config(e.URL, e.AWS.Account.Region)
	return e, nil
}

// openDaemon opens the X-Ray daemon that functions send their segments to.
func openDaemon(e *Environment, address string) (*localxray.Daemon, error) {
	daemon, err := e.AWS.Traces.Listen(cmp.Or(address, "127.0.0.1:0"), e.Clock)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s (UDP) is taken by another process, perhaps an X-Ray daemon; end it, or choose a free port with --xray-daemon 127.0.0.1:0", address)
	}
	if err != nil {
		return nil, fmt.Errorf("open the X-Ray daemon: %w; --xray-daemon takes an address of loopback such as 127.0.0.1:2000", err)
	}
	if !isLoopback(daemon.Address()) {
		daemon.Close()
		return nil, fmt.Errorf("%s: %w such as 127.0.0.1:2000; it believes whatever reaches it", text.Option("--xray-daemon", address), ErrNotLoopback)
	}
	e.AWS.Functions.SetDaemon(daemon.Address())
	return daemon, nil
}

// isLoopback reports whether an address ("127.0.0.1:4566") is one that no other machine reaches.
func isLoopback(address string) bool {
	at, err := netip.ParseAddrPort(address)
	return err == nil && at.Addr().IsLoopback()
}

// TraceDaemon is the UDP address of the X-Ray daemon that takes the functions' segments.
func (e *Environment) TraceDaemon() string { return e.daemon.Address() }

// Config is what clients of the local AWS at a URL, in a Region, need to know.
func Config(url, region string) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: &url,
		Credentials:  credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// Close ends everything that Open, Seed and the functions started.
func (e *Environment) Close() {
	e.AWS.Close()
	e.daemon.Close()
	e.Plane.Close()
	e.server.Close()
	if e.Workers != nil {
		e.Workers.close()
	}
}

// enoughMemory is more than an environment ever needs, in bytes: beyond it the garbage collector works harder.
const enoughMemory = 128 << 20

// Seed puts a fleet that serves, and what deploys it, into the local AWS. The functions are those of a directory with
// <state>/bootstrap in it; where that is empty, this program itself, which then has to be one that runs Serve for the command Program.
func (e *Environment) Seed(ctx context.Context, functionsDir string, kind FleetKind) (err error) {
	debug.SetMemoryLimit(enoughMemory)
	plan := kind.plan()
	e.moves = kind.moves
	e.namesImage, e.Counts = plan.Source == world.FromConfiguration, "instance"
	if plan.CapacityType != "" || len(plan.Weights) > 0 {
		e.Counts = "unit"
	}
	plan.Traced, plan.Builds = true, true
	plan.Machine = statemachine.Name(plan.Project, plan.Role, plan.Environment)
	plan.Definition = func(arns map[string]string) (string, error) {
		e.functions = arns
		return statemachine.Definition("aws", func(f statemachine.Function) string { return arns[f.State] })
	}
	if plan.InPlace {
		e.namesImage, plan.PlaceMachine = true, statemachine.InPlaceName(plan.Project, plan.Role, plan.Environment)
		plan.Place = func(arns map[string]string) (string, error) {
			return statemachine.InPlace("aws", func(f statemachine.Function) string { return arns[f.State] })
		}
	}
	plan.Variables = rehearsal.Variables(plan)
	plan.Variables[lambdaentry.GuardrailsVariable] = e.guardrails
	for _, function := range statemachine.Deployed() {
		code, err := code(function, functionsDir)
		if err != nil {
			return fmt.Errorf("the function of %s: %w; run \"make build\", or point --functions to a directory with <state>/bootstrap in it", function.State, err)
		}
		plan.Functions = append(plan.Functions, world.Function{
			Name: function.State, Timeout: time.Duration(function.TimeoutSeconds) * time.Second, Code: code,
			Environment: map[string]string{lambdaentry.MachineVariable: e.AWS.Account.ARN("states", "stateMachine:"+plan.Machine)},
		})
	}
	if kind.works {
		if e.Workers, err = openWorkers(ctx, e, plan); err != nil {
			return err
		}
	}
	seeder := world.Seeder{Config: e.Config, Clock: e.Clock}
	e.World, err = seeder.Seed(ctx, plan)
	debug.FreeOSMemory() // the functions' packages were most of what is ever needed
	if err != nil {
		return err
	}
	if err := rehearsal.Confine(e.AWS, plan, e.World); err != nil {
		return err
	}
	if kind.Scales() {
		if err := e.scale(ctx); err != nil {
			return err
		}
	}
	machines := e.World.Machines()
	if kind.works {
		if err := e.Workers.drainAlways(ctx, e, plan); err != nil {
			return err
		}
		machines = append(machines, e.Workers.Draining)
	}
	for _, mail := range e.mailbox() { // it asks whether the operator wants mail
		if err := seeder.Confirm(ctx, e.World, mail.Token); err != nil {
			return err
		}
	}
	return seeder.StatusChange(ctx, plan.Machine+"-status-change", e.functions[statemachine.StatusChange.State], machines...)
}

// Mail is what the operator was sent, but for the question whether to send mail: each with its subject as its first line.
func (e *Environment) Mail() []string {
	var all []string
	for _, mail := range e.mailbox() {
		if mail.Token == "" {
			all = append(all, "mail to "+mail.To+": "+mail.Subject+"\n"+mail.Body)
		}
	}
	return all
}

func (e *Environment) mailbox() []sns.Mail {
	e.AWS.Account.Lock()
	defer e.AWS.Account.Unlock()
	return e.AWS.Topics.Mailbox(e.World.Operator)
}
