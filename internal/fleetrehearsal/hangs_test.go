package fleetrehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/alike"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleetreader"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// in plays in an account that has the plan's fleet.
func in(t *testing.T, o rehearsal.Options, play func(context.Context, aws.Config, *rehearsal.Rehearsal) error) {
	t.Helper()
	r, err := rehearsal.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.Run(func(ctx context.Context) {
		r.Wait(ctx, time.Minute)
		err = play(ctx, r.AWS.Endpoint.Config(wire.Caller{AccessKeyID: "AKIASOMEBODY", Seed: 1}), r)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What hangs on a fleet hangs on the model's, as AWS describes it.
func TestTheModelHasWhatHangsOnTheFleet(t *testing.T) {
	const request = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "green": {"image": {"id": "ami-0123456789abcdef0"}, "launch_template_version": "7", "instance_type": "m7i.large"}}`
	parsed, err := deploy.ParseRequest(json.RawMessage(request))
	if err != nil {
		t.Fatal(err)
	}
	plan := world.DefaultPlan()
	plan.Enrich()
	var real, model alike.Shown
	var s fleetreader.Survey
	in(t, rehearsal.Options{Seed: 1, Plan: plan}, func(ctx context.Context, cfg aws.Config, r *rehearsal.Rehearsal) error {
		if s, err = fleetreader.Read(ctx, cfg, fleetreader.Options{Hook: time.Minute, Now: r.Clock.Now()}, parsed); err != nil {
			return err
		}
		real, err = alike.New(cfg).Show(ctx, s.Group)
		return err
	})
	course, err := courseOf(s, json.RawMessage(request), deploy.ActionDeploy, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := fits(course, &s); err != nil {
		t.Fatal(err)
	}
	in(t, rehearsal.Options{Seed: 2, Start: course.Start, Plan: course.Plan}, func(ctx context.Context, cfg aws.Config, r *rehearsal.Rehearsal) error {
		model, err = alike.New(cfg).Show(ctx, r.World.GroupName)
		return err
	})
	hang := func(place string) bool {
		return slices.ContainsFunc([]string{"policy ", "alarm ", "scheduled action ", "pool ", "notif"}, func(kind string) bool { return strings.HasPrefix(place, kind) })
	}
	// What is said to be left out, what another account has otherwise, and when it was put.
	said := []string{" tag ", "Actions arn:", "ResourceLabel", "Timestamp", "StateReasonData", "notification arn:"}
	compared := 0
	for _, d := range alike.Compare(real, model) {
		if hang(d.Place) && !slices.ContainsFunc(said, func(part string) bool { return strings.Contains(d.Place, part) }) {
			t.Errorf("%s is %q, in the model %q", d.Place, d.Blue, d.Green)
		}
	}
	for place := range real {
		if hang(place) {
			compared++
		}
	}
	if topic := "notification arn:aws:sns:ap-northeast-1:000000000000:rehearsed-fleet-model-operators autoscaling:EC2_INSTANCE_"; model[topic+"LAUNCH_ERROR"] == "" || model[topic+"TERMINATE_ERROR"] == "" {
		t.Errorf("the model notifies nobody as the fleet does")
	}
	if compared < 100 {
		t.Errorf("%d places were compared", compared)
	}
	found, err := Run(t.Context(), s, json.RawMessage(request), deploy.ActionDeploy, Options{Seeds: 1, Line: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	if u := found.Undisturbed; u.Ends[deploy.EndSucceeded] != 1 || len(u.Broken) > 0 {
		t.Errorf("%+v", u)
	}
	leaves := strings.Join(found.Fleet.LeavesOut, "\n")
	for _, want := range []string{"nothing asks anything of the model's fleet", "which topics", "image ami-0123456789abcdef0", "instances of type m7i.large", "version 7 of the launch template"} {
		if !strings.Contains(leaves, want) {
			t.Errorf("it does not say that the model leaves out %s:\n%s", want, leaves)
		}
	}
}

// What the model does not take is left out by name, and the rest is there.
func TestWhatTheModelDoesNotTakeIsLeftOut(t *testing.T) {
	s := fleetreader.Survey{Lineage: "web", Plan: world.DefaultPlan()}
	if s.Without(world.Unput{What: "warm pool", Err: errors.New("Spot")}) {
		t.Error("a fleet of which nothing was read has nothing to leave out")
	}
	plan := world.DefaultPlan()
	plan.Enrich()
	parsed, err := deploy.ParseRequest(json.RawMessage(`{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}}`))
	if err != nil {
		t.Fatal(err)
	}
	in(t, rehearsal.Options{Seed: 1, Plan: plan}, func(ctx context.Context, cfg aws.Config, r *rehearsal.Rehearsal) error {
		s, err = fleetreader.Read(ctx, cfg, fleetreader.Options{Hook: time.Minute, Now: r.Clock.Now()}, parsed)
		return err
	})
	put := s.Plan.Equipped
	s.Plan.Equipped = func(w world.World, now time.Time) world.Equipment { // as of a policy of a kind that the model has not
		e := put(w, now)
		for _, policy := range e.Policies {
			if *policy.PolicyName == "more" {
				policy.PolicyType = aws.String("OracleScaling")
			}
		}
		return e
	}
	found, err := Run(t.Context(), s, json.RawMessage(`{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}}`), deploy.ActionDeploy, Options{Seeds: 1, Line: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	if leaves := strings.Join(found.Fleet.LeavesOut, "\n"); !strings.Contains(leaves, "its scaling policy more, which the model does not take: ") {
		t.Errorf("it leaves out\n%s", leaves)
	}
	if u := found.Undisturbed; u.Ends[deploy.EndSucceeded] != 1 || len(u.Broken) > 0 {
		t.Errorf("%+v", u)
	}
}
