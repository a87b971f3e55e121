package local

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"bluegreen/internal/jobs"
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

// Workers is what the instances of a workers' fleet work at.
type Workers struct {
	Queue    jobs.Queue
	Ledger   jobs.Ledger
	Draining string // ARN of the machine that drains at every scale-in

	folder string // of the ledger
	plane  *dataplane.Plane
}

// openWorkers creates the queue, and has every instance to come run a worker: this program itself.
func openWorkers(ctx context.Context, e *Environment, plan world.Plan) (*Workers, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, which the workers run: %w", err)
	}
	queue, err := jobs.CreateQueue(ctx, e.Config, fmt.Sprintf("%s-%s-%s-jobs", plan.Project, plan.Role, plan.Environment))
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "bluegreen-jobs-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the job ledger: %w", err)
	}
	w := &Workers{Queue: queue, Ledger: jobs.Ledger{File: filepath.Join(folder, "jobs")}, folder: folder, plane: e.Plane}
	options := jobs.Options{Queue: queue.URL, Endpoint: e.URL, Hook: readyHook, Ledger: w.Ledger.File, Speed: e.Clock.Speed(), Region: e.Config.Region}
	e.Plane.SetProgram(dataplane.Program{Name: jobs.Program, Path: executable, Args: append([]string{jobs.Program}, options.Args()...)})
	return w, nil
}

// close removes the ledger.
func (w *Workers) close() { os.RemoveAll(w.folder) }

// drainAlways seeds the machine that drains each instance that a scale-in ends.
func (w *Workers) drainAlways(ctx context.Context, e *Environment, plan world.Plan) error {
	definition, err := statemachine.GracefulShutdown("aws", func(f statemachine.Function) string { return e.functions[f.State] })
	if err != nil {
		return err
	}
	name := statemachine.GracefulShutdownName(plan.Project, plan.Role, plan.Environment)
	w.Draining, err = world.Seeder{Config: e.Config, Clock: e.Clock}.GracefulShutdown(ctx, e.World, name, definition)
	return err
}

// Count sums up the jobs now: those sent, and those that others sent.
func (w *Workers) Count(sent []string) (jobs.Counts, error) {
	// A worker that begins or ends meanwhile still works, as far as this count goes.
	working := w.plane.Working()
	entries, err := w.Ledger.Entries()
	if err != nil {
		return jobs.Counts{}, err
	}
	return jobs.Count(sent, entries, append(working, w.plane.Working()...)), nil
}

// AtWork is how many workers take jobs: those that run and have not been asked to drain.
func (w *Workers) AtWork() int {
	n := 0
	for _, id := range w.plane.Working() {
		folder, err := w.plane.Folder(id)
		if err != nil {
			continue // it has just ended
		}
		if _, err := os.Stat(filepath.Join(folder, jobs.DrainFile)); err != nil {
			n++
		}
	}
	return n
}
