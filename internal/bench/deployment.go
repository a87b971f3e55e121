package main

import (
	"context"
	"fmt"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/internal/rehearsal/invariant"
)

// minimal is the smallest request, with the longest pause between polls that the figures are held to.
const minimal = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30}`

// longest bounds a deployment: far more than any of the worlds here needs.
const longest = 3 * time.Hour

// deployment is what one rehearsal of an undisturbed deployment showed.
type deployment struct {
	took  time.Duration // from StartExecution to the execution's end
	parts parts
	calls []faults.Record // that the functions made
	arn   string
}

// excess is the time that the deployment took beyond its floor.
func (d deployment) excess() time.Duration { return d.took - d.parts.floor() }

// notices is how many of the calls only tell people and programs how it goes.
func (d deployment) notices() int {
	n := 0
	for _, call := range d.calls {
		if call.Operation == "PutEvents" || call.Operation == "Publish" {
			n++
		}
	}
	return n
}

// measure rehearses the undisturbed deployment of a plan's world.
func measure(seed uint64, plan world.Plan) (deployment, error) {
	r, err := rehearsal.New(rehearsal.Options{Seed: seed, Plan: plan})
	if err != nil {
		return deployment{}, err
	}
	defer r.Close()
	o := observe(r)
	r.AWS.Faults.Keep(-1)
	var d deployment
	r.Run(func(ctx context.Context) { d, err = deployOnce(ctx, r) })
	if err != nil {
		return d, fmt.Errorf("seed %d: %w", seed, err)
	}
	if d.parts, err = o.parts(); err != nil {
		return d, fmt.Errorf("seed %d: %w", seed, err)
	}
	return d, nil
}

func deployOnce(ctx context.Context, r *rehearsal.Rehearsal) (deployment, error) {
	watch := invariant.Watch(r)
	arn, err := r.Start(ctx, "measured", minimal)
	if err != nil {
		return deployment{}, err
	}
	out, err := r.AwaitEnd(ctx, arn, longest)
	if err != nil {
		return deployment{}, err
	}
	if end, report := rehearsal.EndState(out); end != deploy.EndSucceeded {
		return deployment{}, fmt.Errorf("the undisturbed deployment ended %s: %s", end, report.What)
	}
	if broken := watch.Broken(); len(broken) > 0 {
		return deployment{}, fmt.Errorf("a promise broke: %v", broken)
	}
	d := deployment{arn: arn, took: out.StopDate.Sub(*out.StartDate)}
	for _, call := range r.AWS.Faults.Calls() {
		if call.Function != "" {
			d.calls = append(d.calls, call)
		}
	}
	return d, nil
}
