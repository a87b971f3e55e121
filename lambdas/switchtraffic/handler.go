// Package switchtraffic moves traffic, one step a call, forward to green and back to blue. What has been done is read
// from AWS at every call, never remembered, so a call that is run twice or after a death goes on where the world is.
package switchtraffic

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"bluegreen/internal/announce"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// writes are what this state may change of AWS.
type writes interface {
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	AttachLoadBalancerTargetGroups(context.Context, *autoscaling.AttachLoadBalancerTargetGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.AttachLoadBalancerTargetGroupsOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
	DetachLoadBalancerTargetGroups(context.Context, *autoscaling.DetachLoadBalancerTargetGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DetachLoadBalancerTargetGroupsOutput, error)
}

// targets is what this state reads of the load balancers.
type targets interface {
	fleet.TargetHealth
	DescribeTargetGroupAttributes(context.Context, *elb.DescribeTargetGroupAttributesInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupAttributesOutput, error)
}

var (
	_ writes  = (*autoscaling.Client)(nil)
	_ targets = (*elb.Client)(nil)
)

type handler struct {
	groups    fleet.Groups
	schedules fleet.Schedules
	writes    step.Writes[writes]
	targets   targets
	copier    clone.Copier
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, schedules: group, writes: step.Guard[writes](group), targets: elb.NewFromConfig(cfg), copier: clone.New(cfg)}
	return announce.ToPeople(cfg, env, step.Remembering(ledger.Open(cfg, env.LedgerTable), h.look))
}

// memory is what a look must know of the one before.
type memory struct {
	DrainBy *time.Time `json:"drain_by,omitempty"` // when the fleet that leaves has drained
	Armed   bool       `json:"armed,omitempty"`    // what hangs on green acts
	FullBy  *time.Time `json:"full_by,omitempty"`  // when green's share has grown, of target groups with a slow start
}

// move is one call's work.
type move struct {
	*step.Step
	handler
	*memory
	blue types.AutoScalingGroup // as it is described
}

func (h handler) look(ctx context.Context, s *step.Step, m *memory) (deploy.Loop, error) {
	v := &move{Step: s, handler: h, memory: m}
	if s.Way == deploy.Back {
		return v.back(ctx, s.Begin())
	}
	return v.forward(ctx, s.Begin())
}

// phase begins a phase of the loop, unless it is under way.
func (v *move) phase(p deploy.Loop, name string) deploy.Loop {
	if p.Phase == name {
		return p
	}
	*v.memory = memory{}
	return deploy.Loop{State: p.State, Began: p.Began, Since: v.Entered, Phase: name, Serving: p.Serving, Wanted: p.Wanted, Weighted: p.Weighted}
}

// traffic reads what the target groups show.
func (v *move) traffic(ctx context.Context) (deploy.Traffic, error) {
	return fleet.ReadTraffic(ctx, v.targets, v.Deployment.TargetGroups)
}

// fleets reads both fleets. Green may be gone on the way back; blue may not be.
func (v *move) fleets(ctx context.Context) (blue, green deploy.Fleet, err error) {
	described, err := fleet.Describe(ctx, v.groups, v.Deployment.Blue, v.Deployment.Green)
	if err != nil {
		return blue, green, err
	}
	v.blue = described[v.Deployment.Blue]
	blue, green = fleet.Of(v.blue), fleet.Of(described[v.Deployment.Green])
	if blue.Name == "" || blue.Deleting { // with blue on its way out green is all that serves
		return blue, green, v.Ledger.WithoutBlue(v.Deployment)
	}
	return blue, green, nil
}
