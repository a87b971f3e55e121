package autoscaling_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"
)

// topic makes a topic, of which groups can tell.
func (w *world) topic(name string) string {
	w.Helper()
	w.locked(func() { w.groups.NotifyThrough(w.topics, nil) })
	out, err := w.sns.CreateTopic(w.Context(), &sns.CreateTopicInput{Name: &name})
	if err != nil {
		w.Fatal(err)
	}
	return *out.TopicArn
}

// published are the messages of a topic: their subjects, and their events with status and instance.
func (w *world) published(topic string) string {
	var lines []string
	w.locked(func() {
		for _, m := range w.topics.Messages(topic) {
			var body struct{ Event, StatusCode, EC2InstanceID, Origin, Destination string }
			if err := json.Unmarshal([]byte(m.Body), &body); err != nil {
				w.Errorf("%s: %v", m.Body, err)
			}
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", m.Subject, body.Event, body.StatusCode, w.names[body.EC2InstanceID])))
		}
	})
	return strings.Join(lines, "\n")
}

// A group tells each of its topics of what the topic asked for, and a test message at once.
func TestNotifications(t *testing.T) {
	run(t, nil, func(w *world) {
		name, all, errors := aws.String("blue"), w.topic("all"), w.topic("errors")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		kinds := do(w, w.client.DescribeAutoScalingNotificationTypes, &sdk.DescribeAutoScalingNotificationTypesInput{}).AutoScalingNotificationTypes
		put := func(topic string, kinds ...string) *sdk.PutNotificationConfigurationInput {
			return &sdk.PutNotificationConfigurationInput{AutoScalingGroupName: name, TopicARN: &topic, NotificationTypes: kinds}
		}
		do(w, w.client.PutNotificationConfiguration, put(all, kinds...))
		do(w, w.client.PutNotificationConfiguration, put(errors, kinds[0]))
		do(w, w.client.PutNotificationConfiguration, put(errors, kinds[3], kinds[1])) // overwrites
		rows := do(w, w.client.DescribeNotificationConfigurations, &sdk.DescribeNotificationConfigurationsInput{AutoScalingGroupNames: []string{"blue"}}).NotificationConfigurations
		if len(rows) != 7 || *rows[5].TopicARN != errors || *rows[5].NotificationType != kinds[1] || *rows[6].NotificationType != kinds[3] {
			t.Errorf("rows: %+v", rows)
		}
		set := func(n int32) {
			do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: &n})
		}
		set(1)
		w.until(time.Minute)
		set(0)
		w.until(2 * time.Minute)
		w.locked(func() { w.compute.SetCapacity(w.compute.Zones()[0], "t3.micro", 0) })
		set(1)
		w.until(125 * time.Second)
		if diff := cmp.Diff(`Auto Scaling: test notification for group "blue": autoscaling:TEST_NOTIFICATION
Auto Scaling: launch for group "blue": autoscaling:EC2_INSTANCE_LAUNCH InProgress i1
Auto Scaling: termination for group "blue": autoscaling:EC2_INSTANCE_TERMINATE InProgress i1
Auto Scaling: failed launch for group "blue": autoscaling:EC2_INSTANCE_LAUNCH_ERROR Failed`, w.published(all)); diff != "" {
			t.Errorf("to the topic of all (-want +got):\n%s", diff)
		}
		if got := w.published(errors); strings.Count(got, "TEST_NOTIFICATION") != 2 || strings.Count(got, "\n") != 2 || !strings.HasSuffix(got, "EC2_INSTANCE_LAUNCH_ERROR Failed") {
			t.Errorf("to the topic of errors: %s", got)
		}
		do(w, w.client.DeleteNotificationConfiguration, &sdk.DeleteNotificationConfigurationInput{AutoScalingGroupName: name, TopicARN: &all})
		if rows := do(w, w.client.DescribeNotificationConfigurations, &sdk.DescribeNotificationConfigurationsInput{}).NotificationConfigurations; len(rows) != 2 {
			t.Errorf("rows left: %+v", rows)
		}
	})
}

// The message of a launch has the members that a recorded one has.
func TestNotificationMessage(t *testing.T) {
	run(t, nil, func(w *world) {
		topic := w.topic("all")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		do(w, w.client.PutNotificationConfiguration, &sdk.PutNotificationConfigurationInput{AutoScalingGroupName: aws.String("blue"), TopicARN: &topic,
			NotificationTypes: []string{"autoscaling:EC2_INSTANCE_LAUNCH"}})
		w.until(time.Minute)
		activity := do(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{}).Activities[0]
		group := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]
		id := *group.Instances[0].InstanceId
		want := `{"Origin":"EC2","Destination":"AutoScalingGroup","Progress":50,"AccountId":"000000000000","Description":"Launching a new EC2 instance: ` + id +
			`","RequestId":"` + *activity.ActivityId + `","EndTime":"2026-11-21T03:00:13.000Z","AutoScalingGroupARN":"` + *group.AutoScalingGroupARN +
			`","ActivityId":"` + *activity.ActivityId + `","StartTime":"2026-11-21T03:00:02.000Z","Service":"AWS Auto Scaling","Time":"2026-11-21T03:00:13.000Z","EC2InstanceId":"` + id +
			`","StatusCode":"InProgress","StatusMessage":"","Details":` + *activity.Details + `,"AutoScalingGroupName":"blue","Cause":"` + *activity.Cause +
			`","Event":"autoscaling:EC2_INSTANCE_LAUNCH"}`
		w.locked(func() {
			messages := w.topics.Messages(topic)
			if diff := cmp.Diff(want, messages[len(messages)-1].Body); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	})
}

func TestRefusedNotifications(t *testing.T) {
	run(t, nil, func(w *world) {
		topic := w.topic("t")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		put := func(topic string, kinds ...string) *sdk.PutNotificationConfigurationInput {
			return &sdk.PutNotificationConfigurationInput{AutoScalingGroupName: aws.String("blue"), TopicARN: &topic, NotificationTypes: kinds}
		}
		const launch = "autoscaling:EC2_INSTANCE_LAUNCH"
		refused(w, w.client.PutNotificationConfiguration, put(topic+"x", launch), "ValidationError",
			"Unable to publish test notification to topic "+topic+"x. Please check that it exists and try again.")
		refused(w, w.client.PutNotificationConfiguration, put(topic, launch, launch), "InternalFailure",
			"The service has encountered an internal error. We apologize for the inconvenience.")
		if _, err := w.client.PutNotificationConfiguration(t.Context(), put(topic, "launch")); err == nil || !strings.Contains(err.Error(), "Invalid notification type: launch.") {
			t.Errorf("an unknown type: %v", err)
		}
		for k := range 10 {
			do(w, w.client.PutNotificationConfiguration, put(w.topic(fmt.Sprint(k)), launch))
		}
		refused(w, w.client.PutNotificationConfiguration, put(topic, launch), "LimitExceeded", "Only 10 SNS topics are allowed per AutoScalingGroup")
		refused(w, w.client.DeleteNotificationConfiguration, &sdk.DeleteNotificationConfigurationInput{AutoScalingGroupName: aws.String("blue"), TopicARN: &topic},
			"ValidationError", "No notification configuration found for topic: "+topic)
	})
}
