package invariant

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
	localec2 "bluegreen/internal/localaws/ec2"
)

// contents are what instances are launched with.
type contents struct {
	image, kind, userData, key, profile, groups string
}

func contentsOf(t localec2.TemplateVersion) contents {
	return contents{t.ImageID, t.InstanceType, t.UserData, t.KeyName, t.InstanceProfile, strings.Join(t.SecurityGroupIDs, " ")}
}

func contentsOfConfiguration(c types.LaunchConfiguration) contents {
	return contents{aws.ToString(c.ImageId), aws.ToString(c.InstanceType), aws.ToString(c.UserData), aws.ToString(c.KeyName), aws.ToString(c.IamInstanceProfile),
		strings.Join(c.SecurityGroups, " ")}
}

// own reports whether a group launches from what a deployment has made.
func (e *endStates) own(view localasg.GroupView) bool {
	if name := aws.ToString(view.Shown.LaunchConfigurationName); name != "" {
		return name != e.configure
	}
	specs := templatesOf(view.Shown)
	return len(specs) > 0 && e.made(aws.ToString(specs[0].LaunchTemplateId))
}

func (e *endStates) made(template string) bool {
	_, tags, _, _ := e.w.r.AWS.Compute.TemplateTags(template)
	return tags[deploy.TagExecution] != ""
}

// asPeoples are a group's traits with the launch template of people's in place of one that deployments made of it, and may have taken
// away since.
func (e *endStates) asPeoples(t traits) traits {
	if len(e.templates) == 0 {
		return t
	}
	for _, template := range e.w.r.AWS.Compute.Templates() {
		if template.Tags[deploy.TagExecution] != "" {
			e.madeOnce[template.ID] = template.Name
		}
	}
	var pairs []string
	for id, name := range e.madeOnce {
		pairs = append(pairs, id, aws.ToString(e.templates[0].LaunchTemplateId), `"`+name+`"`, `"`+aws.ToString(e.templates[0].LaunchTemplateName)+`"`)
	}
	replacer := strings.NewReplacer(pairs...)
	for _, trait := range []string{"LaunchTemplate", "MixedInstancesPolicy"} {
		if value, has := t[trait]; has {
			t[trait] = replacer.Replace(value)
		}
	}
	return t
}

// asked is what an execution's request wants of green otherwise than of blue.
func (e *endStates) asked(execution string) deploy.Green {
	request, err := deploy.ParseRequest(json.RawMessage(e.inputs[execution]))
	if err != nil {
		return deploy.Green{}
	}
	return request.Green
}

// meant is what a deployment's green is to run: what blue's would, but for what the request says. What an earlier request asked for stays,
// unless this one names a version of people's template. own: it is not people's template alone that says so.
func (v *verdict) meant(outcome ledger.Outcome) (wanted []contents, own bool) {
	green := v.endStates.asked(outcome.Execution)
	var bases []contents
	if green.TemplateVersion == "" {
		bases, own = v.inherited(outcome.Blue)
	}
	if !own {
		bases = v.endStates.bases(green, outcome.Execution)
	}
	for _, base := range bases {
		for _, image := range v.endStates.images(base.image, green, outcome.Execution) {
			base.image = image
			if green.InstanceType != "" {
				base.kind = green.InstanceType
			}
			if green.UserData != "" {
				base.userData = base64.StdEncoding.EncodeToString([]byte(green.UserData))
			}
			wanted = append(wanted, base)
		}
	}
	return wanted, own || green.Build != nil || green.ImageID+green.ImageParameter+green.InstanceType+green.UserData != ""
}

// inherited is what a fleet was seen to run at an end, or was meant to where it has come and gone between two ends, if earlier requests
// have a say in it.
func (v *verdict) inherited(blue string) ([]contents, bool) {
	if seen, known := v.endStates.launch[blue]; known {
		return []contents{seen}, true
	}
	at := slices.IndexFunc(v.record.Outcomes, func(o ledger.Outcome) bool { return o.Green == blue && o.Blue != blue && o.End == deploy.EndSucceeded })
	if at < 0 {
		return nil, false
	}
	return v.meant(v.record.Outcomes[at])
}

// launches checks that the instances of a fleet run what they are to.
func (v *verdict) launches(view localasg.GroupView, outcome ledger.Outcome) {
	wanted, own := v.meant(outcome)
	for _, member := range view.Instances {
		i, ok := v.r.AWS.Compute.Instance(member.ID)
		if !ok || i.LaunchedAt.After(outcome.At) {
			continue
		}
		runs := contents{i.ImageID, i.InstanceType, i.UserData, i.KeyName, i.InstanceProfile, strings.Join(i.SecurityGroupIDs, " ")}
		like := slices.ContainsFunc(wanted, func(want contents) bool {
			if view.Shown.MixedInstancesPolicy != nil { // which says the types itself
				want.kind = runs.kind
			}
			if want.groups == "" { // AWS gives it the default one
				want.groups = runs.groups
			}
			return runs == want
		})
		v.check(like, "%s of %s runs %+v, not any of %+v", i.ID, view.Name, runs, wanted)
		if own {
			v.endStates.launch[view.Name] = runs
		}
	}
}

// bases are what people's template, in the version that is meant, may have meant since an execution began.
func (e *endStates) bases(green deploy.Green, execution string) []contents {
	if len(e.templates) == 0 {
		return []contents{contentsOfConfiguration(e.w.r.AWS.Groups.Configurations()[e.configure])}
	}
	var bases []contents
	for _, numbers := range [][]string{e.resolve(), e.resolved[execution]} {
		version := green.TemplateVersion
		if version == "" && len(numbers) > 0 {
			version = numbers[0]
		}
		if found, err := e.w.r.AWS.Compute.Template(aws.ToString(e.templates[0].LaunchTemplateId), version); err == nil {
			bases = append(bases, contentsOf(found))
		}
	}
	return bases
}

// images are those that may be meant: a parameter has had several, and of what is built the same may have been taken again.
func (e *endStates) images(base string, green deploy.Green, execution string) []string {
	parameter := green.ImageParameter
	switch {
	case green.Build != nil:
		var built []string
		for _, image := range e.w.r.AWS.Compute.Images() {
			if image.Tags[deploy.TagExecution] == execution || green.Build.Reuse && image.Tags[deploy.TagLineage] == e.w.r.World.GroupName {
				built = append(built, image.ID)
			}
		}
		return built
	case green.ImageID != "":
		return []string{green.ImageID}
	case parameter == "" && localec2.Alias(base) != "":
		parameter = localec2.Alias(base)
	case parameter == "":
		return []string{base}
	}
	return e.w.r.AWS.Commands.ParameterValues(parameter)
}
