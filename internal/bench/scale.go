package main

import (
	"context"
	"fmt"
	"time"

	"bluegreen/internal/asl"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// transitionUSD is what one state transition of a Standard state machine costs in Tokyo and most Regions, in USD
// (aws-facts C1). Each run of a state is one, a retry too.
const transitionUSD = 0.025 / 1000

// run is what an execution cost, as its history tells.
type run struct {
	calls       int
	took        time.Duration
	transitions int
	events      int
	document    int // bytes of the largest input of a state
}

func runOf(history []asl.Event) run {
	r := run{events: len(history)}
	started := false
	for _, event := range history {
		if details, ok := event.Details.(*asl.StateEnteredDetails); ok {
			r.transitions++
			r.document = max(r.document, len(details.Input))
			started = false
		}
		if event.Type == "TaskStarted" {
			if started {
				r.transitions++ // a retry
			}
			started = true
		}
	}
	return r
}

// mostTargets is how many targets a target group takes (aws-facts B): blue and green are both in it for a while, so a
// fleet of more than half as many cannot be replaced by attaching green, and the largest here has no load balancer.
const mostTargets = 1000

// scale measures what a deployment costs by the size of its fleet.
func (b *bench) scale() error {
	for _, size := range []int32{2, 20, 200, 500, 1000} {
		plan, kind := world.DefaultPlan(), "attach"
		plan.Min, plan.Desired, plan.Max = size, size, size*2
		if size*2 > mostTargets {
			plan.Balanced, kind = false, "none"
		}
		shown, err := costs(plan)
		if err != nil {
			return fmt.Errorf("a fleet of %d: %w", size, err)
		}
		b.table.add(fmt.Sprintf("fleet of %d (%s): AWS calls; transitions; their price; largest document; events; time", size, kind), "document < 32 KiB",
			"%d; %d; $%.4f; %.1f KiB; %d; %s", shown.calls, shown.transitions, float64(shown.transitions)*transitionUSD,
			float64(shown.document)/1024, shown.events, shown.took.Round(time.Second))
	}
	return b.waiting()
}

func costs(plan world.Plan) (run, error) {
	r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: plan})
	if err != nil {
		return run{}, err
	}
	defer r.Close()
	r.AWS.Faults.Keep(-1)
	var d deployment
	r.Run(func(ctx context.Context) { d, err = deployOnce(ctx, r) })
	if err != nil {
		return run{}, err
	}
	history, _ := r.AWS.Machines.History(d.arn)
	shown := runOf(history)
	shown.calls, shown.took = len(d.calls), d.took
	return shown, nil
}

// waiting measures the history of an execution that looks for an hour whether green gets instances, which EC2 has none of.
func (b *bench) waiting() error {
	r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: world.DefaultPlan()})
	if err != nil {
		return err
	}
	defer r.Close()
	r.AWS.Account.Lock()
	for _, zone := range r.AWS.Compute.Zones() {
		r.AWS.Compute.SetCapacity(zone, r.World.InstanceType, 0)
	}
	r.AWS.Account.Unlock()
	r.Run(func(ctx context.Context) {
		var arn string
		if arn, err = r.Start(ctx, "waits", anHour); err != nil {
			return
		}
		if _, err = r.AwaitEnd(ctx, arn, longest); err != nil {
			return
		}
		history, _ := r.AWS.Machines.History(arn)
		b.table.add("history of an hour of waiting (no capacity; then the way back): events", "< 2,000", "%d", runOf(history).events)
	})
	return err
}

// anHour is a request whose green may take an hour to be in service.
const anHour = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 3600}}`
