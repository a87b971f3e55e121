package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"bluegreen/internal/deploy"
	"bluegreen/internal/form"
	"bluegreen/internal/guardrails"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/text"
)

// houseFlags returns the flags that say what kind of local AWS to put up.
func houseFlags(name, address string) (*flag.FlagSet, *houseOptions) {
	flags, options := newFlags(name), &houseOptions{}
	flags.StringVar(&options.address, "addr", address, "`address` of the endpoint, on loopback")
	flags.Float64Var(&options.speed, "speed", 20, "how many `times` faster than real time the local AWS runs, 1 to 100")
	flags.Uint64Var(&options.seed, "seed", 1, "`number` that every random draw of the model follows from")
	flags.StringVar(&options.fleet, "fleet", "web", "`kind` of fleet: web (behind a load balancer) or workers (on a queue)")
	flags.StringVar(&options.guardrails, "guardrails", "", "`file` with the operators' policy, read at every deployment; without it there is none")
	flags.StringVar(&options.functions, "functions", defaultFunctionsDir(), "`directory` with the built functions, <state>/bootstrap")
	return flags, options
}

// check reports options that cannot work.
func (o *houseOptions) check() error {
	if o.speed < 1 || o.speed > 100 {
		return usagef("--speed %g: want 1 to 100; beyond that the functions, which run in real time, take longer than their timeouts", o.speed)
	}
	if o.guardrails != "" {
		text, err := form.LoadFile(o.guardrails)
		if err != nil {
			return fmt.Errorf("--guardrails: %w", err)
		}
		if _, err := guardrails.Parse(text); err != nil {
			return fmt.Errorf("--guardrails %s: %w", o.guardrails, err)
		}
		if o.guardrails, err = filepath.Abs(o.guardrails); err != nil { // functions run in folders of their own
			return err
		}
	}
	_, err := fleetNamed(o.fleet)
	return err
}

// runLocal keeps a local AWS with a serving fleet up until ctx ends.
func runLocal(ctx context.Context, term terminal, args []string) error {
	flags, options := houseFlags("local", "127.0.0.1:4566")
	input := flags.String("input", "", "`file` with the request that the repository begins with (default the fleet's own, below pipeline)")
	approval := flags.Bool("approval", false, "in the pipeline, have a person approve before a deployment starts")
	flags.StringVar(&options.daemon, "xray-daemon", "", "UDP `address` of the X-Ray daemon, on loopback; without it 127.0.0.1:2000, or any port when --addr has any")
	if err := parseFlags(term, flags, args); err != nil {
		return err
	}
	if err := options.check(); err != nil {
		return err
	}
	file, request, err := readRequest(*input, options.fleet)
	if err != nil {
		return err
	}
	if options.daemon == "" && !strings.HasSuffix(options.address, ":0") {
		options.daemon = "127.0.0.1:2000"
	}
	out := &progress{term: term}
	h, w, err := openSeeded(ctx, out, *options)
	if err != nil {
		return endedByUser(ctx, err)
	}
	defer h.close()
	pipeline, err := h.deployByCommit(ctx, w, request, *approval)
	if err != nil {
		return endedByUser(ctx, err)
	}
	printPlace := printWeb
	if h.workshop != nil {
		printPlace = printWorkers
	}
	printPlace(term, h, w)
	printPipeline(term, pipeline, file)
	err = follow(ctx, out, h, newObserver(h.config, w.GroupName, w.MachineARN))
	out.line("bluegreen: ended")
	return endedByUser(ctx, err)
}

// openSeeded puts up a house and its world, and waits until blue serves.
func openSeeded(ctx context.Context, out *progress, options houseOptions) (*house, world.World, error) {
	kind, err := fleetNamed(options.fleet)
	if err != nil {
		return nil, world.World{}, err
	}
	h, err := openHouse(options)
	if err != nil {
		return nil, world.World{}, err
	}
	out.line("local AWS at %s, %g times as fast as real time; a fleet of %s is starting", h.url, options.speed, kind.story)
	w, err := h.seed(ctx, options.functions, kind)
	if err != nil {
		h.close()
		return nil, world.World{}, err
	}
	out.line("blue serves: %s, %s", w.GroupName, deploy.Counted(int(w.DesiredCapacity), "instance"))
	return h, w, nil
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
func printWeb(term terminal, h *house, w world.World) {
	balancer, _ := h.plane.Address(w.ListenerARN)
	fmt.Fprintf(term.out, webText, h.url, balancer, w.GroupName, w.TargetGroupARN, w.TemplateName, w.LedgerTable, w.MachineARN,
		h.url, w.MachineARN, w.GroupName, w.TargetGroupARN, balancer, h.daemon.Address(), w.OperatorQueue, text.Quote(os.Args[0]))
}

const webText = `
endpoint        %s
load balancer   http://%s/
group           %s
target group    %s
template        %s (its latest version has a newer image: what green will run)
ledger table    %s
state machine   %s
X-Ray daemon    %[13]s (UDP)

Try, in another terminal:

export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=ap-northeast-1 AWS_ENDPOINT_URL=%[8]s
aws stepfunctions start-execution --state-machine-arn %[9]s --input '{"project":"ec","blue":{"asg_name":"%[10]s"},"Wait":30}'
aws stepfunctions list-executions --state-machine-arn %[9]s
aws stepfunctions describe-execution --execution-arn <executionArn>
aws stepfunctions get-execution-history --execution-arn <executionArn> --query 'events[].[id,type,stateEnteredEventDetails.name]' --output table
aws sqs receive-message --endpoint-url %[8]s --queue-url %[14]s --max-number-of-messages 10 --query 'Messages[].Body' --output text    # what people were told
%[15]s trace --endpoint-url %[8]s <executionArn>
aws autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[].[AutoScalingGroupName,MinSize,DesiredCapacity,MaxSize]' --output table
aws autoscaling describe-scaling-activities --auto-scaling-group-name %[10]s --query 'Activities[].[StartTime,StatusCode,Description]' --output table
aws elbv2 describe-target-health --target-group-arn %[11]s --query 'TargetHealthDescriptions[].[Target.Id,TargetHealth.State,TargetHealth.Reason]' --output table
while sleep 0.2; do curl -s http://%[12]s/; done
`

// printWorkers says the same of a fleet of workers.
func printWorkers(term terminal, h *house, w world.World) {
	fmt.Fprintf(term.out, workersText, h.url, w.GroupName, h.workshop.queueURL, h.workshop.journal.file, w.TemplateName, w.LedgerTable, w.MachineARN,
		h.workshop.draining, filepath.Join(os.TempDir(), "bluegreen-i-*"))
}

const workersText = `
endpoint        %[1]s
group           %[2]s
queue           %[3]s
journal         %[4]s (what workers begin and have done)
folders         %[9]s (one for each instance)
template        %[5]s (its latest version has a newer image: what green will run)
ledger table    %[6]s
state machine   %[7]s
and for drains  %[8]s

Try, in another terminal:

export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=ap-northeast-1 AWS_ENDPOINT_URL=%[1]s
for n in 1 2 3 4 5 6 7 8; do aws sqs send-message --endpoint-url %[1]s --queue-url %[3]s --message-body '{"seconds": 20}' --query MessageId & done; wait
aws sqs get-queue-attributes --endpoint-url %[1]s --queue-url %[3]s --attribute-names ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible
aws stepfunctions start-execution --state-machine-arn %[7]s --input file://pipeline/examples/workers.json
aws stepfunctions list-executions --state-machine-arn %[7]s
aws autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[].[AutoScalingGroupName,MinSize,DesiredCapacity,MaxSize]' --output table
aws ssm list-command-invocations --details --query 'CommandInvocations[].[InstanceId,StatusDetails,RequestedDateTime]' --output table

After the first deployment every scale-in drains, as its request said:

aws autoscaling set-desired-capacity --auto-scaling-group-name %[2]s-v001 --desired-capacity 2
aws autoscaling describe-auto-scaling-instances --query 'AutoScalingInstances[].[InstanceId,AutoScalingGroupName,LifecycleState]' --output table
aws stepfunctions list-executions --state-machine-arn %[8]s
`

// followInterval is how often what stands is looked at, in the clock's time.
const followInterval = 3 * time.Second

// follow prints every change of the fleets and executions until ctx ends.
func follow(ctx context.Context, out *progress, h *house, o observer) error {
	changes := changeLog{clock: h.clock, since: h.clock.Now()}
	works := jobs{house: h, workshop: h.workshop, queue: sqs.NewFromConfig(h.config)}
	for {
		err := changes.executions(ctx, out, o)
		if err == nil {
			err = changes.fleets(ctx, out, o)
		}
		changes.mail(out, h)
		if err == nil && h.workshop != nil {
			err = works.show(ctx, out, &changes)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			out.line("%s", err)
		}
		if err := h.clock.Sleep(ctx, followInterval); err != nil {
			return err
		}
	}
}
