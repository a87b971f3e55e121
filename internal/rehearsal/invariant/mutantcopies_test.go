package invariant_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/creategreen"
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
