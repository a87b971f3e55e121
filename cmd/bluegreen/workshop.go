package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"bluegreen/internal/localaws/dataplane"
	"bluegreen/internal/localaws/world"
	"bluegreen/statemachine"
)

// The lifecycle hooks of the workers' fleet: an instance is in service once its worker is ready, and ends once its
// worker has drained.
const (
	readyHook = "ready"
	drainHook = "drain"
)

// workerProgram is the name of the program on the workers' instances: worker.pid is there while it runs.
const workerProgram = "worker"

// workshop is what a fleet of workers works at.
type workshop struct {
	queueURL string
	folder   string // of the journal
	journal  journal
	draining string // ARN of the machine that drains at every scale-in
}

// openWorkshop creates the queue, and has every instance to come run a worker: this program itself.
func openWorkshop(ctx context.Context, h *house, plan world.Plan) (*workshop, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, which the workers run: %w", err)
	}
	created, err := sqs.NewFromConfig(h.config).CreateQueue(ctx, &sqs.CreateQueueInput{
		QueueName: aws.String(fmt.Sprintf("%s-%s-%s-jobs", plan.Project, plan.Role, plan.Environment)),
	})
	if err != nil {
		return nil, fmt.Errorf("create the queue: %w", err)
	}
	folder, err := os.MkdirTemp("", "bluegreen-jobs-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the workers' journal: %w", err)
	}
	w := &workshop{queueURL: *created.QueueUrl, folder: folder, journal: journal{filepath.Join(folder, "jobs")}}
	h.plane.SetProgram(dataplane.Program{
		Name: workerProgram, Path: executable,
		Args: []string{"worker", "--queue", w.queueURL, "--endpoint", h.url, "--hook", readyHook,
			"--journal", w.journal.file, "--speed", strconv.FormatFloat(h.clock.Speed(), 'g', -1, 64)},
	})
	return w, nil
}

// close removes the journal.
func (w *workshop) close() { os.RemoveAll(w.folder) }

// drainAlways seeds the machine that drains an instance whoever scales its fleet in.
func (w *workshop) drainAlways(ctx context.Context, h *house, seeded world.World, plan world.Plan) error {
	definition, err := statemachine.GracefulShutdown(func(f statemachine.Function) string { return h.functions[f.State] })
	if err != nil {
		return err
	}
	name := statemachine.GracefulShutdownName(plan.Project, plan.Role, plan.Environment)
	w.draining, err = world.Seeder{Config: h.config, Clock: h.clock}.GracefulShutdown(ctx, seeded, name, definition)
	return err
}

// waiting is how many jobs wait in the queue, and how many have been taken from it and not been deleted.
func (w *workshop) waiting(ctx context.Context, queue *sqs.Client) (visible, hidden int, err error) {
	got, err := queue.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &w.queueURL,
		AttributeNames: []sqstypes.QueueAttributeName{
			sqstypes.QueueAttributeNameApproximateNumberOfMessages, sqstypes.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		},
	})
	if err != nil {
		return 0, 0, fmt.Errorf("ask how many jobs wait: %w", err)
	}
	for name, n := range map[sqstypes.QueueAttributeName]*int{
		sqstypes.QueueAttributeNameApproximateNumberOfMessages:           &visible,
		sqstypes.QueueAttributeNameApproximateNumberOfMessagesNotVisible: &hidden,
	} {
		if *n, err = strconv.Atoi(got.Attributes[string(name)]); err != nil {
			return 0, 0, fmt.Errorf("ask how many jobs wait: %s: %w", name, err)
		}
	}
	return visible, hidden, nil
}

// count sums up the jobs now: those sent, and those that others sent.
func (w *workshop) count(h *house, sent []string) (jobCounts, error) {
	// A worker that begins or ends meanwhile still works, as far as this count goes.
	working := h.plane.Working()
	entries, err := w.journal.entries()
	if err != nil {
		return jobCounts{}, err
	}
	return countJobs(sent, entries, append(working, h.plane.Working()...)), nil
}

// atWork is how many workers take jobs: those that run and have not been told to drain.
func (w *workshop) atWork(h *house) int {
	n := 0
	for _, id := range h.plane.Working() {
		folder, err := h.plane.Folder(id)
		if err != nil {
			continue // it has just ended
		}
		if _, err := os.Stat(filepath.Join(folder, drainFile)); err != nil {
			n++
		}
	}
	return n
}
