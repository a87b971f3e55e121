package invariant_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/completelifecycle"
	"bluegreen/lambdas/creategreen"
	"bluegreen/lambdas/removegreen"
	"bluegreen/lambdas/scaleinblue"
	"bluegreen/lambdas/switchtraffic"
	"bluegreen/lambdas/waithealthy"
)

// copies are deployments that lose something of what hangs on blue.
var copies = []mutation{
	{
		name:    "green notifies no topic",
		mutant:  rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, seeNoNotifications))},
		prepare: notifiedTopic,
		breaks:  []int{4},
	},
	{
		name:    "green notifies of launches alone",
		mutant:  rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, putOneType))},
		prepare: notifiedTopic,
		breaks:  []int{4},
	},
	{
		name:    "green has no warm pool",
		mutant:  rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, seeNoPool))},
		prepare: fullPool,
		breaks:  []int{4},
	},
	{
		name:    "green's warm pool has no size of its own",
		mutant:  rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, putNoPrepared))},
		prepare: fullPool,
		breaks:  []int{4},
	},
	{
		name:    "blue's warm pool grows by what blue is scaled in by",
		mutant:  rehearsal.Mutant{Work: work("ScaleInBlue", changed(scaleinblue.New, seeNoPool))},
		prepare: fullPool,
		during:  emptyPoolLater,
		breaks:  []int{4},
	},
	{
		name: "green's warm pool is deleted by force on the way back",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{
			"RemoveGreen":       changed(removegreen.New, seeNoPool),
			"CompleteLifecycle": before(completelifecycle.New, deletePoolByForce),
		}},
		prepare: sickGreenWithPool,
		breaks:  []int{3},
	},
	{
		name: "an instance is taken for more units than it is",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{
			"WaitHealthy":   changed(waithealthy.New, seeHeavy),
			"SwitchTraffic": changed(switchtraffic.New, seeHeavy),
		}},
		plan:    func(p *world.Plan) { p.Source, p.Weights, p.Desired, p.Max = world.FromPolicy, []string{"2"}, 12, 20 },
		prepare: roomForThree,
		breaks:  []int{1},
	},
}

// What a copy loses is seen, kind by kind.
func TestLossesOfACopyAreCaught(t *testing.T) {
	for _, m := range copies {
		t.Run(m.name, m.isCaught)
	}
}

// notifiedTopic has blue notify a topic.
func notifiedTopic(ctx context.Context, r *rehearsal.Rehearsal) error {
	created, err := sns.NewFromConfig(operator(r)).CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("fleet-events")})
	if err != nil {
		return err
	}
	_, err = autoscaling.NewFromConfig(operator(r)).PutNotificationConfiguration(ctx, &autoscaling.PutNotificationConfigurationInput{
		AutoScalingGroupName: &r.World.GroupName, TopicARN: created.TopicArn,
		NotificationTypes: []string{"autoscaling:EC2_INSTANCE_LAUNCH", "autoscaling:EC2_INSTANCE_TERMINATE"},
	})
	r.Wait(ctx, 10*time.Second) // describes lag
	return err
}

// roomForThree lets EC2 have room for one instance in each zone of what green launches.
func roomForThree(_ context.Context, r *rehearsal.Rehearsal) error {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	for _, zone := range r.AWS.Compute.Zones() {
		r.AWS.Compute.SetCapacity(zone, r.World.InstanceType, 1)
	}
	return nil
}

// fullPool gives blue a warm pool that holds more, the fewer instances are in service.
func fullPool(ctx context.Context, r *rehearsal.Rehearsal) error {
	_, err := autoscaling.NewFromConfig(operator(r)).PutWarmPool(ctx, &autoscaling.PutWarmPoolInput{
		AutoScalingGroupName: &r.World.GroupName, MinSize: aws.Int32(1), MaxGroupPreparedCapacity: aws.Int32(6),
	})
	r.Wait(ctx, 3*time.Minute)
	return err
}

func sickGreenWithPool(ctx context.Context, r *rehearsal.Rehearsal) error {
	if err := fullPool(ctx, r); err != nil {
		return err
	}
	return sickGreen(ctx, r)
}

// emptyPoolLater does by hand what the deployment should have done, where the world needs it.
func emptyPoolLater(ctx context.Context, r *rehearsal.Rehearsal) error {
	r.Wait(ctx, 30*time.Minute)
	groups := autoscaling.NewFromConfig(operator(r))
	described, err := groups.DescribeWarmPool(ctx, &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: &r.World.GroupName})
	if err != nil || len(described.Instances) == 0 {
		return err
	}
	_, err = groups.PutWarmPool(ctx, &autoscaling.PutWarmPoolInput{
		AutoScalingGroupName: &r.World.GroupName, MinSize: aws.Int32(0), MaxGroupPreparedCapacity: aws.Int32(0),
	})
	return err
}

func seeNoPool(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*autoscaling.DescribeAutoScalingGroupsOutput); ok {
			for i := range got.AutoScalingGroups {
				got.AutoScalingGroups[i].WarmPoolConfiguration = nil
			}
		}
	})
}

func putNoPrepared(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if put, ok := input.(*autoscaling.PutWarmPoolInput); ok {
			put.MaxGroupPreparedCapacity = nil
		}
	})
}

func deletePoolByForce(ctx context.Context, d mutantCall) {
	if d.call.Way == deploy.Back {
		d.fenced(ctx)
		d.groups.DeleteWarmPool(ctx, &autoscaling.DeleteWarmPoolInput{AutoScalingGroupName: &d.deployment.Green, ForceDelete: aws.Bool(true)})
	}
}

func seeHeavy(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*autoscaling.DescribeAutoScalingGroupsOutput); ok {
			for _, group := range got.AutoScalingGroups {
				for i := range group.Instances {
					group.Instances[i].WeightedCapacity = aws.String("12")
				}
			}
		}
	})
}

func seeNoNotifications(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*autoscaling.DescribeNotificationConfigurationsOutput); ok {
			got.NotificationConfigurations = nil
		}
	})
}

func putOneType(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if put, ok := input.(*autoscaling.PutNotificationConfigurationInput); ok {
			put.NotificationTypes = put.NotificationTypes[:1]
		}
	})
}
