package invariant

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
)

// source holds promise 5 against writes to what instances are launched from: what is made bears the deployment's tags, or, of a
// kind that has none, green's name; and what is taken away a deployment has made, and no group launches from it.
func (o *ownership) source(a *apiCall, record ledger.Record) (known bool) {
	switch input := a.input.(type) {
	case *ec2.CreateLaunchTemplateInput:
		tags := make(map[string]string)
		for _, specification := range input.TagSpecifications {
			for _, tag := range specification.Tags {
				tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
			}
		}
		o.tagged(a, aws.ToString(input.LaunchTemplateName), tags, record)
	case *autoscaling.CreateLaunchConfigurationInput:
		name := aws.ToString(input.LaunchConfigurationName)
		if record.Lock != nil && !strings.HasPrefix(name, record.Lock.Deployment.Green+"-") {
			o.breaks("%s makes launch configuration %s, which is not named by green", a, name)
		}
		if _, stands := o.w.r.AWS.Groups.Configurations()[name]; !stands {
			o.made[name] = true
		}
	case *ec2.DeleteLaunchTemplateInput:
		named := aws.ToString(input.LaunchTemplateId) + aws.ToString(input.LaunchTemplateName)
		id, tags, _, _ := o.w.r.AWS.Compute.TemplateTags(named)
		o.removable(a, id, tags[deploy.TagLineage] == o.w.r.World.GroupName)
	case *autoscaling.DeleteLaunchConfigurationInput:
		name := aws.ToString(input.LaunchConfigurationName)
		o.removable(a, name, o.made[name])
	default:
		return false
	}
	return true
}

func (o *ownership) removable(a *apiCall, source string, made bool) {
	if !made {
		o.breaks("%s deletes %s, which no deployment has made", a, source)
	}
	for _, name := range o.w.r.AWS.Groups.Names() {
		if view, _ := o.w.r.AWS.Groups.View(name); !view.Deleting && slices.Contains(sourcesOf(view), source) {
			o.breaks("%s deletes %s, which %s launches from", a, source, name)
		}
	}
}

// sourcesOf are what a group launches from: ids of launch templates, or the name of a launch configuration.
func sourcesOf(view localasg.GroupView) []string {
	if name := aws.ToString(view.Shown.LaunchConfigurationName); name != "" {
		return []string{name}
	}
	var ids []string
	for _, spec := range templatesOf(view.Shown) {
		ids = append(ids, aws.ToString(spec.LaunchTemplateId))
	}
	return ids
}

// leftSources checks that nothing is left that deployments made for groups which have gone with them.
func (v *verdict) leftSources() {
	used := make(map[string]bool)
	for _, name := range v.r.AWS.Groups.Names() {
		view, _ := v.r.AWS.Groups.View(name)
		for _, source := range sourcesOf(view) {
			used[source] = true
		}
	}
	v.leftBuilds()
	v.leftInPlace()
	gone := func(name string) bool {
		return slices.ContainsFunc(v.record.Outcomes, func(o ledger.Outcome) bool {
			return strings.HasPrefix(name, o.Green+"-") && v.endStates.overdue(o, v.record)
		})
	}
	for _, template := range v.r.AWS.Compute.Templates() {
		v.check(used[template.ID] || template.Tags[deploy.TagExecution] == "" || !gone(template.Name), "launch template %s is left, which no group launches from", template.Name)
	}
	for name := range v.r.AWS.Groups.Configurations() {
		v.check(used[name] || !gone(name), "launch configuration %s is left, which no group launches from", name)
	}
}

// overdue reports whether what a deployment made beside its green must be gone: green is, since the way back, or since before a later
// deployment was closed, no matter who has deleted it.
func (e *endStates) overdue(made ledger.Outcome, record ledger.Record) bool {
	since, gone := e.gone[made.Green]
	return made.End == deploy.EndRolledBack || e.deleted[made.Green] || gone && record.Outcomes[0].At.After(since.Add(longestLag))
}
