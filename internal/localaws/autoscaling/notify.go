package autoscaling

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/localaws/wire"
)

// Topics are what lifecycle hooks and groups publish to. The account's lock is held.
type Topics interface {
	Publish(in *sns.PublishInput) (*sns.PublishOutput, error)
}

// Queues are what lifecycle hooks send to. The account's lock is held.
type Queues interface {
	Send(queueARN, body string) error
}

// NotifyThrough has lifecycle hooks send to their notification targets, and groups to their topics. Without it targets are stored and shown, and
// nobody is notified. The lock is held.
func (in *Groups) NotifyThrough(topics Topics, queues Queues) { in.topics, in.queues = topics, queues }

// millis is how Auto Scaling writes a time in messages and events.
const millis = "2006-01-02T15:04:05.000Z"

// notification is what a hook's target gets, with the members that recorded messages have. Subscribers of a topic by mail
// get it as lines of key and value (SDK, PutLifecycleHook); the model's topics keep what all others get.
type notification struct {
	Origin               string  `json:"Origin"`
	LifecycleHookName    string  `json:"LifecycleHookName"`
	Destination          string  `json:"Destination"`
	AccountID            string  `json:"AccountId"`
	RequestID            string  `json:"RequestId"`
	LifecycleTransition  string  `json:"LifecycleTransition"`
	AutoScalingGroupName string  `json:"AutoScalingGroupName"`
	Service              string  `json:"Service"`
	Time                 string  `json:"Time"`
	EC2InstanceID        string  `json:"EC2InstanceId"`
	NotificationMetadata *string `json:"NotificationMetadata,omitempty"`
	LifecycleActionToken string  `json:"LifecycleActionToken"`
}

const serviceName = "AWS Auto Scaling"

// notify sends the action to the hook's target. A target that has gone since is not told.
func (a *lifecycleAction) notify() {
	g := a.member.group
	if a.hook.NotificationTargetARN == nil || g.in.topics == nil {
		return
	}
	way := a.member.courseOf(*a.hook.LifecycleTransition)
	message := notification{
		Origin: way.origin, LifecycleHookName: *a.hook.LifecycleHookName, Destination: way.destination, AccountID: g.in.account.ID,
		LifecycleTransition: *a.hook.LifecycleTransition, AutoScalingGroupName: g.name, Service: serviceName,
		Time: g.now().UTC().Format(millis), EC2InstanceID: a.member.id, NotificationMetadata: a.hook.NotificationMetadata,
		LifecycleActionToken: a.token,
	}
	if a.member.activity != nil { // in recorded messages the request is the activity
		message.RequestID = *a.member.activity.ActivityId
	}
	_, verb, _ := strings.Cut(*a.hook.LifecycleTransition, "EC2_INSTANCE_")
	_ = g.in.send(*a.hook.NotificationTargetARN, "Auto Scaling:  Lifecycle action '"+verb+"' for instance "+a.member.id+" in progress.", message)
}

// testNotification is what a hook's target or a topic gets when it is named.
type testNotification struct {
	AccountID            string `json:"AccountId"`
	RequestID            string `json:"RequestId"`
	AutoScalingGroupARN  string `json:"AutoScalingGroupARN"`
	AutoScalingGroupName string `json:"AutoScalingGroupName"`
	Service              string `json:"Service"`
	Event                string `json:"Event"`
	Time                 string `json:"Time"`
}

// testTarget sends the test message of a new target (aws-facts A1). A hook whose target cannot be reached is refused.
func (g *group) testTarget(hook types.LifecycleHook, requestID string) error {
	if hook.NotificationTargetARN == nil || g.in.topics == nil {
		return nil
	}
	target, role := *hook.NotificationTargetARN, "null"
	if strings.HasPrefix(target, "arn:aws:lambda:") {
		return wire.NotModelled("the notification target %s: it models topics and queues", target)
	}
	var err error
	if hook.RoleARN != nil {
		role = *hook.RoleARN
		err = g.in.send(target, g.subject(testNotificationType), g.testMessage(requestID))
	}
	if err != nil || hook.RoleARN == nil {
		return invalid("Unable to publish test message to notification target %s using IAM role %s. "+
			"Please check your target and role configuration and try to put lifecycle hook again.", target, role)
	}
	return nil
}

// send sends a message to a topic or queue.
func (in *Groups) send(target, subject string, message any) error {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // as AWS writes it
	if err := encoder.Encode(message); err != nil {
		panic(err) // texts always encode
	}
	body := strings.TrimSuffix(text.String(), "\n")
	switch {
	case strings.HasPrefix(target, "arn:aws:sns:"):
		if len(subject) >= 100 { // a subject's limit; only a test's is ever longer
			subject = subject[:99]
		}
		_, err := in.topics.Publish(&sns.PublishInput{TopicArn: aws.String(target), Subject: aws.String(subject), Message: aws.String(body)})
		return err
	case strings.HasPrefix(target, "arn:aws:sqs:") && in.queues != nil:
		return in.queues.Send(target, body)
	}
	return wire.NotModelled("the notification target %s", target)
}
