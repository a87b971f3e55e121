package fleet

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// Whole is a group with what its description leaves out.
type Whole struct {
	Group types.AutoScalingGroup
	Hooks []types.LifecycleHook
}

// Drift says how blue differs from its copy, but for sizes and target groups: what somebody has changed of blue since
// green was copied from it. before is the template that blue was pinned to when it was a copy itself; nil: it was none.
func Drift(blue, green Whole, d deploy.Deployment, before *deploy.Template) []string {
	is, copied := traits(blue, d), traits(green, d)
	is["launch template"], copied["launch template"] = templateDrift(blue.Group, d.Template, before)
	var drift []string
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if is[name] != copied[name] {
			drift = append(drift, fmt.Sprintf("%s is %s, not %s", name, orNone(is[name]), orNone(copied[name])))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(copied)) { // of all but tags and hooks, AWS may show a default where blue shows nothing
		if _, has := is[name]; !has && (strings.HasPrefix(name, tagTrait) || strings.HasPrefix(name, hookTrait)) {
			drift = append(drift, fmt.Sprintf("%s is none, not %s", name, copied[name]))
		}
	}
	return drift
}

// These begin the names of a tag's and a hook's trait.
const (
	tagTrait  = "tag "
	hookTrait = "lifecycle hook "
)

// apart are members of a copy's input that are no traits of blue, or that are compared in another form.
var apart = []string{"AutoScalingGroupName", "MinSize", "MaxSize", "DesiredCapacity", "HealthCheckType", "LaunchTemplate", "Tags"}

// traits are what a copy shares with its original, by name, as text.
func traits(whole Whole, d deploy.Deployment) map[string]string {
	group := whole.Group
	all := map[string]string{"HealthCheckType": aws.ToString(group.HealthCheckType)}
	input := Copy(group, d)
	fields := reflect.ValueOf(*input)
	for i := range fields.NumField() {
		field := fields.Type().Field(i)
		if field.IsExported() && !slices.Contains(apart, field.Name) && !fields.Field(i).IsZero() {
			all[field.Name] = text(fields.Field(i).Interface())
		}
	}
	for _, tag := range input.Tags {
		all[tagTrait+aws.ToString(tag.Key)] = text([]any{aws.ToString(tag.Value), aws.ToBool(tag.PropagateAtLaunch)})
	}
	for _, hook := range whole.Hooks {
		all[hookTrait+aws.ToString(hook.LifecycleHookName)] = hookText(hook)
	}
	var suspended, metrics []string
	for _, process := range group.SuspendedProcesses {
		suspended = append(suspended, aws.ToString(process.ProcessName))
	}
	for _, metric := range group.EnabledMetrics {
		metrics = append(metrics, aws.ToString(metric.Metric))
	}
	all["suspended processes"] = strings.Join(slices.Sorted(slices.Values(suspended)), ", ")
	all["metrics"] = strings.Join(slices.Sorted(slices.Values(metrics)), ", ")
	return all
}

// templateDrift is the launch template that blue names now, and what the copy was made of. Blue may name what it was
// itself pinned to, where that is resolved again at each deployment.
func templateDrift(blue types.AutoScalingGroup, copied, before *deploy.Template) (is, was string) {
	spec := blue.LaunchTemplate
	if policy := blue.MixedInstancesPolicy; policy != nil && policy.LaunchTemplate != nil {
		spec = policy.LaunchTemplate.LaunchTemplateSpecification
	}
	if spec == nil || copied == nil {
		return "", ""
	}
	id, version := aws.ToString(spec.LaunchTemplateId), aws.ToString(spec.Version)
	was = copied.ID + " version " + copied.Specifier
	if earlier := before.Pinned(id, version); earlier != nil {
		version = earlier.Specifier
	}
	if version == "" {
		version = "$Default"
	}
	return id + " version " + version, was
}

func text(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error() // a description is plain data
	}
	return string(encoded)
}

// hookText is what a hook does, as a person reads it.
func hookText(hook types.LifecycleHook) string {
	said := fmt.Sprintf("%s, %s after %d s", strings.TrimPrefix(aws.ToString(hook.LifecycleTransition), "autoscaling:EC2_INSTANCE_"),
		aws.ToString(hook.DefaultResult), aws.ToInt32(hook.HeartbeatTimeout))
	for _, more := range []struct {
		name  string
		value *string
	}{{"notifies", hook.NotificationTargetARN}, {"as", hook.RoleARN}, {"with", hook.NotificationMetadata}} {
		if aws.ToString(more.value) != "" {
			said += ", " + more.name + " " + aws.ToString(more.value)
		}
	}
	return said
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}
