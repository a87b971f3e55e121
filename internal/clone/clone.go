// Package clone copies a group with everything that hangs on it. Each thing that is copied is a piece with a file of its own and
// a line in pieces: it is read, put on green so that it does nothing there yet, and compared. The preflight, the plan, the copy
// and the comparison at the commit all work with the same pieces.
package clone

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	alarmtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// Whole is a group with everything that hangs on it, as AWS describes it.
type Whole struct {
	Group  types.AutoScalingGroup
	Pinned *deploy.Template // to which a deployment has pinned it; nil: it is no copy
	Hooks  []types.LifecycleHook

	Notifications []types.NotificationConfiguration
	Policies      []types.ScalingPolicy
	Alarms        []alarmtypes.MetricAlarm // that act on the policies, but those that AWS makes itself
	Schedule      []types.ScheduledUpdateGroupAction
}

// piece is one thing that a copy has of its original.
type piece interface {
	// traits are what a copy of the whole has of it, by name, in words. Two wholes are alike where their traits are.
	traits(Whole, deploy.Deployment) map[string]string
}

// reader is a piece that the group's own description leaves out.
type reader interface {
	read(context.Context, reads, *Whole) error
}

// putter is a piece that no call takes which creates a group.
type putter interface {
	// put gives it to green, which has no instance yet. Putting twice is putting once.
	put(ctx context.Context, to target, blue Whole) error
}

// defaulter is a piece of which AWS shows a default where nothing was given: a trait that blue does not show is no difference.
type defaulter interface {
	defaults()
}

// pieces are what a copy has, in the order in which green gets it.
var pieces = []piece{own{}, group{}, source{}, tags{}, hooks{}, processes{}, metrics{}, notifications{}, warmPool{}, policies{}, alarms{}, schedule{}}

// What each piece is besides, so that one which loses a method does not build.
var (
	_ = []reader{hooks{}, notifications{}, policies{}, alarms{}, schedule{}}
	_ = []putter{own{}, group{}, hooks{}, processes{}, metrics{}, notifications{}, policies{}, alarms{}, schedule{}}
	_ = []armer{warmPool{}, policies{}, alarms{}}
	_ = []quieter{warmPool{}, policies{}, alarms{}}
	_ = []outliver{own{}, alarms{}}
	_ = []preflighter{policies{}, alarms{}}
	_ = []defaulter{group{}}
)

// reads is what is read of groups, and of the alarms that act on them.
type reads struct {
	groupReads
	alarmReads
}

type groupReads interface {
	fleet.Groups
	fleet.Hooks
	fleet.Schedules
	DescribeNotificationConfigurations(context.Context, *autoscaling.DescribeNotificationConfigurationsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeNotificationConfigurationsOutput, error)
	policyLister
	DescribeLaunchConfigurations(context.Context, *autoscaling.DescribeLaunchConfigurationsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeLaunchConfigurationsOutput, error)
}

// writes are what may be changed of a group.
type writes interface {
	DeleteLaunchConfiguration(context.Context, *autoscaling.DeleteLaunchConfigurationInput, ...func(*autoscaling.Options)) (*autoscaling.DeleteLaunchConfigurationOutput, error)
	CreateLaunchConfiguration(context.Context, *autoscaling.CreateLaunchConfigurationInput, ...func(*autoscaling.Options)) (*autoscaling.CreateLaunchConfigurationOutput, error)
	CreateAutoScalingGroup(context.Context, *autoscaling.CreateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.CreateAutoScalingGroupOutput, error)
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
	EnableMetricsCollection(context.Context, *autoscaling.EnableMetricsCollectionInput, ...func(*autoscaling.Options)) (*autoscaling.EnableMetricsCollectionOutput, error)
	PutScalingPolicy(context.Context, *autoscaling.PutScalingPolicyInput, ...func(*autoscaling.Options)) (*autoscaling.PutScalingPolicyOutput, error)
	PutLifecycleHook(context.Context, *autoscaling.PutLifecycleHookInput, ...func(*autoscaling.Options)) (*autoscaling.PutLifecycleHookOutput, error)
	PutScheduledUpdateGroupAction(context.Context, *autoscaling.PutScheduledUpdateGroupActionInput, ...func(*autoscaling.Options)) (*autoscaling.PutScheduledUpdateGroupActionOutput, error)
	PutNotificationConfiguration(context.Context, *autoscaling.PutNotificationConfigurationInput, ...func(*autoscaling.Options)) (*autoscaling.PutNotificationConfigurationOutput, error)
	PutWarmPool(context.Context, *autoscaling.PutWarmPoolInput, ...func(*autoscaling.Options)) (*autoscaling.PutWarmPoolOutput, error)
}

var (
	_ groupReads  = (*autoscaling.Client)(nil)
	_ writes      = (*autoscaling.Client)(nil)
	_ alarmReads  = (*cloudwatch.Client)(nil)
	_ alarmWrites = (*cloudwatch.Client)(nil)
)

// Copier reads and copies groups.
type Copier struct {
	reads  reads
	writes step.Writes[writes]
	alarms step.Writes[alarmWrites]

	templates      templates
	templateWrites step.Writes[templateWrites]
}

// New makes a copier of an account's groups.
func New(cfg aws.Config) Copier {
	groups, alarms, compute := autoscaling.NewFromConfig(cfg), cloudwatch.NewFromConfig(cfg), ec2.NewFromConfig(cfg)
	return Copier{
		reads: reads{groups, alarms}, writes: step.Guard[writes](groups), alarms: step.Guard[alarmWrites](alarms),
		templates: compute, templateWrites: step.Guard[templateWrites](compute),
	}
}

// Read is a described group with everything that hangs on it. pinned is the template that a deployment has pinned it to, or nil.
func (c Copier) Read(ctx context.Context, described types.AutoScalingGroup, pinned *deploy.Template) (Whole, error) {
	w := Whole{Group: described, Pinned: pinned}
	for _, p := range pieces {
		if r, ok := p.(reader); ok {
			if err := r.read(ctx, c.reads, &w); err != nil {
				return w, err
			}
		}
	}
	return w, nil
}

// target is a group as one call of a function may change it: behind the fence.
type target struct {
	Copier
	fence ledger.Fence
	name  string // of the group
	now   time.Time
	warn  func(format string, args ...any) // adds a warning to the deployment, once
	deploy.Deployment
	userData string // that the request asks for
	launch   *made  // of green, while it is created
}

// Create makes green, or goes on with what an earlier call of the same deployment has made. It has no instance before everything
// hangs on it that blue has: what launches earlier would launch without its hooks, and nobody would hear of it.
func (c Copier) Create(ctx context.Context, s *step.Step, blue Whole) error {
	request, err := deploy.ParseRequest(s.Execution.Input)
	if err != nil {
		return err
	}
	if outliving := Outliving(blue, *s.Deployment); len(outliving) > 0 {
		if _, err := s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Make(outliving) }, ledger.Creating); err != nil {
			return err
		}
	}
	to := c.at(s, s.Deployment.Green, ledger.Creating)
	to.userData, to.launch = request.Green.UserData, &made{}
	for _, p := range pieces {
		if piece, ok := p.(putter); ok {
			if err := piece.put(ctx, to, blue); err != nil {
				return err
			}
		}
	}
	return grow(ctx, to, blue)
}
