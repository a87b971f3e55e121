package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"bluegreen/internal/clock"
)

// drainFile in a worker's folder tells it to take no more jobs and to end after the one it has.
const drainFile = "drain"

// A job that a worker has is hidden from the others for jobHidden, and for as long again from each jobExtended on; how
// long a receive waits for a job is jobPoll.
const (
	jobHidden   = 2 * time.Minute
	jobExtended = 30 * time.Second
	jobPoll     = 5 * time.Second
)

// worker takes jobs from a queue, one at a time. It runs on an instance, in the instance's own folder.
type worker struct {
	queue    *sqs.Client
	groups   *autoscaling.Client
	queueURL string
	instance string // its id
	hook     string // that holds the instance until the worker can work
	journal  journal
	clock    *clock.Scaled
	out      io.Writer
}

// runWorker works until it is told to drain. Instances of the workers' fleet run it.
func runWorker(ctx context.Context, term terminal, args []string) error {
	flags := newFlags("worker")
	queue := flags.String("queue", "", "`URL` of the queue with the jobs")
	endpoint := flags.String("endpoint", "", "`URL` of the local AWS")
	speed := flags.Float64("speed", 20, "how many `times` faster than real time the local AWS runs")
	hook := flags.String("hook", "", "`name` of the launching lifecycle hook to complete")
	file := flags.String("journal", "jobs", "`file` that tells of jobs begun and done")
	if err := parseFlags(term, flags, args); err != nil {
		return err
	}
	instance := os.Getenv("INSTANCE_ID")
	if *queue == "" || *endpoint == "" || *speed <= 0 || instance == "" {
		return usagef("worker: it runs on instances of \"bluegreen local --fleet workers\", with --queue, --endpoint and INSTANCE_ID")
	}
	config := localConfig(*endpoint)
	w := worker{
		queue: sqs.NewFromConfig(config), groups: autoscaling.NewFromConfig(config),
		queueURL: *queue, instance: instance, hook: *hook, journal: journal{*file}, clock: clock.NewScaled(*speed), out: term.out,
	}
	if w.drained() {
		return nil
	}
	if err := w.ready(ctx); err != nil {
		return fmt.Errorf("worker: complete the lifecycle hook %s: %w", w.hook, err)
	}
	return w.work(ctx)
}

func (w worker) drained() bool {
	_, err := os.Stat(drainFile)
	return err == nil
}

// ready completes the launching hook that holds the instance, if one does: it is in service once it can work.
func (w worker) ready(ctx context.Context) error {
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
				AutoScalingGroupName: member.AutoScalingGroupName, LifecycleHookName: &w.hook,
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

// work takes jobs until it is told to drain. It looks for that only between jobs: what it has received it does.
func (w worker) work(ctx context.Context) error {
	for failures := 0; !w.drained(); {
		received, err := w.queue.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &w.queueURL, MaxNumberOfMessages: 1, WaitTimeSeconds: int32(jobPoll / time.Second), VisibilityTimeout: int32(jobHidden / time.Second),
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
		if err := w.clock.Sleep(ctx, jobPoll); err != nil {
			return err
		}
	}
	return nil
}

// jobBody is the message of a job: how long it takes, in the clock's time.
type jobBody struct {
	Seconds float64 `json:"seconds"`
}

// do does one job and deletes its message. A job that cannot be read is left for people to look at.
func (w worker) do(ctx context.Context, message sqstypes.Message) error {
	var body jobBody
	if err := json.Unmarshal([]byte(aws.ToString(message.Body)), &body); err != nil || body.Seconds <= 0 {
		fmt.Fprintf(w.out, "job %s is %q: want a message such as {\"seconds\": 20}\n", *message.MessageId, aws.ToString(message.Body))
		return nil
	}
	entry := journalEntry{Job: *message.MessageId, Instance: w.instance}
	if err := w.journal.add(entry); err != nil {
		return err
	}
	left := time.Duration(body.Seconds * float64(time.Second))
	for ; left > jobExtended; left -= jobExtended {
		if err := w.clock.Sleep(ctx, jobExtended); err != nil {
			return err
		}
		if _, err := w.queue.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
			QueueUrl: &w.queueURL, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: int32(jobHidden / time.Second),
		}); err != nil {
			return fmt.Errorf("job %s: %w", entry.Job, err)
		}
	}
	if err := w.clock.Sleep(ctx, left); err != nil {
		return err
	}
	entry.Done = true
	if err := w.journal.add(entry); err != nil {
		return err
	}
	_, err := w.queue.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &w.queueURL, ReceiptHandle: message.ReceiptHandle})
	return err
}
