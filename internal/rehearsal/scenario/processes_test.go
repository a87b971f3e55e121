package scenario

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/clock"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/dataplane"
	"bluegreen/internal/localaws/world"
	localxray "bluegreen/internal/localaws/xray"
	"bluegreen/internal/rehearsal"
	"bluegreen/statemachine"
)

// speed is how many times faster than the wall the processes' clock runs: fast enough for a test, and slow enough that
// functions, which compute in real time, stay within their timeouts on a busy machine.
const speed = 30

// TestProcesses plays scenarios with the Lambdas' executables under the Runtime API, the Step Functions API over TCP,
// and real requests through the load balancer, none of which may fail. What a scenario answers is what it answers on
// virtual time, but for what a person reads, which names times and random names.
func TestProcesses(t *testing.T) {
	functions := buildFunctions(t)
	for _, scenario := range []string{
		"attach", "sick-green", "bad-request", "recover-at-switchtraffic", "second-deployment", "guardrails-broken",
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			p := &player{functions: functions}
			defer p.close()
			datadriven.RunTest(t, filepath.Join("testdata", scenario+".txt"), func(t *testing.T, d *datadriven.TestData) string {
				answer, err := p.play(t, d)
				if err != nil {
					d.Fatalf(t, "%v", err)
				}
				if got, want := comparable(answer), comparable(d.Expected); got != want {
					t.Errorf("%s: %s\ngot:\n%s\nwant:\n%s", d.Pos, d.Cmd, got, want)
				}
				return d.Expected
			})
			p.traffic.end(t)
			if scenario == "attach" {
				p.checkTraces(t)
			}
		})
	}
}

// moments are when things happened, and how long they took, in mails: here the clock is real.
var moments = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|, [0-9hms]+ before`)

// comparable is an answer without what differs from run to run, and without the promises: here requests are their judge.
func comparable(answer string) string {
	answer = moments.ReplaceAllString(answer, "")
	var lines []string
	for line := range strings.Lines(answer) {
		if !strings.HasPrefix(line, "what: ") && !strings.HasPrefix(line, "promises ") && !strings.HasPrefix(line, "BROKEN ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// buildFunctions builds every bootstrap with the environment's flags, and packages them as one uploads them.
func buildFunctions(t *testing.T) []world.Function {
	t.Helper()
	var functions []world.Function
	dir := t.TempDir()
	for _, f := range statemachine.Functions {
		bootstrap := filepath.Join(dir, f.Package(), "bootstrap")
		build := exec.CommandContext(t.Context(), "go", "build", "-ldflags", "-s -w", "-o", bootstrap, "./lambdas/"+f.Package()+"/bootstrap")
		build.Dir = filepath.Join("..", "..", "..")
		if output, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build the function of %s: %v\n%s", f.State, err, output)
		}
		code, err := packageOf(bootstrap)
		if err != nil {
			t.Fatal(err)
		}
		functions = append(functions, world.Function{Name: f.State, Timeout: time.Duration(f.TimeoutSeconds) * time.Second, Code: code})
	}
	return functions
}

// packageOf is the deployment package of an executable.
func packageOf(bootstrap string) ([]byte, error) {
	content, err := os.ReadFile(bootstrap)
	if err != nil {
		return nil, err
	}
	var buffer bytes.Buffer
	archive := zip.NewWriter(&buffer)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Store}
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := entry.Write(content); err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// player plays one scenario: the Script's own commands, in a world of processes and sockets.
type player struct {
	functions []world.Function
	script    Script
	server    *http.Server
	plane     *dataplane.Plane
	traffic   *traffic
	daemon    *localxray.Daemon
}

func (p *player) play(t *testing.T, d *datadriven.TestData) (string, error) {
	if d.Cmd == "world" {
		return p.world(t, d)
	}
	return p.script.Play(d)
}

// world is the Script's command world, with sockets.
func (p *player) world(t *testing.T, d *datadriven.TestData) (string, error) {
	options, err := worldOptions(d.CmdArgs)
	if err != nil {
		return "", err
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	url, scaled := "http://"+socket.Addr().String(), clock.NewScaled(speed)
	options.Settings.ELBv2.Provisioning = account.Constant(10 * time.Second)
	a := localaws.New(localaws.Options{Clock: scaled, Seed: options.Seed, Settings: options.Settings})
	a.Functions.SetEndpoint(url)
	if p.daemon, err = a.Traces.Listen("127.0.0.1:0", scaled); err != nil {
		return "", err
	}
	a.Functions.SetDaemon(p.daemon.Address())
	p.plane = dataplane.New(a.Account, scaled, a.Compute, dataplane.DefaultSettings(), a.Balancers, a.Classic)
	p.server = &http.Server{Handler: a.Endpoint}
	go p.server.Serve(socket)
	r := &rehearsal.Rehearsal{AWS: a, Clock: wallTime{scaled}, Guardrails: options.Guardrails, Config: aws.Config{
		Region: localaws.DefaultRegion, BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("AKIAOPERATOR", "secret", ""),
	}}
	// Without a watcher: it looks at every instant, and this clock does not stand still for it.
	p.script = Script{r: r, executions: make(map[string]string)}
	r.Machines = sfn.NewFromConfig(r.Config)
	plan := options.Plan
	plan.Traced = true
	plan.Variables = rehearsal.Variables(plan)
	plan.Variables[lambdaentry.GuardrailsVariable] = options.Guardrails
	plan.Machine, plan.Functions = statemachine.Name(plan.Project, plan.Role, plan.Environment), p.functions
	plan.Definition = func(arns map[string]string) (string, error) {
		return statemachine.Definition("aws", func(f statemachine.Function) string { return arns[f.State] })
	}
	if r.World, err = (world.Seeder{Config: r.Config, Clock: scaled}).Seed(t.Context(), plan); err != nil {
		return "", err
	}
	if err := rehearsal.Confine(a, plan, r.World); err != nil {
		return "", err
	}
	if err := r.Subscribe(t.Context(), r.World); err != nil {
		return "", err
	}
	address, listening := p.plane.Address(r.World.ListenerARN)
	if !listening {
		return "", errors.New("the load balancer has no port")
	}
	p.traffic = sendTraffic(t.Context(), "http://"+address+"/")
	return fmt.Sprintf("%s serves with %d instances\n", r.World.GroupName, r.World.DesiredCapacity), nil
}

// close ends every process, listener and connection.
func (p *player) close() {
	p.script.Close()
	if p.server != nil {
		p.daemon.Close()
		p.plane.Close()
		p.server.Close()
	}
}

// wallTime is a scaled clock, which nobody needs to drive.
type wallTime struct{ *clock.Scaled }

func (wallTime) Run(f func()) { f() }
func (wallTime) Close()       {}

// traffic is steady requests from several connections. They are POSTs, which nobody may send a second time.
type traffic struct {
	stop         context.CancelFunc
	senders      sync.WaitGroup
	sent, failed atomic.Int64
	failure      atomic.Value // one of them
}

// connections send a request each tenth of a second of real time.
const connections = 4

func sendTraffic(ctx context.Context, url string) *traffic {
	ctx, stop := context.WithCancel(ctx)
	t, wall := &traffic{stop: stop}, clock.NewScaled(1)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	for range connections {
		t.senders.Go(func() {
			for ended := error(nil); ended == nil; ended = wall.Sleep(ctx, 100*time.Millisecond) {
				t.sent.Add(1)
				if err := post(client, url); err != nil {
					t.failed.Add(1)
					t.failure.Store(err.Error())
				}
			}
		})
	}
	return t
}

func post(client *http.Client, url string) error {
	response, err := client.Post(url, "text/plain", strings.NewReader("order"))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s %w", response.Status, body, err)
	}
	return nil
}

// end waits for the last answers, and fails the test if a request failed.
func (t *traffic) end(test *testing.T) {
	t.stop()
	t.senders.Wait()
	if t.sent.Load() == 0 || t.failed.Load() > 0 {
		test.Errorf("%d of %d requests failed, one so: %v", t.failed.Load(), t.sent.Load(), t.failure.Load())
	}
	test.Logf("%d requests, %d failed", t.sent.Load(), t.failed.Load())
}
