// Package jobs is the work of a fleet of workers: the worker that takes jobs from a queue, and the ledger of what became
// of them.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/spf13/pflag"

	"bluegreen/internal/clock"
)

// DrainFile in a worker's folder asks it to take no more jobs and to end after the one it has. It is where no image takes it along: a worker
// that finds it ends at once.
const DrainFile = "run/drain"

// A job that a worker has is hidden from the others for hidden, and for as long again from each extended on; how
// long a receive waits for a job is poll.
const (
	hidden   = 2 * time.Minute
	extended = 30 * time.Second
	poll     = 5 * time.Second
)

// Program is the name of the worker on its instance: worker.pid is there while it runs, and the command line's command of
// this name starts one.
const Program = "worker"

// Options say where a worker works.
type Options struct {
	Queue    string  // URL of the queue with the jobs
	Endpoint string  // URL of the local AWS
	Region   string  // that its account is in
	Speed    float64 // how many times faster than real time the local AWS runs
	Hook     string  // launching lifecycle hook that holds the instance until the worker can work
	Ledger   string  // file
}

// Flags defines the flags that set the options.
func (o *Options) Flags(flags *pflag.FlagSet) {
	flags.StringVar(&o.Queue, "queue", "", "`URL` of the queue with the jobs")
	flags.StringVar(&o.Endpoint, "endpoint", "", "`URL` of the local AWS")
	flags.StringVar(&o.Region, "region", "", "`Region` of the local AWS")
	flags.Float64Var(&o.Speed, "speed", 20, "how many `times` faster than real time the local AWS runs")
	flags.StringVar(&o.Hook, "hook", "", "`name` of the launching lifecycle hook to complete")
	flags.StringVar(&o.Ledger, "ledger", "jobs", "`file` that tells of jobs begun and done")
}

// Args are the flags that set these options.
func (o Options) Args() []string {
	return []string{"--queue", o.Queue, "--endpoint", o.Endpoint, "--region", o.Region, "--hook", o.Hook,
		"--ledger", o.Ledger, "--speed", strconv.FormatFloat(o.Speed, 'g', -1, 64)}
}

// Worker takes jobs from a queue, one at a time. It runs on an instance, in the instance's own folder.
type Worker struct {
	queue    *sqs.Client
	groups   *autoscaling.Client
	options  Options
	instance string // its id
	ledger   Ledger
	clock    *clock.Scaled
	out      io.Writer
}

// NewWorker returns the worker of an instance, named by its id. What keeps it from working it writes to out.
func NewWorker(config aws.Config, options Options, instance string, out io.Writer) Worker {
	return Worker{
		queue: sqs.NewFromConfig(config), groups: autoscaling.NewFromConfig(config), options: options, instance: instance,
		ledger: Ledger{options.Ledger}, clock: clock.NewScaled(options.Speed), out: out,
	}
}

// Run works until it finds the file DrainFile. It fails when the queue does, several times in a row.
func (w Worker) Run(ctx context.Context) error {
	if w.drained() {
		return nil
	}
	if err := w.ready(ctx); err != nil {
		return fmt.Errorf("worker: complete the lifecycle hook %s: %w", w.options.Hook, err)
	}
	return w.work(ctx)
}

func (w Worker) drained() bool {
	_, err := os.Stat(DrainFile)
	return err == nil
}

// ready completes the launching hook that holds the instance, if one does: it is in service once it can work.
func (w Worker) ready(ctx context.Context) error {
	for {
		described, err := w.groups.DescribeAutoScalingInstances(ctx, &autoscaling.DescribeAutoScalingInstancesInput{InstanceIds: []string{w.instance}})
		if err != nil {
			return err
		}
		if len(described.AutoScalingInstances) == 0 {
			return nil
		}
		member := described.AutoScalingInstances[0]
		switch state := aws.ToString(member.LifecycleState); {
		case state == string(asgtypes.LifecycleStatePendingWait):
			_, err := w.groups.CompleteLifecycleAction(ctx, &autoscaling.CompleteLifecycleActionInput{
				AutoScalingGroupName: member.AutoScalingGroupName, LifecycleHookName: &w.options.Hook,
				InstanceId: &w.instance, LifecycleActionResult: aws.String("CONTINUE"),
			})
			return err
		case !strings.HasPrefix(state, "Pending"):
			return nil
		}
		if err := w.clock.Sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

// patience is how often in a row the queue may fail before a worker gives up.
const patience = 5

// work takes jobs until it is asked to drain. It looks for that only between jobs: what it has received it does.
func (w Worker) work(ctx context.Context) error {
	for failures := 0; !w.drained(); {
		received, err := w.queue.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &w.options.Queue, MaxNumberOfMessages: 1, WaitTimeSeconds: int32(poll / time.Second), VisibilityTimeout: int32(hidden / time.Second),
		})
		if err == nil && len(received.Messages) > 0 {
			err = w.do(ctx, received.Messages[0])
		}
		if err == nil {
			failures = 0
			continue
		}
		fmt.Fprintln(w.out, err)
		if failures++; failures == patience || ctx.Err() != nil {
			return fmt.Errorf("worker: the queue failed %d times: %w", failures, err)
		}
		if err := w.clock.Sleep(ctx, poll); err != nil {
			return err
		}
	}
	return nil
}

// do does one job and deletes its message. A job that cannot be read is left for people to look at.
func (w Worker) do(ctx context.Context, message sqstypes.Message) error {
	var job body
	if err := json.Unmarshal([]byte(aws.ToString(message.Body)), &job); err != nil || job.Seconds <= 0 {
		fmt.Fprintf(w.out, "job %s is %q: want a message such as {\"seconds\": 20}\n", *message.MessageId, aws.ToString(message.Body))
		return nil
	}
	entry := Entry{Job: *message.MessageId, Instance: w.instance}
	if err := w.ledger.Add(entry); err != nil {
		return err
	}
	left := time.Duration(job.Seconds * float64(time.Second))
	for ; left > extended; left -= extended {
		if err := w.clock.Sleep(ctx, extended); err != nil {
			return err
		}
		if _, err := w.queue.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
			QueueUrl: &w.options.Queue, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: int32(hidden / time.Second),
		}); err != nil {
			return fmt.Errorf("job %s: %w", entry.Job, err)
		}
	}
	if err := w.clock.Sleep(ctx, left); err != nil {
		return err
	}
	entry.Done = true
	if err := w.ledger.Add(entry); err != nil {
		return err
	}
	_, err := w.queue.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &w.options.Queue, ReceiptHandle: message.ReceiptHandle})
	return err
}
