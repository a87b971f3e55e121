package invariant

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	localasg "bluegreen/internal/localaws/autoscaling"
)

// launches takes in what a fleet ran that a function scales in, then or when its replacement began, and that a function pins a fleet which a rollback brings
// back to just that: what its group names may stand for something else by now.
func (e *endStates) launches(a *apiCall, was localasg.GroupView) {
	input, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput)
	if !ok {
		return
	}
	name := aws.ToString(input.AutoScalingGroupName)
	if input.MaxSize != nil && *input.MaxSize == 0 {
		if versions := versionsOf(was); len(versions) > 0 && e.ran[name] == nil {
			e.ran[name] = append(versions, e.began...)
		}
		return
	}
	lock := e.w.r.Record().Lock
	if e.ran[name] == nil || lock == nil || !lock.Deployment.Revives || lock.Deployment.Green != name {
		return
	}
	view, _ := e.w.r.AWS.Groups.View(name)
	for _, spec := range templatesOf(view.Shown) {
		if !slices.Contains(e.ran[name], aws.ToString(spec.Version)) {
			return
		}
	}
	if expected, now := e.expected[name], traitsOf(view); expected != nil {
		for _, trait := range []string{"LaunchTemplate", "MixedInstancesPolicy"} {
			if now[trait] != "" {
				expected[trait] = now[trait]
			}
		}
	}
}

// versionsOf are the launch template versions that a group's instances run.
func versionsOf(view localasg.GroupView) []string {
	var versions []string
	for _, instance := range view.Instances {
		if instance.TemplateVersion != "" && !slices.Contains(versions, instance.TemplateVersion) {
			versions = append(versions, instance.TemplateVersion)
		}
	}
	return versions
}

// runs checks that a fleet which was brought back runs what it ran when it was replaced.
func (v *verdict) runs(view localasg.GroupView) {
	ran := v.endStates.ran[view.Name]
	for _, version := range versionsOf(view) {
		v.check(ran == nil || slices.Contains(ran, version), "%s runs version %s of its launch template again, not %v", view.Name, version, ran)
	}
}
