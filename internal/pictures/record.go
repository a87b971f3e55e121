package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/asl"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/ssm"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/observe"
	"bluegreen/internal/rehearsal"
)

// film is what a rehearsal showed, second by second from its beginning.
type film struct {
	began  time.Time
	shots  []shot
	said   []line
	stages []line // each at the second that the execution entered it
}

// shot is one moment: each instance in the order of its launch.
type shot []instance

type instance struct {
	id, group, lifecycle string
	health               string // as a target; empty: it is none
	working              bool   // the drain's command runs on it
}

// line is what an execution said, or where it was, at a second.
type line struct {
	second int
	text   string
}

// seed is that of every rehearsal that is drawn.
const seed = 1

// still is how many seconds are shown before anything happens, and after it has ended.
const still = 12

// rehearse makes a film of what is played in a world of its own.
func rehearse(plan world.Plan, play func(context.Context, *rehearsal.Rehearsal, *film) error) (*film, error) {
	r, err := rehearsal.New(rehearsal.Options{Seed: seed, Plan: plan})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var f film
	r.Run(func(ctx context.Context) { err = play(ctx, r, &f) })
	return &f, err
}

// replacement is the replacement of a fleet behind a load balancer.
func replacement(ctx context.Context, r *rehearsal.Rehearsal, f *film) error {
	f.watch(ctx, r, still)
	arn, err := r.Start(ctx, "film", `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}}`)
	if err != nil {
		return err
	}
	if err := f.follow(ctx, r, arn); err != nil {
		return err
	}
	return f.narrate(ctx, r, arn)
}

// workers are a fleet whose instances a terminating hook holds.
func workers() world.Plan {
	plan := world.DefaultPlan()
	plan.Balanced, plan.Hooks = false, []world.Hook{{Name: "drain", Heartbeat: time.Minute}}
	return plan
}

// scaleIn is one of workers, whose instances end their work first. The deployment before it, which says how they drain, is not shown.
func scaleIn(ctx context.Context, r *rehearsal.Rehearsal, f *film) error {
	if _, err := r.GracefulShutdown(ctx); err != nil {
		return err
	}
	arn, err := r.Start(ctx, "before", `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"},
		"drain": {"command": ["systemctl stop mqagt"], "timeout_seconds": 300}, "blue_after": {"then": "delete"}}`)
	if err != nil {
		return err
	}
	if _, err := r.AwaitEnd(ctx, arn, time.Hour); err != nil {
		return err
	}
	r.AWS.Account.Lock()
	r.AWS.Commands.SetBehaviour("", ssm.Behaviour{Duration: account.Constant(95 * time.Second)})
	r.AWS.Account.Unlock()
	r.Wait(ctx, 5*time.Minute)
	f.watch(ctx, r, still)
	_, err = autoscaling.NewFromConfig(r.Config).SetDesiredCapacity(ctx, &autoscaling.SetDesiredCapacityInput{
		AutoScalingGroupName: aws.String(r.World.GroupName + "-v001"), DesiredCapacity: aws.Int32(3),
	})
	if err != nil {
		return err
	}
	f.watch(ctx, r, still)
	machine := r.ShutdownMachine()
	started, err := r.Machines.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &machine, MaxResults: 1})
	if err != nil {
		return err
	}
	arn = *started.Executions[0].ExecutionArn
	if err := f.follow(ctx, r, arn); err != nil {
		return err
	}
	return f.narrate(ctx, r, arn)
}

// watch takes a shot a second, so many.
func (f *film) watch(ctx context.Context, r *rehearsal.Rehearsal, seconds int) {
	if len(f.shots) == 0 {
		f.began = r.Clock.Now()
	}
	for range seconds {
		f.shots = append(f.shots, take(r))
		r.Wait(ctx, time.Second)
	}
}

// follow watches until an execution has ended and nothing terminates any more, and a little longer.
func (f *film) follow(ctx context.Context, r *rehearsal.Rehearsal, arn string) error {
	const longest = 3600
	for range longest {
		f.watch(ctx, r, 1)
		execution, found := r.AWS.Machines.Execution(arn)
		if !found {
			return fmt.Errorf("there is no execution %s", arn)
		}
		if execution.Status != asl.StatusRunning && !slices.ContainsFunc(f.shots[len(f.shots)-1], instance.leaves) {
			f.watch(ctx, r, still)
			return nil
		}
	}
	return fmt.Errorf("%s has not ended after %d s", arn, longest)
}

// take is what stands now.
func take(r *rehearsal.Rehearsal) shot {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	var s shot
	for _, name := range r.AWS.Groups.Names() {
		view, ok := r.AWS.Groups.View(name)
		if !ok {
			continue
		}
		for _, member := range view.Instances {
			one := instance{id: member.ID, group: name, lifecycle: member.State}
			if health, registered := r.AWS.Balancers.Health(r.World.TargetGroupARN, member.ID); registered {
				one.health = health.State
			}
			for _, run := range r.AWS.Commands.Ran(member.ID) {
				one.working = one.working || run.Ended.IsZero()
			}
			s = append(s, one)
		}
	}
	return s
}

// narrate takes in what an execution said.
func (f *film) narrate(ctx context.Context, r *rehearsal.Rehearsal, arn string) error {
	var course observe.Course
	said, err := course.Next(ctx, r.Machines, arn)
	if err != nil {
		return err
	}
	for _, s := range said {
		f.said = append(f.said, line{int(s.At.Sub(f.began).Seconds()), s.Text})
	}
	for _, s := range course.Stages {
		f.stages = append(f.stages, line{int(s.Began.Sub(f.began).Seconds()), s.Name})
	}
	return nil
}

// leaves reports whether an instance is on its way out.
func (i instance) leaves() bool { return strings.HasPrefix(i.lifecycle, "Terminating") }
