package clone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/launch"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// templates is what is read of launch templates.
type templates interface {
	DescribeLaunchTemplates(context.Context, *ec2.DescribeLaunchTemplatesInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplatesOutput, error)
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
}

// templateWrites are what may be changed of launch templates: none is changed that somebody else has made.
type templateWrites interface {
	CreateLaunchTemplate(context.Context, *ec2.CreateLaunchTemplateInput, ...func(*ec2.Options)) (*ec2.CreateLaunchTemplateOutput, error)
	DeleteLaunchTemplate(context.Context, *ec2.DeleteLaunchTemplateInput, ...func(*ec2.Options)) (*ec2.DeleteLaunchTemplateOutput, error)
}

var (
	_ templates      = (*ec2.Client)(nil)
	_ templateWrites = (*ec2.Client)(nil)
)

// made names what was made for a group to launch from: nothing, a launch template or a launch configuration.
type made struct{ template, configuration string }

// own is what is made for green alone to launch from, where that is not what blue launches from.
type own struct{}

func (own) traits(Whole, deploy.Deployment) map[string]string { return nil } // source's

// put makes it. Its name is no other deployment's: where it stands already, an earlier call has made it.
func (own) put(ctx context.Context, to target, blue Whole) error {
	if to.Own == nil {
		return nil
	}
	changes := launch.ChangesOf(*to.Own, to.userData)
	if to.Own.Configuration {
		return putConfiguration(ctx, to, aws.ToString(blue.Group.LaunchConfigurationName), changes)
	}
	data, err := launch.Read(ctx, to.templates, *to.Template)
	if err != nil {
		return err
	}
	changes.Template(data)
	return putTemplate(ctx, to, data)
}

func putTemplate(ctx context.Context, to target, data *ec2types.RequestLaunchTemplateData) error {
	to.launch.template = to.Own.Name
	_, err := step.Write(ctx, to.templateWrites, to.fence, templateWrites.CreateLaunchTemplate, &ec2.CreateLaunchTemplateInput{
		LaunchTemplateName: &to.Own.Name, LaunchTemplateData: data, TagSpecifications: launch.Tags(to.Deployment),
		VersionDescription: aws.String("what " + to.Lineage + " launches, made by bluegreen"),
	})
	if is(err, "InvalidLaunchTemplateName.AlreadyExistsException") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("making launch template %s for green: %w", to.Own.Name, err)
	}
	return nil
}

// putConfiguration copies a launch configuration, to a launch template where the account may make none any more (aws-facts A7).
func putConfiguration(ctx context.Context, to target, name string, changes launch.Changes) error {
	out, err := to.reads.DescribeLaunchConfigurations(ctx, &autoscaling.DescribeLaunchConfigurationsInput{LaunchConfigurationNames: []string{name}})
	if err != nil {
		return fmt.Errorf("describing launch configuration %s: %w", name, err)
	}
	if len(out.LaunchConfigurations) == 0 {
		return fault.New(fault.NotReady, "launch configuration %s of blue %s does not exist any more", name, to.Blue)
	}
	original := out.LaunchConfigurations[0]
	input := launch.CopyConfiguration(original, to.Own.Name)
	changes.Configuration(input)
	to.launch.configuration = to.Own.Name
	_, err = step.Write(ctx, to.writes, to.fence, writes.CreateLaunchConfiguration, input)
	var exists *types.AlreadyExistsFault
	switch {
	case errors.As(err, &exists):
		return nil
	case is(err, "UnsupportedOperation"):
		to.launch.configuration = ""
		data := launch.FromConfiguration(original)
		changes.Template(data)
		return putTemplate(ctx, to, data)
	case err != nil:
		return fmt.Errorf("making launch configuration %s for green: %w", to.Own.Name, err)
	}
	return nil
}

func is(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}

// by has a group that is created launch from it.
func (m *made) by(input *autoscaling.CreateAutoScalingGroupInput) {
	switch {
	case m.configuration != "":
		input.LaunchConfigurationName = &m.configuration
	case m.template != "":
		spec := &types.LaunchTemplateSpecification{LaunchTemplateName: &m.template, Version: aws.String("1")}
		input.LaunchConfigurationName = nil
		if input.MixedInstancesPolicy == nil {
			input.LaunchTemplate = spec
			return
		}
		policy, template := *input.MixedInstancesPolicy, *input.MixedInstancesPolicy.LaunchTemplate
		template.LaunchTemplateSpecification, policy.LaunchTemplate = spec, &template
		input.MixedInstancesPolicy = &policy
	}
}

// unseen recognises the refusal of what was made a moment ago: EC2 Auto Scaling sees it later than its making is answered.
func (m *made) unseen(err error) bool {
	name := m.template + m.configuration
	return name != "" && is(err, "ValidationError") &&
		(strings.Contains(err.Error(), "The specified launch template") || strings.Contains(err.Error(), name))
}

func (own) what() ledger.What { return ledger.MadeSource }

func (own) outlive(_ Whole, d deploy.Deployment) []string {
	if d.Own == nil {
		return nil
	}
	return []string{d.Own.Name}
}

func (own) remove(ctx context.Context, to target, names []string) error {
	described, err := fleet.Describe(ctx, to.reads.groupReads) // all of the account: anybody's may have come to launch from it
	if err != nil {
		return fmt.Errorf("looking which groups launch from what goes: %w", err)
	}
	for _, name := range names {
		if user := launching(described, name); user != "" {
			to.warn("%s was made for a fleet that is gone, and stays since %s launches from it now", name, user)
			continue
		}
		if err := removeOwn(ctx, to, name); err != nil {
			return err
		}
	}
	return nil
}

// launching is a group that launches from what has a name; empty: none does.
func launching(groups map[string]types.AutoScalingGroup, name string) string {
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		template := func(spec types.LaunchTemplateSpecification) bool {
			return aws.ToString(spec.LaunchTemplateName) == name
		}
		uses := aws.ToString(groups[group].LaunchConfigurationName) == name || slices.ContainsFunc(fleet.Templates(groups[group]), template)
		if uses && groups[group].Status == nil { // it is not being deleted
			return group
		}
	}
	return ""
}

// removeOwn deletes a launch configuration, or a template, which may also have taken a configuration's place.
func removeOwn(ctx context.Context, to target, name string) error {
	out, err := to.reads.DescribeLaunchConfigurations(ctx, &autoscaling.DescribeLaunchConfigurationsInput{LaunchConfigurationNames: []string{name}})
	if err != nil {
		return fmt.Errorf("describing launch configuration %s: %w", name, err)
	}
	if len(out.LaunchConfigurations) > 0 {
		_, err := step.Write(ctx, to.writes, to.fence, writes.DeleteLaunchConfiguration, &autoscaling.DeleteLaunchConfigurationInput{LaunchConfigurationName: &name})
		return err
	}
	id, err := find(ctx, to.templates, name)
	if err != nil || id == nil {
		return err
	}
	_, err = step.Write(ctx, to.templateWrites, to.fence, templateWrites.DeleteLaunchTemplate, &ec2.DeleteLaunchTemplateInput{LaunchTemplateId: id})
	if err == nil {
		return nil
	}
	// It may have gone by an attempt whose answer was lost; then AWS may also say that nobody may delete what has no such tag.
	if id, wrong := find(ctx, to.templates, name); wrong == nil && id == nil {
		return nil
	}
	return err
}

// find is the id of the launch template of that name, if a deployment has made it; nil: there is none. It asks by a filter, which
// finds nothing of what is not there, without an error.
func find(ctx context.Context, in templates, name string) (*string, error) {
	out, err := in.DescribeLaunchTemplates(ctx, &ec2.DescribeLaunchTemplatesInput{
		Filters: []ec2types.Filter{{Name: aws.String("launch-template-name"), Values: []string{name}}, {Name: aws.String("tag-key"), Values: []string{deploy.TagExecution}}},
	})
	if err != nil {
		return nil, fmt.Errorf("describing launch template %s: %w", name, err)
	}
	if len(out.LaunchTemplates) == 0 {
		return nil, nil
	}
	return out.LaunchTemplates[0].LaunchTemplateId, nil
}
