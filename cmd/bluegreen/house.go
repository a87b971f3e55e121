package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"bluegreen/internal/clock"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/dataplane"
	"bluegreen/internal/localaws/sns"
	"bluegreen/internal/localaws/world"
	localxray "bluegreen/internal/localaws/xray"
	"bluegreen/internal/rehearsal"
	"bluegreen/statemachine"
)

// houseOptions say what kind of local AWS to put up.
type houseOptions struct {
	address   string  // of the endpoint
	speed     float64 // how many times faster than the wall its clock runs
	seed      uint64
	functions string // directory with <state>/bootstrap
	fleet     string // kind of fleet

	guardrails string // file with the operators' policy; empty: there is none
	daemon     string // UDP address of the X-Ray daemon; empty: any port
}

// house is a local AWS that serves real clients and real traffic.
type house struct {
	aws    *localaws.AWS
	clock  *clock.Scaled
	plane  *dataplane.Plane
	server *http.Server
	url    string // of the endpoint
	config aws.Config

	functions map[string]string // ARNs by state
	operator  string            // e-mail address
	workshop  *workshop         // nil: the fleet is not one of workers
	daemon    *localxray.Daemon

	guardrails string // file
}

// openHouse puts up a local AWS in which nothing stands yet.
func openHouse(options houseOptions) (*house, error) {
	socket, err := net.Listen("tcp", options.address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another process, perhaps another bluegreen; end it, or choose a free port with --addr 127.0.0.1:0", options.address)
	}
	if err != nil {
		return nil, fmt.Errorf("open the endpoint: %w; --addr takes an address of loopback such as 127.0.0.1:4566", err)
	}
	if !isLoopback(socket.Addr().String()) {
		_ = socket.Close()
		return nil, usagef("--addr %s: want an address of loopback such as 127.0.0.1:4566; whatever reaches the endpoint can run programs here as you", options.address)
	}
	h := &house{clock: clock.NewScaled(options.speed), url: "http://" + socket.Addr().String(), guardrails: options.guardrails}
	settings := localaws.DefaultSettings()
	settings.ELBv2.Provisioning = account.Constant(10 * time.Second) // nobody came to wait for a load balancer
	h.aws = localaws.New(localaws.Options{Clock: h.clock, Seed: options.seed, Settings: &settings})
	h.aws.Functions.SetEndpoint(h.url)
	if h.daemon, err = openDaemon(h, options.daemon); err != nil {
		_ = socket.Close()
		return nil, err
	}
	h.plane = dataplane.New(h.aws.Account, h.clock, h.aws.Compute, h.aws.Balancers, dataplane.DefaultSettings())
	h.aws.Account.Lock()
	h.aws.Queues.SetEndpoint(h.url)
	h.aws.Commands.SetExecutor(h.plane)
	h.aws.Account.Unlock()
	h.server = &http.Server{Handler: h.aws.Endpoint}
	go h.server.Serve(socket)
	h.config = localConfig(h.url)
	return h, nil
}

// openDaemon opens the X-Ray daemon that functions send their segments to.
func openDaemon(h *house, address string) (*localxray.Daemon, error) {
	daemon, err := h.aws.Traces.Listen(cmp.Or(address, "127.0.0.1:0"), h.clock)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s (UDP) is taken by another process, perhaps an X-Ray daemon; end it, or choose a free port with --xray-daemon 127.0.0.1:0", address)
	}
	if err != nil {
		return nil, fmt.Errorf("open the X-Ray daemon: %w; --xray-daemon takes an address of loopback such as 127.0.0.1:2000", err)
	}
	if !isLoopback(daemon.Address()) {
		daemon.Close()
		return nil, usagef("--xray-daemon %s: want an address of loopback such as 127.0.0.1:2000; it believes whatever reaches it", address)
	}
	h.aws.Functions.SetDaemon(daemon.Address())
	return daemon, nil
}

// isLoopback reports whether an address ("127.0.0.1:4566") is one that no other machine reaches.
func isLoopback(address string) bool {
	at, err := netip.ParseAddrPort(address)
	return err == nil && at.Addr().IsLoopback()
}

// localConfig is what clients of a local AWS need to know.
func localConfig(url string) aws.Config {
	return aws.Config{
		Region:       localaws.DefaultRegion,
		BaseEndpoint: &url,
		Credentials:  credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// close ends everything that openHouse and the functions started.
func (h *house) close() {
	h.aws.Close()
	h.daemon.Close()
	h.plane.Close()
	h.server.Close()
	if h.workshop != nil {
		h.workshop.close()
	}
}

// enoughMemory is more than a house ever needs, in bytes: beyond it the garbage collector works harder.
const enoughMemory = 128 << 20

// seed puts the demonstration's world into the house.
func (h *house) seed(ctx context.Context, functionsDir string, kind fleetKind) (world.World, error) {
	debug.SetMemoryLimit(enoughMemory)
	plan := world.DefaultPlan()
	kind.shape(&plan)
	plan.Traced = true
	plan.Machine = statemachine.Name(plan.Project, plan.Role, plan.Environment)
	plan.Definition = func(arns map[string]string) (string, error) {
		h.functions = arns
		return statemachine.Definition(func(f statemachine.Function) string { return arns[f.State] })
	}
	plan.Variables = map[string]string{lambdaentry.GuardrailsVariable: h.guardrails, lambdaentry.FleetsVariable: rehearsal.Fleets(plan)}
	for _, function := range statemachine.Deployed() {
		code, err := packageFunction(filepath.Join(functionsDir, function.Package(), "bootstrap"))
		if err != nil {
			return world.World{}, fmt.Errorf("the function of %s: %w; run \"make build\", or point --functions to a directory with <state>/bootstrap in it", function.State, err)
		}
		plan.Functions = append(plan.Functions, world.Function{
			Name: function.State, Timeout: time.Duration(function.TimeoutSeconds) * time.Second, Code: code,
			Environment: map[string]string{lambdaentry.MachineVariable: h.aws.Account.ARN("states", "stateMachine:"+plan.Machine)},
		})
	}
	if kind.works {
		var err error
		if h.workshop, err = openWorkshop(ctx, h, plan); err != nil {
			return world.World{}, err
		}
	}
	if err := rehearsal.Confine(h.aws, plan); err != nil {
		return world.World{}, err
	}
	seeder := world.Seeder{Config: h.config, Clock: h.clock}
	w, err := seeder.Seed(ctx, plan)
	debug.FreeOSMemory() // the functions' packages were most of what is ever needed
	if err != nil {
		return w, err
	}
	machines := []string{w.MachineARN}
	if kind.works {
		if err := h.workshop.drainAlways(ctx, h, w, plan); err != nil {
			return w, err
		}
		machines = append(machines, h.workshop.draining)
	}
	h.operator = w.Operator
	for _, mail := range h.mail() { // it asks whether the operator wants to be told
		if err := seeder.Confirm(ctx, w, mail.Token); err != nil {
			return w, err
		}
	}
	return w, seeder.StatusChange(ctx, plan.Machine+"-status-change", h.functions[statemachine.StatusChange.State], machines...)
}

// mail is what the operator was sent.
func (h *house) mail() []sns.Mail {
	h.aws.Account.Lock()
	defer h.aws.Account.Unlock()
	return h.aws.Topics.Mailbox(h.operator)
}

// defaultFunctionsDir is where make build puts the functions for this machine.
func defaultFunctionsDir() string { return filepath.Join("build", runtime.GOOS+"_"+runtime.GOARCH) }

// packageFunction makes a deployment package of a function's executable, as one would upload it.
func packageFunction(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var buffer bytes.Buffer
	archive := zip.NewWriter(&buffer)
	archive.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err == nil {
		_, err = io.Copy(entry, file)
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("package %s: %w", path, err)
	}
	return buffer.Bytes(), nil
}
