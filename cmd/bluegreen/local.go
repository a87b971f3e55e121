package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bluegreen/internal/demo"
	"bluegreen/internal/deploy"
	"bluegreen/internal/form"
	"bluegreen/internal/guardrails"
	"bluegreen/internal/local"
	"bluegreen/internal/text"
	"bluegreen/pipeline"
)

// localOptions say what kind of local AWS to put up, and what in it.
type localOptions struct {
	local.Options
	functions string // directory with <state>/bootstrap
	fleet     string // kind of fleet
	source    string // that it launches from
	balancer  string // that it stands behind
	strategy  string // by which its traffic moves; empty: what fits
}

// flags defines the flags that say what kind of local AWS to put up.
func (o *localOptions) flags(flags *pflag.FlagSet, address string) {
	flags.StringVar(&o.Address, "addr", address, "`address` of the endpoint, on loopback")
	flags.Float64Var(&o.Speed, "speed", 20, "how many `times` faster than real time the local AWS runs, 1 to 100")
	flags.StringVar(&o.Region, "region", local.DefaultRegion, "`Region` that the account of the local AWS is in")
	flags.Uint64Var(&o.Seed, "seed", 1, "`number` that every random draw of the model follows from")
	flags.StringVar(&o.fleet, "fleet", "web", "`kind` of fleet: web (behind a load balancer), workers (on a queue), rich (web, with everything that a group can have) or scaling (web, with scaling policies)")
	flags.StringVar(&o.source, "source", "template", "`what` the fleet launches from: template, configuration, weights or requirements")
	flags.StringVar(&o.balancer, "balancer", "application", "`type` of the load balancer: application or classic")
	flags.StringVar(&o.strategy, "strategy", "", "`how` its traffic moves: attach, dns, where clients know it by a name, or in-place, where the group stays; none for workers (default what fits)")
	flags.StringVar(&o.Guardrails, "guardrails", "", "`file` with the operators' policy, read at every deployment; without it there is none")
	flags.StringVar(&o.functions, "functions", "", "`directory` with the functions that make build leaves, <state>/bootstrap; without it this program is them all")
}

// check reports options that cannot work.
func (o *localOptions) check() error {
	if o.Speed < 1 || o.Speed > 100 {
		return usagef("--speed %g: want 1 to 100; beyond that the functions, which run in real time, take longer than their timeouts", o.Speed)
	}
	if err := local.CheckRegion(o.Region); err != nil {
		return usagef("--region: %s", err)
	}
	if o.Guardrails != "" {
		text, err := form.LoadFile(o.Guardrails)
		if err != nil {
			return fmt.Errorf("--guardrails: %w", err)
		}
		if _, err := guardrails.Parse(text); err != nil {
			return fmt.Errorf("--guardrails %s: %w", o.Guardrails, err)
		}
		if o.Guardrails, err = filepath.Abs(o.Guardrails); err != nil { // functions run in folders of their own
			return err
		}
	}
	_, err := o.kind()
	return err
}

func newLocal(term terminal) *cobra.Command {
	var o localOptions
	var input, green string
	var approval bool
	c := newCommand("local", "keep a local AWS with the same fleet up, for the aws CLI and for you",
		func(ctx context.Context, _ []string) error {
			scenario, err := demo.ScenarioNamed(green)
			if err != nil {
				return usagef("--green %s", err)
			}
			return runLocal(ctx, term, o, scenario, input, approval)
		})
	flags := c.Flags()
	o.flags(flags, "127.0.0.1:4566")
	flags.StringVar(&input, "input", "", "`file` with the request that the repository begins with; without it the fleet's own")
	flags.StringVar(&green, "green", "well", "how what is deployed there does: well, sick or short (of capacity)")
	flags.BoolVar(&approval, "approval", false, "in the pipeline, have a person approve before a deployment starts")
	flags.StringVar(&o.Daemon, "xray-daemon", "", "UDP `address` of the X-Ray daemon, on loopback; without it 127.0.0.1:2000, or any port when --addr has any")
	return c
}

// runLocal keeps a local AWS with a serving fleet up until ctx ends.
func runLocal(ctx context.Context, term terminal, options localOptions, scenario demo.Scenario, input string, approval bool) error {
	if err := options.check(); err != nil {
		return err
	}
	file, request, err := readRequest(input, options.fleet)
	if err != nil {
		return err
	}
	if options.Daemon == "" && !strings.HasSuffix(options.Address, ":0") {
		options.Daemon = "127.0.0.1:2000"
	}
	out := &progress{term: term}
	e, err := openSeeded(ctx, out, options)
	if err != nil {
		return endedByUser(ctx, err)
	}
	defer e.Close()
	scenario.Prepare(e)
	asked, err := scenario.Request(request)
	if err == nil {
		asked, err = e.Request(asked)
	}
	if err != nil {
		return fmt.Errorf("read the request in %s: %w", file, err)
	}
	pipeline, err := e.DeployByCommit(ctx, []byte(asked), approval)
	if err != nil {
		return endedByUser(ctx, err)
	}
	printPlace := printWeb
	if e.Workers != nil {
		printPlace = printWorkers
	}
	if file != ownRequest {
		asked = file
	}
	printPlace(term, e, asked)
	printPipeline(term, pipeline, file)
	err = demo.Follow(ctx, out, e)
	out.Line("bluegreen: ended")
	return endedByUser(ctx, err)
}

// openSeeded puts up a local AWS with its fleet, and waits until blue serves.
func openSeeded(ctx context.Context, out *progress, options localOptions) (*local.Environment, error) {
	kind, err := options.kind()
	if err != nil {
		return nil, err
	}
	e, err := local.Open(options.Options)
	if errors.Is(err, local.ErrNotLoopback) {
		return nil, usagef("%s", err)
	}
	if err != nil {
		return nil, err
	}
	out.Line("local AWS at %s, %g times as fast as real time; a fleet of %s is starting", e.URL, options.Speed, kind.About)
	if err := e.Seed(ctx, options.functions, kind); err != nil {
		e.Close()
		return nil, err
	}
	out.Line("blue serves: %s, %s", e.World.GroupName, deploy.Counted(int(e.World.DesiredCapacity), e.Counts))
	return e, nil
}

// endedByUser is err, but nil when it only says that the user ended the command.
func endedByUser(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// printWeb says what stands where, and the commands to try. Version 1 of the aws CLI takes the endpoint of SQS from the
// command line alone.
func printWeb(term terminal, e *local.Environment, request string) {
	w := e.World
	balancer, _ := e.Plane.Address(w.ListenerARN)
	fmt.Fprintf(term.out, webText, e.URL, balancer, w.GroupName, w.TargetGroupARN, w.TemplateName, w.LedgerTable, w.Machine(), e.TraceDaemon(), w.OperatorQueue)
	printCommands(term, e, request)
	fmt.Fprintf(term.out, webCommands, e.URL, w.Machine(), w.GroupName, w.TargetGroupARN, balancer, w.OperatorQueue)
}

const webText = `
endpoint        %s
load balancer   http://%s/
group           %s
target group    %s
template        %s (its latest version has a newer image: what green will run)
ledger table    %s
state machine   %s
X-Ray daemon    %s (UDP)
mail            %s (a queue)
`

const webCommands = `
And with the aws CLI, as on AWS:

aws stepfunctions list-executions --state-machine-arn %[2]s
aws sqs receive-message --endpoint-url %[1]s --queue-url %[6]s --max-number-of-messages 10 --query 'Messages[].Body' --output text    # what people were told
aws autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[].[AutoScalingGroupName,MinSize,DesiredCapacity,MaxSize]' --output table
aws autoscaling describe-scaling-activities --auto-scaling-group-name %[3]s --query 'Activities[].[StartTime,StatusCode,Description]' --output table
aws elbv2 describe-target-health --target-group-arn %[4]s --query 'TargetHealthDescriptions[].[Target.Id,TargetHealth.State,TargetHealth.Reason]' --output table
while sleep 0.2; do curl -s http://%[5]s/; done
`

// printCommands says how to deploy the fleet with this program, from any folder. request is the fleet's own, which is written to a file first;
// empty: the user has one.
func printCommands(term terminal, e *local.Environment, request string) {
	fmt.Fprintf(term.out, environmentText, e.Config.Region, e.URL)
	file := ownRequest
	if strings.HasPrefix(request, "{") {
		fmt.Fprintf(term.out, "cat > %s <<'END'\n%s\nEND\n", ownRequest, strings.TrimSpace(request))
	} else {
		file = request
	}
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	fmt.Fprintf(term.out, deployText, text.Quote(program), text.Quote(file), e.World.GroupName)
}

const environmentText = `
Try, in another terminal, in any folder:

export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=%[1]s AWS_REGION=%[1]s AWS_ENDPOINT_URL=%[2]s
`

const deployText = `%[1]s plan -f %[2]s
%[1]s deploy -f %[2]s
%[1]s status %[3]s
%[1]s list
%[1]s show latest
%[1]s trace latest
%[1]s rollback %[3]s
`

// printWorkers says the same of a fleet of workers.
func printWorkers(term terminal, e *local.Environment, request string) {
	w := e.World
	fmt.Fprintf(term.out, workersText, e.URL, w.GroupName, e.Workers.Queue.URL, e.Workers.Ledger.File, w.TemplateName, w.LedgerTable, w.Machine(),
		e.Workers.Draining, filepath.Join(os.TempDir(), "bluegreen-i-*"))
	printCommands(term, e, request)
	fmt.Fprintf(term.out, workersCommands, e.URL, w.GroupName, e.Workers.Queue.URL, w.Machine(), e.Workers.Draining)
}

const workersText = `
endpoint        %[1]s
group           %[2]s
queue           %[3]s
job ledger      %[4]s (what workers begin and have done)
folders         %[9]s (one for each instance)
template        %[5]s (its latest version has a newer image: what green will run)
ledger table    %[6]s
state machine   %[7]s
and for drains  %[8]s
`

const workersCommands = `
And with the aws CLI, as on AWS:

for n in 1 2 3 4 5 6 7 8; do aws sqs send-message --endpoint-url %[1]s --queue-url %[3]s --message-body '{"seconds": 20}' --query MessageId & done; wait
aws sqs get-queue-attributes --endpoint-url %[1]s --queue-url %[3]s --attribute-names ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible
aws stepfunctions list-executions --state-machine-arn %[4]s
aws autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[].[AutoScalingGroupName,MinSize,DesiredCapacity,MaxSize]' --output table
aws ssm list-command-invocations --details --query 'CommandInvocations[].[InstanceId,StatusDetails,RequestedDateTime]' --output table

After the first deployment every scale-in drains, as its request said:

aws autoscaling set-desired-capacity --auto-scaling-group-name %[2]s-v001 --desired-capacity 2
aws autoscaling describe-auto-scaling-instances --query 'AutoScalingInstances[].[InstanceId,AutoScalingGroupName,LifecycleState]' --output table
aws stepfunctions list-executions --state-machine-arn %[5]s
`

// fleetNamed finds a kind of fleet.
func fleetNamed(name string) (local.FleetKind, error) {
	kind, err := local.FleetNamed(name)
	if err != nil {
		return kind, usagef("--fleet %s", err)
	}
	return kind, nil
}

// kind is the kind of fleet, from its source and behind its load balancer.
func (o *localOptions) kind() (local.FleetKind, error) {
	kind, err := fleetNamed(o.fleet)
	if err != nil {
		return kind, err
	}
	if kind, err = kind.From(o.source); err != nil {
		return kind, usagef("--source %s", err)
	}
	if kind, err = kind.Behind(o.balancer); err != nil {
		return kind, usagef("--balancer %s", err)
	}
	if kind, err = kind.By(o.strategy); err != nil {
		return kind, usagef("--strategy %s", err)
	}
	return kind, nil
}

// readRequest reads and checks a file with a request, or if none is named that of a kind of fleet, and tells which it was: the name of a
// file that there is yet to be, where none is named.
func readRequest(named, fleet string) (file string, content []byte, err error) {
	kind, err := fleetNamed(fleet)
	if err != nil {
		return "", nil, err
	}
	if named == "" {
		content, err = pipeline.Request(kind.Input)
		return ownRequest, content, err
	}
	if content, err = form.LoadFile(named); err != nil {
		return "", nil, fmt.Errorf("read the request: %w", err)
	}
	if _, err := deploy.ParseRequest(content); err != nil { // what is given twice nobody sees after it is started
		return "", nil, fmt.Errorf("%s: %w", named, err)
	}
	return named, content, nil
}

// ownRequest is the file that people are told to write a fleet's own request to.
const ownRequest = "request.json"
