package rehearsal_test

import (
	"context"
	"testing"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// The longest approval with the longest bake beside it leaves the longest drain room in an execution's history, which holds 25,000 events.
func TestTheLongestWaitsFitIntoAHistory(t *testing.T) {
	r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: world.DefaultPlan()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.Run(func(ctx context.Context) {
		arn, err := r.Start(ctx, "longest", `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "approval": {"timeout_seconds": 86400, "on_timeout": "continue"}, "bake_seconds": 43200}`)
		if err != nil {
			t.Error(err)
			return
		}
		out, err := r.AwaitEnd(ctx, arn, 48*time.Hour)
		if err != nil {
			t.Error(err)
			return
		}
		events, _ := r.AWS.Machines.History(arn)
		end, _ := rehearsal.EndState(out)
		const most = 20_000
		if end != deploy.EndSucceeded || len(events) >= most {
			t.Errorf("it ended %s with %d events, and may have %d", end, len(events), most)
		}
		t.Logf("%d events", len(events))
	})
}
