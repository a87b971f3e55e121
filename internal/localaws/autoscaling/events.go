package autoscaling

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// OnEvent calls f, with the lock held, with each event that Auto Scaling sends to EventBridge: lifecycle actions, and the
// ends of launches and terminations (aws-facts A6). Events of instance refreshes are not modelled.
func (in *Groups) OnEvent(f func(detailType string, resources []string, detail any)) {
	in.events = append(in.events, f)
}

func (in *Groups) emit(detailType string, resources []string, detail any) {
	for _, f := range in.events {
		f(detailType, resources, detail)
	}
}

// actionDetail is the detail of a lifecycle action. Origin and Destination tell a launch or termination from moves in and
// out of a warm pool (user guide, event reference).
type actionDetail struct {
	LifecycleActionToken string  `json:"LifecycleActionToken"`
	AutoScalingGroupName string  `json:"AutoScalingGroupName"`
	LifecycleHookName    string  `json:"LifecycleHookName"`
	EC2InstanceID        string  `json:"EC2InstanceId"`
	LifecycleTransition  string  `json:"LifecycleTransition"`
	NotificationMetadata *string `json:"NotificationMetadata,omitempty"`
	Origin               string  `json:"Origin"`
	Destination          string  `json:"Destination"`
}

// tell tells of an action that begins: the hook's target, or EventBridge, or both.
func (a *lifecycleAction) tell() {
	g := a.member.group
	a.notify()
	detailType := "EC2 Instance-terminate Lifecycle Action"
	if *a.hook.LifecycleTransition == launching {
		detailType = "EC2 Instance-launch Lifecycle Action"
	}
	way := a.member.courseOf(*a.hook.LifecycleTransition)
	g.in.emit(detailType, []string{*g.spec.AutoScalingGroupARN}, actionDetail{
		LifecycleActionToken: a.token, AutoScalingGroupName: g.name, LifecycleHookName: *a.hook.LifecycleHookName,
		EC2InstanceID: a.member.id, LifecycleTransition: *a.hook.LifecycleTransition, NotificationMetadata: a.hook.NotificationMetadata,
		Origin: way.origin, Destination: way.destination,
	})
}

// activityDetail is the detail of a launch or termination that has ended. StatusCode is InProgress for one that succeeded
// (user guide, event reference).
type activityDetail struct {
	StatusCode           string          `json:"StatusCode"`
	Description          string          `json:"Description"`
	AutoScalingGroupName string          `json:"AutoScalingGroupName"`
	ActivityID           string          `json:"ActivityId"`
	Details              json.RawMessage `json:"Details"`
	RequestID            string          `json:"RequestId"`
	StatusMessage        string          `json:"StatusMessage"`
	EndTime              string          `json:"EndTime"`
	EC2InstanceID        string          `json:"EC2InstanceId"`
	StartTime            string          `json:"StartTime"`
	Cause                string          `json:"Cause"`
	Origin               string          `json:"Origin"`
	Destination          string          `json:"Destination"`
}

// tellActivity tells EventBridge and the group's topics of an activity that has ended, if it was a launch or a termination. The member is nil when none came
// of the launch.
func (g *group) tellActivity(a *types.Activity, m *member) {
	if len(g.in.events) == 0 && len(g.subscriptions) == 0 {
		return
	}
	var detailType, transition string
	switch {
	case strings.HasPrefix(*a.Description, "Launching a new EC2 instance"):
		detailType, transition = "EC2 Instance Launch ", launching
	case strings.HasPrefix(*a.Description, "Terminating EC2 instance"):
		detailType, transition = "EC2 Instance Terminate ", terminating
	default:
		return
	}
	if m == nil {
		m = &member{}
	}
	way := m.courseOf(transition)
	detail := activityDetail{
		StatusCode: "Failed", Description: *a.Description, AutoScalingGroupName: g.name, ActivityID: *a.ActivityId,
		RequestID: *a.ActivityId, StatusMessage: aws.ToString(a.StatusMessage), EC2InstanceID: m.id, Cause: *a.Cause,
		StartTime: a.StartTime.UTC().Format(millis), EndTime: a.EndTime.UTC().Format(millis),
		Details: json.RawMessage(*a.Details), Origin: way.origin, Destination: way.destination,
	}
	if a.StatusCode == types.ScalingActivityStatusCodeSuccessful {
		detail.StatusCode = "InProgress"
		detailType += "Successful"
	} else {
		detailType += "Unsuccessful"
	}
	resources := []string{*g.spec.AutoScalingGroupARN}
	if m.id != "" {
		resources = append(resources, g.in.account.ARN("ec2", "instance/"+m.id))
	}
	g.in.emit(detailType, resources, detail)
	g.publish(a, transition, detail)
}
