package invariant

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	localasg "bluegreen/internal/localaws/autoscaling"
)

// traits is everything about a group that people set and that a deployment must put back or copy, by name. The desired
// capacity is none: others' scaling goes on, and promise 1 holds it.
type traits map[string]string

// The traits that do not come from the description's members one by one.
const (
	traitMin          = "MinSize"
	traitMax          = "MaxSize"
	traitProcesses    = "suspended processes"
	traitTargetGroups = "target groups"
	traitHooks        = "lifecycle hooks"
	traitTag          = "tag "              // with its key
	traitSchedule     = "scheduled action " // with its name
	traitNotified     = "notifications to "
	traitProtected    = "protection of " // with an instance's id
)

// noTraits are members of a description that name the group, or that tell what it does and not what it is set to.
var noTraits = []string{
	"AutoScalingGroupARN", "AutoScalingGroupName", "CreatedTime", "DesiredCapacity", "Instances", "LoadBalancerNames",
	"PredictedCapacity", "Status", "SuspendedProcesses", "Tags", "TargetGroupARNs", "TrafficSources", "WarmPoolSize",
}

func traitsOf(view localasg.GroupView) traits {
	t := make(traits)
	shown := reflect.ValueOf(view.Shown)
	for i := range shown.NumField() {
		field := shown.Type().Field(i)
		if field.IsExported() && !slices.Contains(noTraits, field.Name) && !shown.Field(i).IsZero() {
			t[field.Name] = text(shown.Field(i).Interface())
		}
	}
	if pool := view.Shown.WarmPoolConfiguration; pool != nil && pool.Status == types.WarmPoolStatusPendingDelete {
		delete(t, traitPool) // somebody has deleted it, and it is gone once it is empty
	}
	t[traitProcesses] = strings.Join(view.Suspended, ", ")
	var attached []string
	for _, attachment := range view.Attachments {
		if attachment.State != "Removing" {
			attached = append(attached, attachment.Source())
		}
	}
	for _, instance := range view.Instances {
		if instance.Protected {
			t[traitProtected+instance.ID] = "on"
		}
	}
	t[traitTargetGroups] = strings.Join(slices.Sorted(slices.Values(attached)), ", ")
	var hooks []string
	for _, hook := range view.LifecycleHooks {
		hook.AutoScalingGroupName = nil
		hooks = append(hooks, text(hook))
	}
	t[traitHooks] = strings.Join(slices.Sorted(slices.Values(hooks)), ", ")
	for topic, kinds := range view.Notifications {
		t[traitNotified+topic] = strings.Join(slices.Sorted(slices.Values(kinds)), ", ")
	}
	for _, action := range view.Schedule {
		t[traitSchedule+aws.ToString(action.ScheduledActionName)] = scheduleText(action)
	}
	for _, tag := range view.Shown.Tags {
		t[traitTag+aws.ToString(tag.Key)] = text([]any{aws.ToString(tag.Value), aws.ToBool(tag.PropagateAtLaunch)})
	}
	return t
}

func text(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error() // a description is plain data
	}
	return string(encoded)
}

// differences are the traits in which a group is not what is wanted, each as a person reads it, but for those left
// out. Instances come and go with their protection: only those are compared that have lost theirs.
func (t traits) differences(view localasg.GroupView, got traits, leftOut ...string) []string {
	keys := make(map[string]bool)
	for _, side := range []traits{t, got} {
		for key := range side {
			keys[key] = true
		}
	}
	var found []string
	for key := range keys {
		if t[key] == got[key] || slices.Contains(leftOut, key) {
			continue
		}
		if id, ok := strings.CutPrefix(key, traitProtected); ok && (t[key] == "" || !contains(view, id)) {
			continue
		}
		found = append(found, fmt.Sprintf("%s of %s is %s, not %s", key, view.Name, orEmpty(got[key]), orEmpty(t[key])))
	}
	slices.Sort(found)
	return found
}

func contains(view localasg.GroupView, id string) bool {
	return slices.ContainsFunc(view.Instances, func(i localasg.InstanceView) bool { return i.ID == id })
}

func orEmpty(value string) string {
	if value == "" {
		return "empty"
	}
	return value
}

var templateVersion = regexp.MustCompile(`"Version":(null|"[^"]*")`)

// copied is what a copy of a group shares with it, in a form in which the two can be compared: the versions of launch
// templates are compared apart, since a copy is pinned to numbers, and a deployment's own tags differ.
func (t traits) copied() traits {
	c := make(traits, len(t))
	for key, value := range t {
		switch {
		case strings.HasPrefix(key, traitProtected):
		case key == traitTag+deploy.TagProject, key == traitTag+deploy.TagLineage, key == traitTag+deploy.TagExecution:
		case key == "LaunchTemplate", key == "MixedInstancesPolicy":
			c[key] = templateVersion.ReplaceAllString(value, `"Version":"…"`)
		default:
			c[key] = value
		}
	}
	return c
}

// templatesOf are the launch templates that a group names, with the versions as it names them.
func templatesOf(group types.AutoScalingGroup) []types.LaunchTemplateSpecification {
	var specs []types.LaunchTemplateSpecification
	if group.LaunchTemplate != nil {
		specs = append(specs, *group.LaunchTemplate)
	}
	if policy := group.MixedInstancesPolicy; policy != nil && policy.LaunchTemplate != nil {
		if base := policy.LaunchTemplate.LaunchTemplateSpecification; base != nil {
			specs = append(specs, *base)
		}
		for _, override := range policy.LaunchTemplate.Overrides {
			if override.LaunchTemplateSpecification != nil {
				specs = append(specs, *override.LaunchTemplateSpecification)
			}
		}
	}
	return specs
}

// listed are the elements of a trait that is a list.
func listed(list string) map[string]bool {
	all := make(map[string]bool)
	for element := range strings.SplitSeq(list, ", ") {
		if element != "" {
			all[element] = true
		}
	}
	return all
}

// changedList is the list that is wanted with what was added to another, or taken from it, since it was that.
func changedList(wanted, was, now string) string {
	had, has, want := listed(was), listed(now), listed(wanted)
	for element := range had {
		if !has[element] {
			delete(want, element)
		}
	}
	for element := range has {
		if !had[element] {
			want[element] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(want)), ", ")
}
