package scenario_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/asl"
	"bluegreen/internal/form"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/internal/rehearsal/invariant"
)

// The largest request that is taken deploys, and comes back, with room to spare in all that Step Functions carries, also where
// its characters take six bytes each in a function's answer.
func TestTheLargestRequest(t *testing.T) {
	lines := []string{"systemctl stop mqagt"}
	input := func() string {
		text, err := json.Marshal(map[string]any{"command": lines})
		if err != nil {
			t.Fatal(err)
		}
		return `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "drain": ` + strings.ReplaceAll(string(text), `\u003c`, "<") + `}`
	}
	const longest, around = 2000, len(`,"# "`)
	for missing := form.MostBytes - len(input()); missing > around; missing = form.MostBytes - len(input()) {
		lines = append(lines, "# "+strings.Repeat("<", min(missing-around, longest-len("# "))))
	}
	if len(input()) > form.MostBytes || len(input()) < form.MostBytes-around {
		t.Fatalf("the request has %d bytes, not %d", len(input()), form.MostBytes)
	}
	for _, sick := range []bool{false, true} {
		plan := world.DefaultPlan()
		plan.Desired, plan.Min = 1, 1
		plan.Hooks = []world.Hook{{Name: "drain", Heartbeat: time.Minute}}
		r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: plan})
		if err != nil {
			t.Fatal(err)
		}
		want := "Succeeded"
		if sick {
			want = "RolledBack"
			r.AWS.Account.Lock()
			r.AWS.Compute.MarkImageSick(r.World.GreenImage)
			r.AWS.Account.Unlock()
		}
		watch := invariant.Watch(r)
		r.Run(func(ctx context.Context) { deployLargest(ctx, t, r, input(), want) })
		if broken := watch.Broken(); len(broken) > 0 {
			t.Errorf("%s: %v", want, broken)
		}
		r.Close()
	}
}

func deployLargest(ctx context.Context, t *testing.T, r *rehearsal.Rehearsal, input, want string) {
	arn, err := r.Start(ctx, "deployment", input)
	if err != nil {
		t.Fatal(err)
	}
	var out *sfn.DescribeExecutionOutput
	if out, err = r.AwaitEnd(ctx, arn, 72*time.Hour); err != nil {
		t.Fatal(err)
	}
	if end, report := rehearsal.EndState(out); end != want {
		t.Errorf("it ended %s, not %s: %s", end, want, report.What)
	}
	events, _ := r.AWS.Machines.History(arn)
	largest := 0
	for _, event := range events {
		switch details := event.Details.(type) {
		case *asl.TaskScheduledDetails:
			largest = max(largest, len(details.Parameters))
		case *asl.TaskSucceededDetails:
			largest = max(largest, len(details.Output))
		}
	}
	const most = 262_144
	if largest < len(input) || largest > most*9/10 {
		t.Errorf("the largest that a task is called with, or answers, has %d bytes of %d", largest, most)
	}
}
