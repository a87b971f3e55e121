package invariant_test

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/rehearsal"
)

// mutantCall is the call in which a mutant does something besides its state's own work.
type mutantCall struct {
	cfg        aws.Config
	groups     *autoscaling.Client
	ledger     ledger.Ledger
	call       deploy.Call
	deployment deploy.Deployment
	progress   *deploy.Loop // of the state's own work, if that is done
}

// fenced reads the record, as a function does before it writes.
func (d mutantCall) fenced(ctx context.Context) ledger.Record {
	record, _, _ := d.ledger.Get(ctx, d.deployment.Lineage)
	return record
}

type sideEffect func(context.Context, mutantCall)

// before and after make mutants that do something besides the real work. What comes of it they do not ask.
func before(real lambdaentry.New, do sideEffect) lambdaentry.New {
	return func(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
		handle := real(cfg, env)
		return func(ctx context.Context, call deploy.Call) (deploy.Document, error) {
			do(ctx, newMutantCall(cfg, env, call, call.Document))
			return handle(ctx, call)
		}
	}
}

func after(real lambdaentry.New, do sideEffect) lambdaentry.New {
	return func(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
		handle := real(cfg, env)
		return func(ctx context.Context, call deploy.Call) (deploy.Document, error) {
			document, err := handle(ctx, call)
			if err == nil {
				do(ctx, newMutantCall(cfg, env, call, document))
			}
			return document, err
		}
	}
}

func newMutantCall(cfg aws.Config, env lambdaentry.Environment, call deploy.Call, document deploy.Document) mutantCall {
	return mutantCall{
		cfg: cfg, groups: autoscaling.NewFromConfig(cfg), call: call, deployment: *document.Deployment, progress: document.Progress,
		ledger: ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}
}

// changed makes a mutant whose clients change what they send or get.
func changed(real lambdaentry.New, change func(*middleware.Stack) error) lambdaentry.New {
	return func(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
		cfg = cfg.Copy()
		cfg.APIOptions = append(slices.Clone(cfg.APIOptions), change)
		return real(cfg, env)
	}
}

// around adds a step around every call, with the input before it and the output after it.
func around(stack *middleware.Stack, do func(input, output any)) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("mutant", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
		middleware.InitializeOutput, middleware.Metadata, error) {
		do(in.Parameters, nil)
		out, metadata, err := next.HandleInitialize(ctx, in)
		if err == nil {
			do(nil, out.Result)
		}
		return out, metadata, err
	}), middleware.Before)
}

func withoutProject(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if create, ok := input.(*autoscaling.CreateAutoScalingGroupInput); ok {
			create.Tags = slices.DeleteFunc(create.Tags, func(t types.Tag) bool { return *t.Key == deploy.TagProject })
		}
	})
}

func lowerMin(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if update, ok := input.(*autoscaling.UpdateAutoScalingGroupInput); ok {
			update.MinSize = aws.Int32(1)
		}
	})
}

func keepMax(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if update, ok := input.(*autoscaling.UpdateAutoScalingGroupInput); ok && aws.ToInt32(update.MaxSize) > 0 {
			update.MaxSize = nil
		}
	})
}

func seeNoLock(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*dynamodb.GetItemOutput); ok {
			delete(got.Item, "lock")
		}
	})
}

func seeNoAttributes(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*elb.DescribeTargetGroupAttributesOutput); ok {
			got.Attributes = nil
		}
	})
}

// moving reports whether green has just been attached.
func moving(d mutantCall) bool {
	return d.call.Way == deploy.Forward && d.progress != nil && d.progress.Verdict == deploy.Pending && d.progress.Good == 0
}

func halveBlue(ctx context.Context, d mutantCall) {
	if moving(d) && len(d.fenced(ctx).Lock.Changes) > 0 {
		d.groups.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{
			AutoScalingGroupName: &d.deployment.Blue, MinSize: aws.Int32(2), DesiredCapacity: aws.Int32(2),
		})
	}
}

func detachBlue(ctx context.Context, d mutantCall) {
	if !moving(d) {
		return
	}
	_, err := d.ledger.For(d.call).Change(ctx, func(r *ledger.Record) { r.Lock.Stage = ledger.Leaving }, ledger.Switching)
	if err == nil {
		d.groups.DetachLoadBalancerTargetGroups(ctx, &autoscaling.DetachLoadBalancerTargetGroupsInput{
			AutoScalingGroupName: &d.deployment.Blue, TargetGroupARNs: d.deployment.TargetGroups,
		})
	}
}

func attachGreen(ctx context.Context, d mutantCall) {
	d.fenced(ctx)
	d.groups.AttachLoadBalancerTargetGroups(ctx, &autoscaling.AttachLoadBalancerTargetGroupsInput{
		AutoScalingGroupName: &d.deployment.Green, TargetGroupARNs: d.deployment.TargetGroups,
	})
}

func deleteByForce(ctx context.Context, d mutantCall) {
	d.fenced(ctx)
	d.groups.DeleteAutoScalingGroup(ctx, &autoscaling.DeleteAutoScalingGroupInput{AutoScalingGroupName: &d.deployment.Green, ForceDelete: aws.Bool(true)})
}

// membersIn are the instances of a group in a lifecycle state.
func membersIn(ctx context.Context, groups *autoscaling.Client, name, state string) []string {
	out, err := groups.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
	if err != nil || len(out.AutoScalingGroups) == 0 {
		return nil
	}
	var ids []string
	for _, instance := range out.AutoScalingGroups[0].Instances {
		if string(instance.LifecycleState) == state {
			ids = append(ids, *instance.InstanceId)
		}
	}
	return ids
}

func terminateOne(ctx context.Context, d mutantCall) {
	ids := membersIn(ctx, d.groups, d.deployment.Green, "InService")
	if d.progress.Verdict == deploy.Pending && d.progress.Good > 0 && len(ids) > 0 {
		d.fenced(ctx)
		ec2.NewFromConfig(d.cfg).TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: ids[:1]})
	}
}

func completeAll(ctx context.Context, d mutantCall) {
	for _, id := range membersIn(ctx, d.groups, d.deployment.Blue, "Terminating:Wait") {
		d.fenced(ctx)
		d.groups.CompleteLifecycleAction(ctx, &autoscaling.CompleteLifecycleActionInput{
			AutoScalingGroupName: &d.deployment.Blue, LifecycleHookName: aws.String("tidy-up"), InstanceId: &id, LifecycleActionResult: aws.String("CONTINUE"),
		})
	}
}

const foreign = "ec-mqagt-dev-somebody-elses"

func deleteForeign(ctx context.Context, d mutantCall) {
	d.fenced(ctx)
	d.groups.DeleteAutoScalingGroup(ctx, &autoscaling.DeleteAutoScalingGroupInput{AutoScalingGroupName: aws.String(foreign)})
}

func suspendOnBlue(ctx context.Context, d mutantCall) {
	d.fenced(ctx)
	d.groups.SuspendProcesses(ctx, &autoscaling.SuspendProcessesInput{AutoScalingGroupName: &d.deployment.Blue, ScalingProcesses: []string{"AZRebalance"}})
}

func resizeGreen(ctx context.Context, d mutantCall) {
	d.groups.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &d.deployment.Green, DesiredCapacity: aws.Int32(4)})
}

func resizeClosed(ctx context.Context, d mutantCall) {
	if d.progress.Verdict == deploy.Done {
		d.fenced(ctx)
		resizeGreen(ctx, d)
	}
}

func describeLoadBalancers(ctx context.Context, d mutantCall) {
	elb.NewFromConfig(d.cfg).DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{})
}

// operator is the configuration of somebody who has nothing to do with the deployment.
func operator(r *rehearsal.Rehearsal) aws.Config {
	return r.AWS.Endpoint.Config(wire.Caller{AccessKeyID: "AKIASOMEBODY", Seed: 1})
}

func sickGreen(_ context.Context, r *rehearsal.Rehearsal) error {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.AWS.Compute.MarkImageSick(r.World.GreenImage)
	return nil
}

func groupNames(r *rehearsal.Rehearsal) []string {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	return r.AWS.Groups.Names()
}

func untilGreen(ctx context.Context, r *rehearsal.Rehearsal) {
	for len(groupNames(r)) < 2 {
		r.Wait(ctx, 100*time.Millisecond)
	}
}

func raiseMax(ctx context.Context, r *rehearsal.Rehearsal) error {
	untilGreen(ctx, r)
	_, err := autoscaling.NewFromConfig(operator(r)).UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &r.World.GroupName, MaxSize: aws.Int32(11),
	})
	return err
}

// failOpenEarly lets the target group fail open once green is there, and no more when it is to join: a deployment that finds it so is
// refused.
func failOpenEarly(ctx context.Context, r *rehearsal.Rehearsal) error {
	untilGreen(ctx, r)
	if err := failOpenBelow(ctx, r, "60"); err != nil {
		return err
	}
	for lock := r.Record().Lock; lock != nil && lock.Stage == ledger.Creating; lock = r.Record().Lock {
		r.Wait(ctx, 100*time.Millisecond)
	}
	return failOpenBelow(ctx, r, "off")
}

func failOpenBelow(ctx context.Context, r *rehearsal.Rehearsal, percent string) error {
	_, err := elb.NewFromConfig(operator(r)).ModifyTargetGroupAttributes(ctx, &elb.ModifyTargetGroupAttributesInput{
		TargetGroupArn: &r.World.TargetGroupARN,
		Attributes: []elbtypes.TargetGroupAttribute{{
			Key: aws.String("target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"), Value: &percent,
		}},
	})
	return err
}

func terminatingHook(ctx context.Context, r *rehearsal.Rehearsal) error {
	_, err := autoscaling.NewFromConfig(operator(r)).PutLifecycleHook(ctx, &autoscaling.PutLifecycleHookInput{
		AutoScalingGroupName: &r.World.GroupName, LifecycleHookName: aws.String("tidy-up"), DefaultResult: aws.String("CONTINUE"),
		LifecycleTransition: aws.String("autoscaling:EC2_INSTANCE_TERMINATING"), HeartbeatTimeout: aws.Int32(300),
	})
	r.Wait(ctx, 10*time.Second) // describes lag
	return err
}

func foreignGroup(ctx context.Context, r *rehearsal.Rehearsal) error {
	groups := autoscaling.NewFromConfig(operator(r))
	described, err := groups.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{r.World.GroupName}})
	if err != nil {
		return err
	}
	_, err = groups.CreateAutoScalingGroup(ctx, &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: aws.String(foreign), MinSize: aws.Int32(1), MaxSize: aws.Int32(1),
		VPCZoneIdentifier: described.AutoScalingGroups[0].VPCZoneIdentifier,
		LaunchTemplate:    &types.LaunchTemplateSpecification{LaunchTemplateName: &r.World.TemplateName, Version: aws.String("1")},
	})
	return err
}

func secondDeployment(ctx context.Context, r *rehearsal.Rehearsal) error {
	r.Wait(ctx, 30*time.Second)
	arn, err := r.Start(ctx, "second", minimal)
	if err != nil {
		return err
	}
	_, err = r.AwaitEnd(ctx, arn, 12*time.Hour)
	return err
}
