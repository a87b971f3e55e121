package main

import (
	"context"
	"fmt"
	"time"

	"bluegreen/internal/localaws/account"
	localssm "bluegreen/internal/localaws/ssm"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// drained is a request whose instances run a command before they go.
const drained = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "drain": {"command": ["systemctl stop mqagt"]}}`

// drain measures the AWS calls of a fleet of workers whose drains take longer than their hook's timeout.
func (b *bench) drain() error {
	const size, drainSeconds, hookSeconds = 200, 400, 300
	plan := world.DefaultPlan()
	plan.Min, plan.Desired, plan.Max, plan.Balanced = size, size, 2*size, false
	plan.Hooks = []world.Hook{{Name: "terminate", Heartbeat: hookSeconds * time.Second}}
	r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: plan})
	if err != nil {
		return err
	}
	defer r.Close()
	r.AWS.Account.Lock()
	r.AWS.Commands.SetBehaviour("", localssm.Behaviour{Duration: account.Constant(drainSeconds * time.Second)})
	r.AWS.Account.Unlock()
	r.AWS.Faults.Keep(-1)
	r.Run(func(ctx context.Context) {
		var arn string
		if arn, err = r.Start(ctx, "drains", drained); err == nil {
			_, err = r.AwaitEnd(ctx, arn, longest)
		}
	})
	if err != nil {
		return fmt.Errorf("%d workers that drain: %w", size, err)
	}
	lifecycle, others := 0, 0
	for _, call := range r.AWS.Faults.Calls() {
		switch {
		case call.Function == "":
		case call.Operation == "CompleteLifecycleAction" || call.Operation == "RecordLifecycleActionHeartbeat":
			lifecycle++
		default:
			others++
		}
	}
	b.table.add(fmt.Sprintf("%d workers, drains of %d s, hook of %d s: lifecycle calls; all others", size, drainSeconds, hookSeconds), "",
		"%d; %d", lifecycle, others)
	return nil
}
