package invariant

import (
	"slices"
	"strconv"

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
		if versions := e.launched(was); len(versions) > 0 && e.ran[name] == nil {
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
		if !slices.Contains(e.ran[name], version{aws.ToString(spec.LaunchTemplateId), aws.ToString(spec.Version)}) {
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

// version is one of a launch template.
type version struct{ template, number string }

func (v version) String() string { return v.template + " version " + v.number }

// versionsOf are the launch template versions that a group's instances run.
func versionsOf(view localasg.GroupView) []version {
	var versions []version
	for _, instance := range view.Instances {
		if v := (version{instance.TemplateID, instance.TemplateVersion}); v.template != "" && !slices.Contains(versions, v) {
			versions = append(versions, v)
		}
	}
	return versions
}

// launched are versionsOf, and of a template that no instance runs, as some of a policy's overrides, or all of a group at size 0, the
// version that the group would launch.
func (e *endStates) launched(view localasg.GroupView) []version {
	versions := versionsOf(view)
	ran := len(versions)
	for _, spec := range templatesOf(view.Shown) {
		id := aws.ToString(spec.LaunchTemplateId)
		if slices.ContainsFunc(versions[:ran], func(v version) bool { return v.template == id }) {
			continue
		}
		if found, err := e.w.r.AWS.Compute.Template(id, aws.ToString(spec.Version)); err == nil {
			versions = append(versions, version{id, strconv.FormatInt(found.Number, 10)})
		}
	}
	return versions
}

// runs checks that a fleet which was brought back runs what it ran when it was replaced.
func (v *verdict) runs(view localasg.GroupView) {
	ran := v.endStates.ran[view.Name]
	for _, running := range versionsOf(view) {
		v.check(ran == nil || slices.Contains(ran, running), "%s runs %s again, not %v", view.Name, running, ran)
	}
}
