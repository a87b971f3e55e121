package plan

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/launch"
)

// launches are what instances of green are launched with that blue's are not: for each launch template, the version that most of
// blue's instances run against the one that green is pinned to, with what the request asks for.
func (w *work) launches(ctx context.Context) ([]deploy.PlannedField, error) {
	if w.d.Own != nil && w.d.Own.Configuration {
		return w.configuration(ctx)
	}
	ran, pinned := w.d.Ran.Places(), w.d.Template.Places()
	var fields []deploy.PlannedField
	for i, after := range pinned {
		before := after
		if i < len(ran) {
			before = ran[i]
		}
		was, err := w.version(ctx, before)
		if err != nil {
			return nil, err
		}
		becomes, err := w.version(ctx, after)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			w.changes().Template(becomes)
			w.launchesType(string(becomes.InstanceType))
		}
		if before.ID != after.ID {
			fields = append(fields, deploy.Field("launch template", before.ID+" version "+before.Version, after.ID+" version "+after.Version))
		} else if before.Version != after.Version {
			fields = append(fields, deploy.Field("launch template "+after.ID, "version "+before.Version, "version "+after.Version))
		}
		fields = append(fields, w.named(contents(*was, *becomes), was.ImageId)...)
	}
	return fields, nil
}

// named says of an image that was read from a parameter which parameter that is, and of one that is made first that it has no id yet.
func (w *work) named(fields []deploy.PlannedField, was *string) []deploy.PlannedField {
	if w.d.Build != nil {
		fields = slices.DeleteFunc(fields, func(f deploy.PlannedField) bool { return f.Name == "ImageId" })
		return append(fields, deploy.Field("ImageId", aws.ToString(was), "that of the image that is built"))
	}
	for i, f := range fields {
		if own := w.d.Own; own != nil && own.Parameter != "" && f.Name == "ImageId" && f.Becomes == own.ImageID {
			fields[i].Becomes += " (parameter " + own.Parameter + ")"
		}
	}
	return fields
}

// changes are what green is to have otherwise than what it is copied from.
func (w *work) changes() launch.Changes {
	if w.d.Own == nil || w.d.Revives {
		return launch.Changes{}
	}
	return launch.ChangesOf(*w.d.Own, w.Request.Green.UserData)
}

// launchesType notes the type of green's instances, where not a policy's overrides say which they are.
func (w *work) launchesType(of string) {
	if policy := w.Blue.Group.MixedInstancesPolicy; policy == nil || policy.LaunchTemplate == nil || len(policy.LaunchTemplate.Overrides) == 0 {
		w.instanceType = of
	}
}

// configuration is launches of a group that launches from a launch configuration.
func (w *work) configuration(ctx context.Context) ([]deploy.PlannedField, error) {
	name := aws.ToString(w.Blue.Group.LaunchConfigurationName)
	out, err := w.groups.DescribeLaunchConfigurations(ctx, &autoscaling.DescribeLaunchConfigurationsInput{LaunchConfigurationNames: []string{name}})
	if err != nil {
		return nil, fmt.Errorf("describing launch configuration %s: %w", name, err)
	}
	if len(out.LaunchConfigurations) == 0 || w.d.Revives {
		return nil, nil
	}
	was := launch.CopyConfiguration(out.LaunchConfigurations[0], name)
	becomes := *was
	w.changes().Configuration(&becomes)
	w.launchesType(aws.ToString(becomes.InstanceType))
	return w.named(contents(*was, becomes), was.ImageId), nil
}

// version is what makes a template of a version; nothing of one that does not exist any more.
func (w *work) version(ctx context.Context, t deploy.Template) (*types.RequestLaunchTemplateData, error) {
	out, err := w.templates.DescribeLaunchTemplateVersions(ctx, &ec2.DescribeLaunchTemplateVersionsInput{
		LaunchTemplateId: &t.ID, MinVersion: &t.Version, MaxVersion: &t.Version, // of a version that is gone: none, and no error
	})
	if err != nil {
		return nil, fmt.Errorf("describing version %s of launch template %s: %w", t.Version, t.ID, err)
	}
	for _, version := range out.LaunchTemplateVersions {
		if strconv.FormatInt(aws.ToInt64(version.VersionNumber), 10) == t.Version && version.LaunchTemplateData != nil {
			return launch.FromVersion(*version.LaunchTemplateData)
		}
	}
	return &types.RequestLaunchTemplateData{}, nil
}

// contents are the members of what two launches are made with, of the same type, that differ.
func contents(was, becomes any) []deploy.PlannedField {
	var fields []deploy.PlannedField
	before, after := reflect.ValueOf(was), reflect.ValueOf(becomes)
	for i := range before.NumField() {
		member := before.Type().Field(i)
		if !member.IsExported() || reflect.DeepEqual(before.Field(i).Interface(), after.Field(i).Interface()) {
			continue
		}
		if member.Name == "UserData" {
			fields = append(fields, userData(before.Field(i).Interface(), after.Field(i).Interface()))
			continue
		}
		if one, other := words(before.Field(i).Interface()), words(after.Field(i).Interface()); one != other {
			fields = append(fields, deploy.Field(member.Name, one, other))
		}
	}
	return fields
}

// userData is how long a text is that may hold secrets, and what becomes of it.
func userData(was, becomes any) deploy.PlannedField {
	f := deploy.Field("UserData", size(was), size(becomes))
	if f.Was == f.Becomes {
		f.Becomes += ", changed"
	}
	return f
}

// size is how long an encoded text is; empty: there is none.
func size(value any) string {
	encoded, _ := value.(*string)
	if encoded == nil {
		return ""
	}
	plain, err := base64.StdEncoding.DecodeString(*encoded)
	if err != nil {
		plain = []byte(*encoded)
	}
	return fmt.Sprintf("%d bytes", len(plain))
}

// words is a value of AWS's as people read it: texts as they are, all else as JSON without what is not set.
func words(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error() // a description is plain data
	}
	var tree any
	if err := json.Unmarshal(encoded, &tree); err != nil {
		return err.Error()
	}
	switch tree = clone.Pruned(tree); tree := tree.(type) {
	case nil:
		return ""
	case string:
		return tree
	}
	encoded, _ = json.Marshal(tree)
	return string(encoded)
}
