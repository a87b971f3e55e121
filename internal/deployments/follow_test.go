package deployments_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/deployments"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// start starts an execution of the group's machine.
func start(ctx context.Context, t *testing.T, r *rehearsal.Rehearsal, reader deployments.Reader, request string) string {
	t.Helper()
	m, err := reader.MachineOf(ctx, group)
	if err != nil {
		t.Error(err)
	}
	arn, err := reader.Start(ctx, m, json.RawMessage(request), r.Clock.Now())
	if err != nil {
		t.Error(err)
	}
	return arn
}

// A deployment is followed until its end, each sentence is said once, and looks that fail lose none.
func TestADeploymentIsFollowed(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		arn := start(ctx, t, r, reader, minimal)
		if !strings.Contains(arn, ":deploy-2026112") {
			t.Errorf("it is called %s", arn)
		}
		r.AWS.Faults.Add(faults.Rule{Kind: faults.Deny, Caller: "AKIAOPERATOR", Operation: "DescribeTargetHealth", Nth: 5, Times: 3})
		r.AWS.Faults.Add(faults.Rule{Kind: faults.Deny, Caller: "AKIAOPERATOR", Operation: "GetExecutionHistory", Nth: 9, Times: 3})
		said, troubled, looks := []string{}, 0, 0
		d, err := reader.Follow(ctx, r.Clock, arn, 3*time.Second, func(p deployments.Progress) {
			looks++
			for _, one := range p.Said {
				said = append(said, one.Text)
			}
			if p.Trouble != nil {
				troubled++
			}
		})
		if err != nil || d.State != deployments.Succeeded || troubled != 6 || looks < 20 {
			t.Errorf("%s after %d looks, %d of them in trouble: %v", d.State, looks, troubled, err)
		}
		whole, err := reader.Read(ctx, arn, r.Clock.Now())
		if err != nil || len(whole.Events) != len(said) {
			t.Errorf("%d sentences were said of %d (%v)", len(said), len(whole.Events), err)
		}
		if last := said[len(said)-1]; last != "ended Succeeded" {
			t.Errorf("the last one is %q", last)
		}
	})
}

// Who follows and looks no more ends nothing; what cannot be looked at for long is an error, and ends nothing either.
func TestWhoFollowsEndsNothing(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		arn := start(ctx, t, r, reader, minimal)
		left, leave := r.Clock.WithTimeout(ctx, 30*time.Second)
		defer leave()
		d, err := reader.Follow(left, r.Clock, arn, 3*time.Second, func(deployments.Progress) {})
		if !errors.Is(err, context.DeadlineExceeded) || d.State != deployments.Running {
			t.Errorf("%s, %v", d.State, err)
		}
		rule := faults.Rule{Kind: faults.Deny, Caller: "AKIAOPERATOR", Operation: "DescribeExecution", Times: 10}
		r.AWS.Faults.Add(rule)
		if _, err := reader.Follow(ctx, r.Clock, arn, time.Second, func(deployments.Progress) {}); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
			t.Errorf("denied for long: %v", err)
		}
		if _, err := r.AwaitEnd(ctx, arn, time.Hour); err != nil {
			t.Error(err)
		}
		if d, err := reader.Read(ctx, arn, r.Clock.Now()); err != nil || d.State != deployments.Succeeded {
			t.Errorf("%s, %v", d.State, err)
		}
	})
}

// An execution is stopped, goes on where it ended, and neither once it is over.
func TestStopAndRedrive(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		arn := start(ctx, t, r, reader, minimal)
		read := func() deployments.Deployment {
			d, err := reader.Read(ctx, arn, r.Clock.Now())
			if err != nil {
				t.Error(err)
			}
			return d
		}
		r.Wait(ctx, 20*time.Second)
		if err := reader.Redrive(ctx, read()); err == nil || !strings.Contains(err.Error(), "cannot be redriven: it is Running") {
			t.Errorf("redriven while it runs: %v", err)
		}
		if err := reader.Stop(ctx, read(), "by hand"); err != nil {
			t.Error(err)
		}
		if d := read(); d.State != deployments.Stopped || d.What != "by hand" {
			t.Errorf("stopped: %s, %q", d.State, d.What)
		}
		if err := reader.Stop(ctx, read(), "again"); err == nil || !strings.Contains(err.Error(), "runs no more: it ended Stopped") {
			t.Errorf("stopped again: %v", err)
		}
		if err := reader.Redrive(ctx, read()); err != nil {
			t.Error(err)
		}
		d, err := reader.Follow(ctx, r.Clock, arn, 3*time.Second, func(deployments.Progress) {})
		if err != nil || d.State != deployments.Succeeded || d.Redrives != 1 {
			t.Errorf("redriven: %s, %d redrives, %v", d.State, d.Redrives, err)
		}
		if err := reader.Redrive(ctx, d); err == nil {
			t.Error("what has succeeded was redriven")
		}
	})
}

// Where the machine has the alias that the stack makes, executions are started on it.
func TestTheAliasIsStarted(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		deploys := r.World.Deploys("ec-mqagt-dev-bluegreen", "live", []byte(minimal))
		if err := (world.Seeder{Config: r.Config, Clock: r.Clock}).Pipeline(ctx, r.World, deploys); err != nil {
			t.Error(err)
		}
		arn := start(ctx, t, r, reader, minimal)
		d, err := r.Machines.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		if err != nil || d.StateMachineAliasArn == nil || !strings.HasSuffix(*d.StateMachineAliasArn, ":live") {
			t.Errorf("started on %v (%v)", d, err)
		}
		if found, err := reader.Find(ctx, deployments.Latest); err != nil || found != arn {
			t.Errorf("the latest is %s (%v)", found, err)
		}
		if _, err := r.AwaitEnd(ctx, arn, time.Hour); err != nil {
			t.Error(err)
		}
	})
}

// A request for a group names its lineage's project, as its groups' tags say it or, before any deployment, its machine's name.
func TestAskNamesTheProject(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		asks := func(project, reason, want string) {
			t.Helper()
			got, err := reader.Ask(ctx, "rollback", group, project, reason, r.Clock.Now())
			if err != nil || string(got) != want {
				t.Errorf("%s (%v), want %s", got, err, want)
			}
		}
		asks("", "", `{"action":"rollback","blue":{"asg_name":"ec-mqagt-dev-asg"},"project":"ec"}`)
		deployed(ctx, t, r, "first", `{"project": "shop", "blue": {"asg_name": "ec-mqagt-dev-asg"}}`)
		asks("", "it is slow", `{"action":"rollback","blue":{"asg_name":"ec-mqagt-dev-asg"},"project":"shop","reason":"it is slow"}`)
		asks("other", "", `{"action":"rollback","blue":{"asg_name":"ec-mqagt-dev-asg"},"project":"other"}`)
	})
}
