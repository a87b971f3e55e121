// Package switchtraffic moves traffic, one step a call, forward to green and back to blue. What has been done is read
// from AWS at every call, never remembered, so a call that is run twice or after a death goes on where the world is.
package switchtraffic

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"bluegreen/internal/alarm"
	"bluegreen/internal/announce"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/traffic"
	"bluegreen/internal/traffic/strategies"
)

// writes are what this state may change of AWS.
type writes interface {
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
}

var _ writes = (*autoscaling.Client)(nil)

type handler struct {
	groups     fleet.Groups
	schedules  fleet.Schedules
	writes     step.Writes[writes]
	copier     clone.Copier
	strategies strategies.Strategies
	alarms     alarm.Reads
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, schedules: group, writes: step.Guard[writes](group), copier: clone.New(cfg), strategies: strategies.New(cfg), alarms: cloudwatch.NewFromConfig(cfg)}
	return announce.ToPeople(cfg, env, step.Remembering(ledger.Open(cfg, env.LedgerTable), h.look))
}

// move is one call's work.
type move struct {
	*traffic.Move
	handler
	mover  traffic.Mover // nil: there is nothing to move
	record ledger.Record
	blue   types.AutoScalingGroup // as it is described
}

func (h handler) look(ctx context.Context, s *step.Step, m *traffic.Memory) (deploy.Loop, error) {
	v := &move{Move: &traffic.Move{Step: s, Memory: m}, handler: h}
	v.Switch = v
	var err error
	if v.mover, err = h.strategies.Mover(s.Deployment); err != nil {
		return deploy.Loop{}, err
	}
	if s.Way == deploy.Back {
		return v.back(ctx, s.Begin())
	}
	return v.forward(ctx, s.Begin())
}

// fleets reads both fleets. Green may be gone on the way back; blue may not be.
func (v *move) fleets(ctx context.Context) error {
	described, err := fleet.Describe(ctx, v.groups, v.Deployment.Blue, v.Deployment.Green)
	if err != nil {
		return err
	}
	v.blue = described[v.Deployment.Blue]
	v.Blue, v.Green = fleet.Of(v.blue), fleet.Of(described[v.Deployment.Green])
	if v.Blue.Name == "" || v.Blue.Deleting { // with blue on its way out green is all that serves
		return v.Ledger.WithoutBlue(v.Deployment)
	}
	return nil
}
