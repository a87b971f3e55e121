package scenario

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/cockroachdb/datadriven"

	localssm "bluegreen/internal/localaws/ssm"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/internal/rehearsal/invariant"
)

// Script plays a scenario: a text of commands, each with the answer that is expected below it. docs/testing.md tells
// the commands. The zero Script is ready for the command world, which each scenario begins with.
type Script struct {
	r          *rehearsal.Rehearsal
	watch      *invariant.Watcher
	executions map[string]string // ARN by name
	started    []string          // names, in order
	latest     string
	used       []rehearsal.Use // in the worlds before
	noted      []string        // instance ids
	answers    map[string]any  // of calls, by the names that the scenario gave them

	drainMachine string // ARN, once graceful-shutdown has put it there
	mailRead     int    // mails that the scenario has shown
	stages       string // URL of the queue that keeps our events, once listen has put it there

	released world.Pipeline // once the command pipeline has put it there
	reported int            // executions of it whose end the scenario has shown

	drainsGo localssm.Behaviour // how scripts go that nothing else is said of
	scripts  []scripted         // what is said of others, the last first
	seeded   map[string]bool    // what stood when the world began, by what things says it is

	mend    []func() // take the faults away
	struck  []string // instances that the scenario made sick or ended
	invokes []*invokeFault
}

// longest is how long a scenario waits for anything.
const longest = 72 * time.Hour

// Play runs one command and returns its answer.
func (s *Script) Play(d *datadriven.TestData) (answer string, err error) {
	if d.Cmd == "world" {
		return s.world(d)
	}
	if s.r == nil {
		return "", fmt.Errorf("the first command must be: world")
	}
	commands := map[string]func(context.Context, *datadriven.TestData) (string, error){
		"start": s.start, "advance": s.advance, "end": s.end, "look": s.look, "launched": s.launched, "no-configurations": s.noConfigurations, "stop": s.stop, "answer": s.answer, "redrive": s.redrive,
		"call": s.call, "fault": s.fault, "lag": s.lag, "outlive": s.outlive, "sicken": s.sicken, "terminate": s.terminate,
		"sick-image": s.sickImage, "capacity": s.capacity, "record": s.record, "calls": s.calls, "plan": s.planned,
		"drains": s.drains, "lose-agent": s.loseAgent, "no-agent": s.noAgent, "note": s.noteMembers, "drained": s.drained, "protect": s.protect,
		"graceful-shutdown": s.gracefulShutdown, "lose-events": s.loseEvents, "interrupt-spot": s.interruptSpot, "shutdowns": s.shutdowns,
		"resize": s.resize, "impair": s.impair, "invoke-fault": s.invokeFault, "converge": s.converge, "guardrails": s.guardrails,
		"mail": s.mail, "listen": s.listen, "events": s.events, "metrics": s.metrics,
		"pipeline": s.pipeline, "commit": s.commit, "release": s.release, "approve": s.approve, "pipeline-state": s.pipelineState,
		"pipeline-end": s.pipelineEnd, "stop-pipeline": s.stopPipeline,
		"status-change": s.statusChange, "look-for-locks": s.lookForLocks, "executions": s.listed, "log": s.logged,
		"commands": s.commands, "images": s.images, "leftovers": s.leftovers,
		"refuse-logs": s.refuseLogs,
		"scaling":     s.scaling, "load": s.load, "resolve": s.resolve,
	}
	command, ok := commands[d.Cmd]
	if !ok {
		return "", fmt.Errorf("there is no command %q", d.Cmd)
	}
	s.r.Run(func(ctx context.Context) { answer, err = command(ctx, d) })
	return answer, err
}

// Close ends the scenario's world.
func (s *Script) Close() {
	if s.r != nil {
		s.r.Close()
		if s.r.Guardrails != "" {
			os.RemoveAll(filepath.Dir(s.r.Guardrails))
		}
	}
}

// Executions returns the ARNs of the executions that the command start has started, in order.
func (s *Script) Executions() []string {
	var arns []string
	for _, name := range s.started {
		arns = append(arns, s.executions[name])
	}
	return arns
}

// Rehearsal returns what the scenario's last world is played in; nil before there is one.
func (s *Script) Rehearsal() *rehearsal.Rehearsal { return s.r }

// Used returns the operations that the functions have called in the scenario's worlds, as Rehearsal.Used does.
func (s *Script) Used() []rehearsal.Use {
	if s.r == nil {
		return nil
	}
	return append(s.used, s.r.Used()...)
}

// world seeds the fleet: desired=4 min=2 max=8 delay=60s seed=1 unbalanced boot=30s, and what else worldArguments has.
func (s *Script) world(d *datadriven.TestData) (string, error) {
	used := s.Used()
	s.Close()
	options, err := worldOptions(d.CmdArgs)
	if err != nil {
		return "", err
	}
	r, err := rehearsal.New(options)
	if err != nil {
		return "", err
	}
	r.AWS.Faults.Keep(-1) // for the command calls
	*s = Script{r: r, watch: invariant.Watch(r), executions: make(map[string]string), answers: make(map[string]any), used: used, drainsGo: localssm.DefaultBehaviour()}
	s.seeded = make(map[string]bool)
	for _, thing := range s.things() {
		s.seeded[thing.id] = true
	}
	return servesWith(options.Plan, r.World), nil
}

// servesWith is what a world answers.
func servesWith(plan world.Plan, w world.World) string {
	counts := "instances"
	if len(plan.Weights) > 0 || plan.CapacityType != "" {
		counts = "units"
	}
	return fmt.Sprintf("%s serves with %d %s\n", w.GroupName, w.DesiredCapacity, counts)
}

// start begins an execution named by name= with the input below the command, or that of file=; bytes= makes it as large.
func (s *Script) start(ctx context.Context, d *datadriven.TestData) (string, error) {
	name := argument(d, "name", fmt.Sprintf("deployment-%d", len(s.executions)+1))
	input, err := written(d)
	if err != nil {
		return "", err
	}
	bytes, err := integer(d, "bytes", 0)
	if err != nil {
		return "", err
	}
	machine := s.r.World.MachineARN
	if flag(d, "in-place") {
		machine = s.r.World.InPlaceARN
	}
	arn, err := s.r.StartOf(ctx, machine, name, padded(s.standIns().Replace(input), bytes))
	if err != nil {
		return refusal(err), nil
	}
	s.executions[name], s.latest = arn, arn
	s.started = append(s.started, name)
	return "started " + name + "\n", nil
}

// padded is an object with a member more that makes it so many bytes large.
func padded(input string, bytes int) string {
	head, ok := strings.CutSuffix(strings.TrimSpace(input), "}")
	const name, tail = `, "note": "`, `"}`
	if missing := bytes - len(head) - len(name) - len(tail); ok && missing > 0 {
		return head + name + strings.Repeat("x", missing) + tail
	}
	return input
}

// guardrails publishes the text below the command, or that of file=, as the operators' policy. The world must be one
// with guardrails, whose file is missing until then.
func (s *Script) guardrails(_ context.Context, d *datadriven.TestData) (string, error) {
	if s.r.Guardrails == "" {
		return "", fmt.Errorf("this world has no guardrails: want \"world guardrails\"")
	}
	text, err := written(d)
	if err != nil {
		return "", err
	}
	return "", os.WriteFile(s.r.Guardrails, []byte(text), 0o644)
}

// written is what stands below a command, or in the file, relative to the module's root, that its file= names.
func written(d *datadriven.TestData) (string, error) {
	file := argument(d, "file", "")
	if file == "" {
		return d.Input, nil
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(file)))
	return string(text), err
}

// advance lets time pass: for=90s, or until=<state> of the execution name=, and of its loop the phase=.
func (s *Script) advance(ctx context.Context, d *datadriven.TestData) (string, error) {
	if state := argument(d, "until", ""); state != "" {
		if err := s.r.AwaitState(ctx, s.execution(d), state, argument(d, "phase", ""), longest); err != nil {
			return "", err
		}
		return "at " + state + "\n", nil
	}
	length, err := time.ParseDuration(argument(d, "for", ""))
	if err != nil {
		return "", fmt.Errorf("advance needs for=<duration> or until=<state>: %w", err)
	}
	s.r.Wait(ctx, length)
	return "", nil
}

// end waits for the execution's end and tells its end state, its path and its report.
func (s *Script) end(ctx context.Context, d *datadriven.TestData) (string, error) {
	arn := s.execution(d)
	out, err := s.r.AwaitEnd(ctx, arn, longest)
	if err != nil {
		return "", err
	}
	path, err := s.r.Path(arn)
	if err != nil {
		return "", err
	}
	state, report := rehearsal.EndState(out)
	var b strings.Builder
	fmt.Fprintf(&b, "%s", state)
	if report.Error != "" {
		fmt.Fprintf(&b, " (%s)", report.Error)
	}
	fmt.Fprintf(&b, "\npath: %s\n", strings.Join(path, " "))
	if report.What != "" {
		fmt.Fprintf(&b, "what: %s\n", s.plain(report.What))
		for _, warning := range report.Warnings {
			fmt.Fprintf(&b, "warning: %s\n", s.plain(warning))
		}
	}
	return b.String() + s.promises(), nil
}

// plain is what a person reads, without what differs from run to run.
func (s *Script) plain(what string) string {
	if s.r.Guardrails != "" {
		what = strings.ReplaceAll(what, s.r.Guardrails, "/opt/guardrails.json")
	}
	what = requestID.ReplaceAllString(what, "$1 ID")
	what = startedByEvent.ReplaceAllString(what, "ID")
	return instanceID.ReplaceAllString(what, "i-ID")
}

// These are drawn again whenever a call more or less is made before: a scenario does not hold them.
var (
	requestID  = regexp.MustCompile(`(RequestI[Dd]:|request) [0-9a-f-]{36}`)
	instanceID = regexp.MustCompile(`\bi-[0-9a-f]{17}\b`)

	startedByEvent = regexp.MustCompile(`[0-9a-f-]{36}_[0-9a-f-]{36}`) // an execution's name
)

func (s *Script) promises() string {
	if broken := s.watch.Broken(); len(broken) > 0 {
		return "BROKEN " + strings.Join(broken, "\nBROKEN ") + "\n"
	}
	return "promises kept\n"
}

func (s *Script) stop(ctx context.Context, d *datadriven.TestData) (string, error) {
	_, err := s.r.Machines.StopExecution(ctx, &sfn.StopExecutionInput{
		ExecutionArn: aws.String(s.execution(d)), Error: aws.String("Operator"), Cause: aws.String("stopped by a person"),
	})
	return refusal(err), nil
}

func (s *Script) redrive(ctx context.Context, d *datadriven.TestData) (string, error) {
	_, err := s.r.Machines.RedriveExecution(ctx, &sfn.RedriveExecutionInput{ExecutionArn: aws.String(s.execution(d))})
	return refusal(err), nil
}

func (s *Script) execution(d *datadriven.TestData) string {
	if arn, ok := s.executions[argument(d, "name", "")]; ok {
		return arn
	}
	return s.latest
}

// argument is the value of key=value on the command's line.
func argument(d *datadriven.TestData, key, otherwise string) string {
	for _, arg := range d.CmdArgs {
		if arg.Key == key && len(arg.Vals) > 0 {
			return strings.Join(arg.Vals, ",")
		}
	}
	return otherwise
}

func flag(d *datadriven.TestData, key string) bool {
	for _, arg := range d.CmdArgs {
		if arg.Key == key {
			return true
		}
	}
	return false
}

func integer(d *datadriven.TestData, key string, otherwise int) (int, error) {
	text := argument(d, key, "")
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%s=%s: it must be a whole number", key, text)
	}
	return n, nil
}
