package fleetreader

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/world"
)

// hangs is what hangs on a group, as it is put on the model's, without what the model does not take.
type hangs struct {
	whole        clone.Whole
	targetGroups []string // ARNs, in the order of the plan's
	without      []string // by kind and name
}

// hang has the model's group have what hangs on the real one.
func (s *Survey) hang(whole clone.Whole) {
	s.hangs = &hangs{whole: whole, targetGroups: s.targetGroups}
	for _, metric := range whole.Group.EnabledMetrics {
		s.Plan.Metrics = append(s.Plan.Metrics, aws.ToString(metric.Metric))
	}
	if n := len(whole.Policies) + len(whole.Alarms); n > 0 {
		s.leaveOut("load: nothing asks anything of the model's fleet, so its scaling policies (%d) and the alarms that act on them (%d) have nothing to act on; "+
			"what else its alarms do; and their tags", len(whole.Policies), len(whole.Alarms))
	}
	if len(whole.Notifications) > 0 {
		s.leaveOut("which topics are notified of launches and terminations: the model has one")
	}
	s.Plan.Equipped = s.hangs.put
}

// put is what is hung on the model's group.
func (h *hangs) put(w world.World, now time.Time) world.Equipment {
	_, balancer, _ := strings.Cut(w.LoadBalancerARN, ":loadbalancer/")
	place := clone.Place{Group: w.GroupName, LoadBalancer: balancer, TargetGroups: make(map[string]string)}
	for i, arn := range h.targetGroups {
		if i < len(w.TargetGroupARNs) {
			place.TargetGroups[resource(arn)] = resource(w.TargetGroupARNs[i])
		}
	}
	calls := h.whole.At(place, now)
	var e world.Equipment
	for _, policy := range calls.Policies {
		if h.has("scaling policy " + aws.ToString(policy.PolicyName)) {
			e.Policies = append(e.Policies, policy)
		}
	}
	for _, alarm := range calls.Alarms {
		acts := slices.DeleteFunc(alarm.Policies, func(name string) bool { return !h.has("scaling policy " + name) })
		if aws.ToString(alarm.Input.TreatMissingData) == "breaching" { // nothing loads the model's fleet
			alarm.Input.TreatMissingData = nil
		}
		if len(acts) > 0 && h.has("alarm "+aws.ToString(alarm.Input.AlarmName)) {
			e.Alarms = append(e.Alarms, world.Alarm{Input: alarm.Input, Policies: acts})
		}
	}
	for _, action := range calls.Schedule {
		if h.has("scheduled action " + aws.ToString(action.ScheduledActionName)) {
			e.Schedule = append(e.Schedule, action)
		}
	}
	if h.has("warm pool") {
		e.Pool = calls.Pool
	}
	if len(calls.Told) > 0 && h.has("notifications") {
		e.Notifications = []*autoscaling.PutNotificationConfigurationInput{{TopicARN: &w.OperatorTopic, NotificationTypes: calls.Told}}
	}
	return e
}

func (h *hangs) has(what string) bool { return !slices.Contains(h.without, what) }

// resource is what an ARN of a target group ends with: targetgroup/<name>/<id>.
func resource(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// Without leaves out of the model what it does not take. It reports whether the model had it.
func (s *Survey) Without(unput world.Unput) bool {
	if s.hangs == nil || !s.hangs.has(unput.What) {
		return false
	}
	s.hangs.without = append(s.hangs.without, unput.What)
	s.leaveOut("its %s, which the model does not take: %s", unput.What, unput.Err)
	return true
}

// asks says what of the request's green the model's has not.
func (s *Survey) asks(green deploy.Green) {
	if image := green.ImageID + green.ImageParameter; image != "" {
		s.leaveOut("image %s: the model's green has one that is like blue's", image)
	}
	if green.Build != nil {
		s.Plan.Builds = true
		s.leaveOut("what the commands of green.image.build do, and how long they take: in the model each takes a second, and leaves nothing in the image")
	}
	if green.InstanceType != "" {
		s.leaveOut("instances of type %s: the model's green has %s, which start and serve as any", green.InstanceType, otherType)
	}
	if version := green.TemplateVersion; deploy.IsVersion(version) {
		s.leaveOut("version %s of the launch template: the model's has two, and the second is deployed", version)
	}
}

// otherType is a type that is not the one of the model's blue.
const otherType = "t3.small"

// InModel changes what a request asks of green to what the model has for it.
func (s Survey) InModel(green map[string]any) {
	if image, asked := green["image"].(map[string]any); asked && image["build"] == nil {
		green["image"] = map[string]any{"id": "GREEN_IMAGE"}
	}
	if _, asked := green["instance_type"]; asked {
		green["instance_type"] = otherType
	}
	if version, asked := green["launch_template_version"]; asked && deploy.IsVersion(fmt.Sprint(version)) {
		green["launch_template_version"] = "2"
	}
}
