// Package fleetrehearsal rehearses the deployment of a real fleet on a model of it, and says whether it may be started.
package fleetrehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleetreader"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/internal/rehearsal/invariant"
	"bluegreen/internal/rehearsal/sweep"
)

// longestRehearsal bounds one deployment, in the model's time: longer than AWS lets a lifecycle hook hold an instance.
const longestRehearsal = 52 * time.Hour

// courseOf is the deployment of the request on the model of the fleet. The model's fleet has its lineage's name, so the
// request names that.
func courseOf(s fleetreader.Survey, input json.RawMessage, action deploy.Action, boot time.Duration) (sweep.Course, error) {
	var request map[string]any
	if err := json.Unmarshal(input, &request); err != nil {
		return sweep.Course{}, err
	}
	request["blue"] = map[string]any{"asg_name": s.Lineage}
	if green, ok := request["green"].(map[string]any); ok {
		s.InModel(green)
	}
	text, err := json.Marshal(request)
	if err != nil {
		return sweep.Course{}, err
	}
	settings := localaws.DefaultSettings()
	if boot > 0 {
		settings.EC2.Boot = account.Constant(boot)
	}
	c := sweep.Course{Name: s.Lineage, Start: s.At, Plan: s.Plan, Settings: &settings, Request: string(text)}
	if action == deploy.ActionRollback {
		c.Once = true // the second one would go forward again
		delete(request, "action")
		delete(request, "blue_after")
		forward, err := json.Marshal(request)
		if err != nil {
			return sweep.Course{}, err
		}
		c.Prepare = func(ctx context.Context, r *rehearsal.Rehearsal) error { return deployed(ctx, r, string(forward)) }
	}
	return c, nil
}

// deployed does in the model the deployment that a rollback takes back.
func deployed(ctx context.Context, r *rehearsal.Rehearsal, request string) error {
	arn, err := r.Start(ctx, "to-be-taken-back", request)
	if err != nil {
		return err
	}
	out, err := r.AwaitEnd(ctx, arn, longestRehearsal)
	if err != nil {
		return err
	}
	if end, report := rehearsal.EndState(out); end != deploy.EndSucceeded {
		return fmt.Errorf("the deployment that is to be taken back ended %s in the model: %s", end, report.What)
	}
	return nil
}

// Options say how often is rehearsed.
type Options struct {
	Seeds  int                              // rehearsals undisturbed
	Faults int                              // rehearsals with a fault, at most
	Boot   time.Duration                    // how long an application takes to answer once its instance runs; 0: the model draws it
	Line   func(format string, args ...any) // takes a line about how it goes
	Show   func(status string)              // takes how far it has come, again and again, in the end nothing; nil: nobody looks
}

// Run rehearses undisturbed, with as many seeds as asked for, then once for each of a sample of faults. input is the
// request, which asks for action.
func Run(ctx context.Context, s fleetreader.Survey, input json.RawMessage, action deploy.Action, o Options) (*Result, error) {
	course, err := courseOf(s, input, action, o.Boot)
	if err != nil {
		return nil, err
	}
	if err := fits(course, &s); err != nil {
		return nil, err
	}
	found := &Result{Fleet: s}
	undisturbed := make([]undisturbed, o.Seeds)
	err = inParallel(ctx, o.Seeds, o.progress("undisturbed", o.Seeds), func(i int) error {
		one, err := once(course, uint64(i+1))
		undisturbed[i] = one
		return err
	})
	if err != nil {
		return nil, err
	}
	found.sumUp(undisturbed)
	if o.Faults == 0 {
		return found, nil
	}
	first, err := course.Run(1, sweep.Point{})
	if err != nil {
		return nil, err
	}
	points := course.Points(first)
	sample := spread(points, o.Faults)
	o.Line("rehearsing %d times with a fault, of %d places where one can strike", len(sample), len(points))
	outcomes := make([]sweep.Outcome, len(sample))
	err = inParallel(ctx, len(sample), o.progress("with a fault", len(sample)), func(i int) error {
		outcome, err := course.Run(1, sample[i])
		outcomes[i] = outcome
		return err
	})
	if err != nil {
		return nil, err
	}
	found.sumUpFaults(points, sample, outcomes)
	return found, nil
}

// fits puts the fleet into a model once, without what that does not take.
func fits(course sweep.Course, s *fleetreader.Survey) error {
	for {
		r, err := rehearsal.New(rehearsal.Options{Seed: 1, Start: course.Start, Plan: course.Plan, Settings: course.Settings})
		if err == nil {
			r.Close()
			return nil
		}
		var unput *world.Unput
		if !errors.As(err, &unput) || !s.Without(*unput) {
			return fmt.Errorf("put the fleet into the model: %w", err)
		}
	}
}

// undisturbed is one rehearsal without a fault.
type undisturbed struct {
	end, what string
	took      time.Duration
	lowest    int
	broken    []string
}

// once rehearses undisturbed.
func once(course sweep.Course, seed uint64) (undisturbed, error) {
	r, err := rehearsal.New(rehearsal.Options{Seed: seed, Start: course.Start, Plan: course.Plan, Settings: course.Settings})
	if err != nil {
		return undisturbed{}, fmt.Errorf("put the fleet into the model: %w", err)
	}
	defer r.Close()
	watch := invariant.Watch(r)
	var one undisturbed
	r.Run(func(ctx context.Context) {
		if course.Prepare != nil {
			if err = course.Prepare(ctx, r); err != nil {
				return
			}
		}
		watch.ForgetLowest()
		var arn string
		if arn, err = r.Start(ctx, "rehearsal", r.World.Request(course.Request)); err != nil {
			return
		}
		out, ended := r.AwaitEnd(ctx, arn, longestRehearsal)
		if err = ended; err != nil {
			return
		}
		var report deploy.Report
		one.end, report = rehearsal.EndState(out)
		one.what, one.took = report.What, out.StopDate.Sub(*out.StartDate)
	})
	one.lowest, one.broken = watch.Lowest(), watch.Broken()
	return one, err
}

// spread takes n of the points, spread evenly over all.
func spread(points []sweep.Point, n int) []sweep.Point {
	if n >= len(points) {
		return points
	}
	sample := make([]sweep.Point, n)
	for i := range sample {
		sample[i] = points[i*len(points)/n]
	}
	return sample
}

// progress shows how many rehearsals of a kind are done.
func (o Options) progress(kind string, of int) func(done int) {
	return func(done int) {
		switch {
		case o.Show == nil:
		case done == of:
			o.Show("")
		default:
			o.Show(fmt.Sprintf("%d of %d rehearsals %s", done, of, kind))
		}
	}
}

// inParallel does n things, one on each core at a time, and returns the first error; ctx ends it. It tells how many are done.
func inParallel(ctx context.Context, n int, tell func(done int), do func(i int) error) error {
	var mu sync.Mutex
	var failed error
	next, done := 0, 0
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n && failed == nil && ctx.Err() == nil
	}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				err := do(i)
				mu.Lock()
				if done++; err != nil {
					failed = err
				}
				tell(done)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if failed == nil {
		failed = ctx.Err()
	}
	return failed
}
