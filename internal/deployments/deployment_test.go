package deployments_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/deployments"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// What a deployment did is told from its history and its description: while it runs, once it has succeeded, and what is there besides.
func TestADeploymentIsTold(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		if s, err := reader.Status(ctx, group, r.Clock.Now()); err != nil || s.Deployment != nil || s.Live != group {
			t.Errorf("before any deployment: %+v, %v", s, err)
		}
		arn, err := r.Start(ctx, "first", minimal)
		if err == nil {
			err = r.AwaitState(ctx, arn, "SwitchTraffic", "leaving", time.Hour)
		}
		if err != nil {
			t.Error(err)
			return
		}
		running, err := reader.Status(ctx, group, r.Clock.Now())
		if err != nil {
			t.Error(err)
		}
		if s := running; s.Live != group+"-v001" || s.Holder == nil || s.Holder.Stage != "leaving" || s.Deployment == nil || s.Deployment.Execution != arn || len(s.Fleets) != 2 {
			t.Errorf("while blue leaves: %+v", s)
		}
		golden(t, "status-running", func(out *bytes.Buffer) { deployments.PrintStanding(out, fixture(t, "status-running", running)) })
		if _, err := r.AwaitEnd(ctx, arn, time.Hour); err != nil {
			t.Error(err)
		}
		r.Wait(ctx, rehearsal.Settle)
		for _, meant := range []string{arn, "first", deployments.Latest} {
			if found, err := reader.Find(ctx, meant); err != nil || found != arn {
				t.Errorf("%s is %s (%v), want %s", meant, found, err, arn)
			}
		}
		d, err := reader.Read(ctx, arn, r.Clock.Now())
		if err != nil {
			t.Error(err)
		}
		if d.State != deployments.Succeeded || d.Blue != group || d.Green != group+"-v001" || d.Live != d.Green || len(d.Stages) < 8 || len(d.Events) < 12 || d.Seconds < 60 {
			t.Errorf("succeeded: %+v", d)
		}
		golden(t, "show-succeeded", func(out *bytes.Buffer) { deployments.Print(out, fixture(t, "show-succeeded", d)) })
		done, err := reader.Status(ctx, group+"-v001", r.Clock.Now())
		if err != nil {
			t.Error(err)
		}
		if done.Live != group+"-v001" || done.Previous != group || done.Holder != nil || !done.Fleets[1].Serves || done.Fleets[1].Targets["healthy"] != 4 {
			t.Errorf("afterwards: %+v", done)
		}
		golden(t, "status-succeeded", func(out *bytes.Buffer) { deployments.PrintStanding(out, fixture(t, "status-succeeded", done)) })
	})
}

// Each end of a deployment is told as that end, by the same words that the machine's ends have.
func TestEachEndIsTold(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		rejected := deployed(ctx, t, r, "rejected", `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asgg"}}`)
		r.AWS.Account.Lock()
		r.AWS.Compute.MarkImageSick(r.World.GreenImage)
		r.AWS.Account.Unlock()
		back := deployed(ctx, t, r, "back", `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "health": {"timeout_seconds": 120}}`)
		stopped, err := r.Start(ctx, "stopped", minimal)
		if err == nil {
			err = r.AwaitState(ctx, stopped, "WaitHealthy", "", time.Hour)
		}
		if err == nil {
			_, err = r.Machines.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: &stopped})
		}
		if err != nil {
			t.Error(err)
		}
		r.Wait(ctx, 5*time.Minute)
		held, err := reader.Status(ctx, group, r.Clock.Now())
		if err != nil {
			t.Error(err)
		}
		if held.Holder == nil || held.Holder.Execution != stopped || len(held.Holder.Left) == 0 || !slices.Equal(held.Next, []string{"bluegreen recover " + group}) {
			t.Errorf("stopped: %+v", held)
		}
		golden(t, "status-stopped", func(out *bytes.Buffer) { deployments.PrintStanding(out, fixture(t, "status-stopped", held)) })
		r.AWS.Faults.Add(faults.Rule{Kind: faults.Deny, Operation: "UpdateAutoScalingGroup", Function: r.FunctionName("RemoveGreen"), Times: -1})
		stranded := deployed(ctx, t, r, "stranded", `{"project": "ec", "action": "recover", "blue": {"asg_name": "ec-mqagt-dev-asg"}}`)
		for arn, want := range map[string]deployments.State{
			rejected: deployments.Rejected, back: deployments.RolledBack, stopped: deployments.Stopped, stranded: deployments.Stranded,
		} {
			d, err := reader.Read(ctx, arn, r.Clock.Now())
			if err != nil || d.State != want {
				t.Errorf("%s is %s (%v), want %s", arn, d.State, err, want)
			}
			golden(t, "show-"+d.Name, func(out *bytes.Buffer) { deployments.Print(out, fixture(t, "show-"+d.Name, d)) })
		}
		all, err := reader.List(ctx, "", 10, r.Clock.Now())
		if err != nil {
			t.Error(err)
		}
		if len(all) != 4 || all[0].Name != "stranded" || all[3].State != deployments.Rejected {
			t.Errorf("the list: %+v", all)
		}
		golden(t, "list", func(out *bytes.Buffer) { deployments.PrintList(out, fixture(t, "list", all)) })
		own, err := reader.List(ctx, group, 2, r.Clock.Now())
		if err != nil || len(own) != 2 || own[0].Name != "stranded" || own[1].Name != "stopped" {
			t.Errorf("of the group: %+v, %v", own, err)
		}
		newest, err := reader.Lineages(ctx, r.Clock.Now())
		if err != nil || len(newest) != 2 || newest[0].Name != "stranded" || newest[1].Name != "rejected" {
			t.Errorf("of each lineage: %+v, %v", newest, err)
		}
		end, err := reader.Status(ctx, group, r.Clock.Now())
		if err != nil {
			t.Error(err)
		}
		golden(t, "status-stranded", func(out *bytes.Buffer) { deployments.PrintStanding(out, fixture(t, "status-stranded", end)) })
	})
}
