package autoscaling

import (
	"encoding/json"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// notificationTypes are what a group can tell topics of (SDK, PutNotificationConfiguration), in AWS's order.
var notificationTypes = []string{
	"autoscaling:EC2_INSTANCE_LAUNCH", "autoscaling:EC2_INSTANCE_LAUNCH_ERROR", "autoscaling:EC2_INSTANCE_TERMINATE",
	"autoscaling:EC2_INSTANCE_TERMINATE_ERROR", testNotificationType,
}

const testNotificationType = "autoscaling:TEST_NOTIFICATION"

// notificationSubjects are recorded, but for that of a failed termination.
var notificationSubjects = map[string]string{
	"autoscaling:EC2_INSTANCE_LAUNCH":          "launch",
	"autoscaling:EC2_INSTANCE_LAUNCH_ERROR":    "failed launch",
	"autoscaling:EC2_INSTANCE_TERMINATE":       "termination",
	"autoscaling:EC2_INSTANCE_TERMINATE_ERROR": "failed termination",
	testNotificationType:                       "test notification",
}

// subscription is a topic that a group tells of some types of events.
type subscription struct {
	topic string
	types []string // in AWS's order
}

// putNotificationConfiguration has a group tell a topic of what happens. It replaces what the topic was told before. A
// test message shows whether the topic can be reached; how AWS words that it cannot is not verified.
func (in *Groups) putNotificationConfiguration(call *wire.Call, input *autoscaling.PutNotificationConfigurationInput) (*autoscaling.PutNotificationConfigurationOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if err := checkLength("topicARN", input.TopicARN, 255); err != nil {
		return nil, err
	}
	wanted, err := checkNotificationTypes(input.NotificationTypes)
	if err != nil {
		return nil, err
	}
	topic := *input.TopicARN
	at := slices.IndexFunc(g.subscriptions, func(s subscription) bool { return s.topic == topic })
	if at < 0 && len(g.subscriptions) >= in.settings.MaxTopics {
		return nil, wire.Errorf("LimitExceeded", "Only %d SNS topics are allowed per AutoScalingGroup", in.settings.MaxTopics)
	}
	if in.topics != nil {
		if err := in.send(topic, g.subject(testNotificationType), g.testMessage(call.RequestID)); err != nil {
			return nil, invalid("Unable to publish test notification to topic %s. Please check that it exists and try again.", topic)
		}
	}
	if at >= 0 {
		g.subscriptions[at].types = wanted
	} else {
		g.subscriptions = append(g.subscriptions, subscription{topic, wanted})
	}
	return &autoscaling.PutNotificationConfigurationOutput{}, nil
}

// checkNotificationTypes returns the types of a request in AWS's order. A type that is named twice is an internal failure
// there (github.com/aws/aws-cli issue 2699).
func checkNotificationTypes(given []string) ([]string, error) {
	if len(given) == 0 {
		return nil, missing("NotificationTypes")
	}
	for _, kind := range given {
		if !slices.Contains(notificationTypes, kind) {
			return nil, invalid("Invalid notification type: %s. Valid values are: %v", kind, notificationTypes)
		}
	}
	if len(sortedSet(given)) < len(given) {
		return nil, &wire.Error{Code: "InternalFailure", Status: 500, Message: "The service has encountered an internal error. We apologize for the inconvenience."}
	}
	return slices.DeleteFunc(slices.Clone(notificationTypes), func(kind string) bool { return !slices.Contains(given, kind) }), nil
}

// describeNotificationConfigurations shows a row for each topic and type.
func (in *Groups) describeNotificationConfigurations(_ *wire.Call, input *autoscaling.DescribeNotificationConfigurationsInput) (*autoscaling.DescribeNotificationConfigurationsOutput, error) {
	var found []types.NotificationConfiguration
	for _, g := range in.sorted() {
		if len(input.AutoScalingGroupNames) > 0 && !slices.Contains(input.AutoScalingGroupNames, g.name) {
			continue
		}
		for _, s := range g.subscriptions {
			for _, kind := range s.types {
				found = append(found, types.NotificationConfiguration{
					AutoScalingGroupName: aws.String(g.name), TopicARN: aws.String(s.topic), NotificationType: aws.String(kind)})
			}
		}
	}
	found, next, err := page(found, input.NextToken, input.MaxRecords, 50, 100)
	return &autoscaling.DescribeNotificationConfigurationsOutput{NotificationConfigurations: found, NextToken: next}, err
}

// deleteNotificationConfiguration has a group no longer tell a topic. How AWS answers for a topic that it does not tell is
// not verified; the model refuses it.
func (in *Groups) deleteNotificationConfiguration(_ *wire.Call, input *autoscaling.DeleteNotificationConfigurationInput) (*autoscaling.DeleteNotificationConfigurationOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	topic := aws.ToString(input.TopicARN)
	at := slices.IndexFunc(g.subscriptions, func(s subscription) bool { return s.topic == topic })
	if at < 0 {
		return nil, invalid("No notification configuration found for topic: %s", topic)
	}
	g.subscriptions = slices.Delete(g.subscriptions, at, at+1)
	return &autoscaling.DeleteNotificationConfigurationOutput{}, nil
}

func (in *Groups) describeNotificationTypes(_ *wire.Call, _ *autoscaling.DescribeAutoScalingNotificationTypesInput) (*autoscaling.DescribeAutoScalingNotificationTypesOutput, error) {
	return &autoscaling.DescribeAutoScalingNotificationTypesOutput{AutoScalingNotificationTypes: notificationTypes}, nil
}

func (in *Groups) notificationOperations() []wire.Operation {
	const name, topic = "AutoScalingGroupName", "TopicARN"
	return []wire.Operation{
		wire.Op("PutNotificationConfiguration", in.putNotificationConfiguration, name, topic, "NotificationTypes"),
		wire.Op("DescribeNotificationConfigurations", in.describeNotificationConfigurations, "AutoScalingGroupNames", "NextToken", "MaxRecords"),
		wire.Op("DeleteNotificationConfiguration", in.deleteNotificationConfiguration, name, topic),
		wire.Op("DescribeAutoScalingNotificationTypes", in.describeNotificationTypes),
	}
}

func (g *group) subject(kind string) string {
	return "Auto Scaling: " + notificationSubjects[kind] + ` for group "` + g.name + `"`
}

func (g *group) testMessage(requestID string) testNotification {
	return testNotification{
		AccountID: g.in.account.ID, RequestID: requestID, AutoScalingGroupARN: *g.spec.AutoScalingGroupARN, AutoScalingGroupName: g.name,
		Service: serviceName, Event: testNotificationType, Time: g.now().UTC().Format(millis),
	}
}

// activityMessage is what topics get of a launch or termination that has ended, with the members that recorded
// messages have.
type activityMessage struct {
	Origin               string
	Destination          string
	Progress             int32
	AccountID            string `json:"AccountId"`
	Description          string
	RequestID            string `json:"RequestId"`
	EndTime              string
	AutoScalingGroupARN  string
	ActivityID           string `json:"ActivityId"`
	StartTime            string
	Service              string
	Time                 string
	EC2InstanceID        string `json:"EC2InstanceId"`
	StatusCode           string
	StatusMessage        string
	Details              json.RawMessage
	AutoScalingGroupName string
	Cause                string
	Event                string
}

// publish tells the group's topics of an activity that has ended, as its event tells it. A topic that has gone since is
// not told. In recorded messages half of the progress is made.
func (g *group) publish(a *types.Activity, transition string, detail activityDetail) {
	kind := "autoscaling:EC2_INSTANCE_LAUNCH"
	if transition == terminating {
		kind = "autoscaling:EC2_INSTANCE_TERMINATE"
	}
	message := activityMessage{
		Origin: detail.Origin, Destination: detail.Destination, Progress: 50, AccountID: g.in.account.ID, Description: detail.Description,
		RequestID: detail.RequestID, EndTime: detail.EndTime, AutoScalingGroupARN: *g.spec.AutoScalingGroupARN, ActivityID: detail.ActivityID,
		StartTime: detail.StartTime, Service: serviceName, Time: g.now().UTC().Format(millis), EC2InstanceID: detail.EC2InstanceID,
		StatusCode: "InProgress", StatusMessage: detail.StatusMessage, Details: detail.Details, AutoScalingGroupName: g.name, Cause: detail.Cause,
	}
	if a.StatusCode != types.ScalingActivityStatusCodeSuccessful {
		kind += "_ERROR"
		message.Progress, message.StatusCode = *a.Progress, string(a.StatusCode)
	}
	message.Event = kind
	for _, s := range g.subscriptions {
		if slices.Contains(s.types, kind) && g.in.topics != nil {
			_ = g.in.send(s.topic, g.subject(kind), message)
		}
	}
}
