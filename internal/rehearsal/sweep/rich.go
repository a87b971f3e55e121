package sweep

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/localaws/account"
	localssm "bluegreen/internal/localaws/ssm"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// differsAndDrains has green launch from something of its own, and instances drain before they go.
const differsAndDrains = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 60},
	"drain": {"command": ["systemctl stop mqagt"], "timeout_seconds": 60}, "green": {"user_data": "#!/bin/sh\nsystemctl start app\n"}}`

// richPlan is a fleet that counts in weights and holds its instances before they end.
func richPlan(quick world.Plan) world.Plan {
	quick.Source, quick.Weights = world.FromPolicy, []string{"3", "1"}
	quick.Desired, quick.Max = 6, 12
	quick.Hooks = []world.Hook{{Name: "terminate", Heartbeat: 30 * time.Second}}
	return quick
}

// hung gives blue all that a fleet can have: policies with an alarm, a warm pool, notifications, and a scheduled action that makes it
// larger while both fleets are pinned.
func hung(ctx context.Context, r *rehearsal.Rehearsal) error {
	if err := scales(ctx, r); err != nil {
		return err
	}
	groups := autoscaling.NewFromConfig(r.Config)
	topic, err := sns.NewFromConfig(r.Config).CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("fleet-events")})
	if err != nil {
		return err
	}
	_, err = groups.PutNotificationConfiguration(ctx, &autoscaling.PutNotificationConfigurationInput{
		AutoScalingGroupName: &r.World.GroupName, TopicARN: topic.TopicArn, NotificationTypes: []string{"autoscaling:EC2_INSTANCE_LAUNCH"},
	})
	if err != nil {
		return err
	}
	_, err = groups.PutWarmPool(ctx, &autoscaling.PutWarmPoolInput{
		AutoScalingGroupName: &r.World.GroupName, MinSize: aws.Int32(1), MaxGroupPreparedCapacity: aws.Int32(9), PoolState: types.WarmPoolStateStopped,
	})
	if err != nil {
		return err
	}
	r.Wait(ctx, rehearsal.Settle)
	_, err = groups.PutScheduledUpdateGroupAction(ctx, &autoscaling.PutScheduledUpdateGroupActionInput{
		AutoScalingGroupName: &r.World.GroupName, ScheduledActionName: aws.String("morning"), StartTime: aws.Time(r.Clock.Now().Add(50 * time.Second)),
		DesiredCapacity: aws.Int32(7),
	})
	if err != nil {
		return err
	}
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.AWS.Commands.SetBehaviour("", localssm.Behaviour{Duration: account.Constant(5 * time.Second)})
	return nil
}

// hungAndSick lets green not answer: all that green was given must go.
func hungAndSick(ctx context.Context, r *rehearsal.Rehearsal) error {
	if err := hung(ctx, r); err != nil {
		return err
	}
	return sickGreen(ctx, r)
}
