// Package completelifecycle sees a fleet that was scaled in to its end: it drains each instance that a terminating hook
// holds, completes the hook, waits until the fleet is empty, and closes the deployment in the record. Blue is kept at
// size 0 or deleted after a success, green is deleted on the way back. It never forces.
package completelifecycle

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/announce"
	"bluegreen/internal/balancer"
	"bluegreen/internal/builder"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/traffic/strategies"
	"bluegreen/internal/twin"
)

// groups is what this state reads of groups.
type groups interface {
	builder.Groups
	fleet.Hooks
	fleet.Schedules
	fleet.WarmPools
	DescribeAutoScalingInstances(context.Context, *autoscaling.DescribeAutoScalingInstancesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingInstancesOutput, error)
}

// writes are what this state may change of a group.
type writes interface {
	DeleteAutoScalingGroup(context.Context, *autoscaling.DeleteAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.DeleteAutoScalingGroupOutput, error)
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	ResumeProcesses(context.Context, *autoscaling.ResumeProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.ResumeProcessesOutput, error)
	DeleteWarmPool(context.Context, *autoscaling.DeleteWarmPoolInput, ...func(*autoscaling.Options)) (*autoscaling.DeleteWarmPoolOutput, error)
	SetInstanceProtection(context.Context, *autoscaling.SetInstanceProtectionInput, ...func(*autoscaling.Options)) (*autoscaling.SetInstanceProtectionOutput, error)
}

// actions is what this state may do to lifecycle actions. It stands behind no fence of its own: to drain an instance that a hook
// holds does no harm, and the machine that does only that holds no lock. One look at the record stands for many of these.
type actions interface {
	CompleteLifecycleAction(context.Context, *autoscaling.CompleteLifecycleActionInput, ...func(*autoscaling.Options)) (*autoscaling.CompleteLifecycleActionOutput, error)
	RecordLifecycleActionHeartbeat(context.Context, *autoscaling.RecordLifecycleActionHeartbeatInput, ...func(*autoscaling.Options)) (*autoscaling.RecordLifecycleActionHeartbeatOutput, error)
}

// commands runs drains on instances, as actions does.
type commands interface {
	SendCommand(context.Context, *ssm.SendCommandInput, ...func(*ssm.Options)) (*ssm.SendCommandOutput, error)
	ListCommandInvocations(context.Context, *ssm.ListCommandInvocationsInput, ...func(*ssm.Options)) (*ssm.ListCommandInvocationsOutput, error)
	fleet.Agents
}

var (
	_ groups   = (*autoscaling.Client)(nil)
	_ writes   = (*autoscaling.Client)(nil)
	_ actions  = (*autoscaling.Client)(nil)
	_ commands = (*ssm.Client)(nil)
)

type handler struct {
	groups   groups
	writes   step.Writes[writes]
	actions  actions
	commands commands
	copier   clone.Copier
	remover  builder.Remover

	strategies strategies.Strategies
	balancers  balancer.Balancers
	twins      twin.Twins
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, writes: step.Guard[writes](group), actions: group, commands: ssm.NewFromConfig(cfg), copier: clone.New(cfg), remover: builder.NewRemover(cfg), strategies: strategies.New(cfg), balancers: balancer.New(cfg), twins: twin.New(cfg)}
	return announce.ToPeople(cfg, env, step.Remembering(ledger.Open(cfg, env.LedgerTable), h.look))
}

func (h handler) look(ctx context.Context, s *step.Step, m *memory) (deploy.Loop, error) {
	switch s.Way {
	case deploy.Alone:
		return h.alone(ctx, s, m)
	case deploy.Within:
		return h.within(ctx, s, m)
	}
	return h.whole(ctx, s, m)
}
