package deployments_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/awserror"
	"bluegreen/internal/deployments"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

const pass = `{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}`

// machine makes a state machine beside the seeded one.
func machine(ctx context.Context, t *testing.T, r *rehearsal.Rehearsal, name string) {
	t.Helper()
	if _, err := r.Machines.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: &name, Definition: aws.String(pass), RoleArn: aws.String("arn:aws:iam::000000000000:role/machine"),
	}); err != nil {
		t.Error(err)
	}
}

// A group's machine is found by its name, by who made it, or as the only one.
func TestAGroupsMachineIsFound(t *testing.T) {
	plan := world.DefaultPlan()
	plan.Group = "web"
	within(t, plan, func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		found := func(group, want string) {
			t.Helper()
			if m, err := reader.MachineOf(ctx, group); err != nil || m.Name != want {
				t.Errorf("the machine of %s is %q (%v), want %s", group, m.Name, err, want)
			}
		}
		found("web", "ec-mqagt-dev-BlueGreen") // the only one
		deployed(ctx, t, r, "first", `{"project": "ec", "blue": {"asg_name": "web"}}`)
		machine(ctx, t, r, "ec-mqagt-BlueGreen")
		machine(ctx, t, r, "hr-web-prod-BlueGreen")
		machine(ctx, t, r, "ec-mqagt-dev-GracefulShutdown")
		found("ec-mqagt-dev-asg", "ec-mqagt-dev-BlueGreen") // the longest
		found("ec-mqagt-test-asg", "ec-mqagt-BlueGreen")
		found("hr-web-prod-asg-v003", "hr-web-prod-BlueGreen")
		found("web-v001", "ec-mqagt-dev-BlueGreen") // which has made it
		if _, err := reader.MachineOf(ctx, "web"); err == nil || !strings.Contains(err.Error(), "3 state machines deploy in ap-northeast-1, and web does not say") {
			t.Errorf("a group that names no machine: %v", err)
		}
		for _, meant := range []string{"hr-web-prod-BlueGreen", r.World.MachineARN[:strings.LastIndex(r.World.MachineARN, ":")] + ":hr-web-prod-BlueGreen:live"} {
			if m, err := deployments.New(r.Config, meant).MachineOf(ctx, "web"); err != nil || m.Name != "hr-web-prod-BlueGreen" {
				t.Errorf("the machine that is named as %s is %q (%v)", meant, m.Name, err)
			}
		}
	})
}

// What is not there, what is elsewhere and what may not be read is a sentence that says what to do.
func TestWhatCannotBeFoundSaysWhatToDo(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		elsewhere := r.Config
		elsewhere.Region = "eu-west-1"
		says := func(what string, err error, want ...string) {
			t.Helper()
			if err == nil {
				t.Errorf("%s: no error", what)
				return
			}
			for _, part := range want {
				if got := awserror.Text(err); !strings.Contains(got, part) {
					t.Errorf("%s: %q does not say %q", what, got, part)
				}
			}
		}
		now := r.Clock.Now()
		_, err := reader.Find(ctx, deployments.Latest)
		says("nothing was deployed", err, "nothing was deployed in ap-northeast-1 yet: no execution of ec-mqagt-dev-BlueGreen is there")
		_, err = reader.Status(ctx, "ec-mqagt-dev-asgg", now)
		says("an unknown group", err, `there is no Auto Scaling group ec-mqagt-dev-asgg in ap-northeast-1 (did you mean "ec-mqagt-dev-asg"?)`, "AWS_REGION")
		_, err = reader.Find(ctx, "first")
		says("an unknown name", err, `there is no execution first in ap-northeast-1: "bluegreen list" lists`)
		_, err = reader.Read(ctx, "arn:aws:states:ap-northeast-1:000000000000:execution:ec-mqagt-dev-BlueGreen:first", now)
		says("an unknown execution", err, "there is no execution arn:aws:states:", "bluegreen list")
		_, err = reader.Find(ctx, r.World.MachineARN)
		says("a machine's ARN", err, "is no execution: want its ARN (arn:aws:states:…:execution:…), its name, or latest")
		_, err = reader.Find(ctx, "arn:aws:states:eu-west-1:000000000000:execution:ec-mqagt-dev-BlueGreen:first")
		says("another Region", err, "is in eu-west-1, and this looks in ap-northeast-1: set AWS_REGION=eu-west-1")
		_, err = deployments.New(r.Config, "ec-BlueGreen").List(ctx, "", 1, now)
		says("an unknown machine", err, "there is no state machine ec-BlueGreen in ap-northeast-1")
		_, err = deployments.New(r.Config, r.World.MachineARN+"s").List(ctx, "", 1, now)
		says("an unknown machine's ARN", err, "there is no state machine ec-mqagt-dev-BlueGreens in ap-northeast-1")
		_, err = deployments.New(elsewhere, r.World.MachineARN).List(ctx, "", 1, now)
		says("a machine elsewhere", err, "is in ap-northeast-1, and this looks in eu-west-1: set AWS_REGION=ap-northeast-1")
		r.AWS.Faults.Add(faults.Rule{Kind: faults.Deny, Caller: "AKIAOPERATOR", Operation: "GetItem", Times: -1})
		s, err := reader.Status(ctx, group, now)
		if err != nil || !strings.Contains(s.Unread, "AccessDenied") || len(s.Fleets) != 1 {
			t.Errorf("a ledger that may not be read: %+v, %v", s, err)
		}
		r.AWS.Faults.Add(faults.Rule{Kind: faults.Deny, Caller: "AKIAOPERATOR", Operation: "ListStateMachines", Times: -1})
		_, err = reader.Status(ctx, group, now)
		says("denied", err, "find the state machine that deploys: SFN ListStateMachines: ", "AccessDenied", "use credentials that may call that (AWS_PROFILE)")
	})
}

func TestARegionWithoutDeployer(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		if _, err := r.Machines.DeleteStateMachine(ctx, &sfn.DeleteStateMachineInput{StateMachineArn: &r.World.MachineARN}); err != nil {
			t.Error(err)
		}
		_, err := reader.Status(ctx, group, r.Clock.Now())
		if want := "no state machine in ap-northeast-1 deploys"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	})
}
