package rehearsal_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bluegreen/internal/alike"
	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

const rollback = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "action": "rollback"}`

// compared deploys a plan, and then rolls it back or deploys it again, and says what differs of blue then that nothing explains.
func compared(plan world.Plan, then string) error {
	r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: plan})
	if err != nil {
		return err
	}
	defer r.Close()
	r.Run(func(ctx context.Context) {
		reader := alike.New(r.Config)
		r.Wait(ctx, rehearsal.Settle)
		var blue alike.Shown
		if blue, err = reader.Show(ctx, r.World.GroupName); err != nil {
			return
		}
		if err = played(ctx, r, "deployed", minimal); err == nil {
			err = differs(ctx, reader, blue, r.World.GroupName+"-v001")
		}
		if err != nil || then == "" {
			return
		}
		input, group := rollback, r.World.GroupName
		if then == "again" {
			input, group = minimal, r.World.GroupName+"-v002"
		}
		if err = played(ctx, r, then, input); err == nil {
			err = differs(ctx, reader, blue, group)
		}
	})
	return err
}

// played plays an execution that is to succeed.
func played(ctx context.Context, r *rehearsal.Rehearsal, name, input string) error {
	arn, err := r.Start(ctx, name, input)
	if err != nil {
		return err
	}
	out, err := r.AwaitEnd(ctx, arn, 4*time.Hour)
	if err != nil {
		return err
	}
	if end, report := rehearsal.EndState(out); end != deploy.EndSucceeded {
		return fmt.Errorf("%s ended %s: %s", name, end, report.What)
	}
	r.Wait(ctx, rehearsal.Settle)
	return nil
}

func differs(ctx context.Context, reader alike.Reader, blue alike.Shown, group string) error {
	is, err := reader.Show(ctx, group)
	if err != nil {
		return err
	}
	var lines []string
	for _, d := range alike.Unexplained(alike.Compare(blue, is)) {
		lines = append(lines, fmt.Sprintf("%s: %s, and of %s %s", d.Place, d.Blue, group, d.Green))
	}
	if len(lines) > 0 {
		return fmt.Errorf("blue differs from %s:\n%s", group, strings.Join(lines, "\n"))
	}
	return nil
}

// What has everything that a group can have is copied, and so it is when it comes back.
func TestARichFleetIsCopied(t *testing.T) {
	for _, source := range world.Sources() {
		t.Run(source, func(t *testing.T) {
			plan := world.DefaultPlan()
			plan.LaunchFrom(source)
			plan.Enrich()
			if err := compared(plan, "rollback"); err != nil {
				t.Error(err)
			}
		})
	}
}

// Whatever a group has, its copy has. -rapid.checks says how many groups are drawn, where 30 are not enough.
func TestWhateverAFleetHasIsCopied(t *testing.T) {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "30"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		plan := drawPlan(t)
		if err := compared(plan, rapid.SampledFrom([]string{"", "rollback", "again"}).Draw(t, "then")); err != nil {
			t.Error(err)
		}
	})
}
