package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// createTemplate asks for a launch template that is not there yet, by the tags that it is to get; setting them is an action
// of its own (aws-facts H8).
func createTemplate(a *asker, input any) error {
	in := input.(*ec2.CreateLaunchTemplateInput)
	tags := make(map[string]string)
	for _, specification := range in.TagSpecifications {
		for _, tag := range specification.Tags {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	resource := a.arn("ec2", "launch-template/*")
	if err := a.may("ec2:CreateLaunchTemplate", resource, requestedTags(tags)); err != nil || len(tags) == 0 {
		return err
	}
	return a.tagsNew("CreateLaunchTemplate", resource, tags)
}

// onTemplate asks for the launch template that a call names by its id or name. Of one that is not there the operation itself
// says so, to who may do this to any.
func onTemplate(a *asker, input any) error {
	named := text(input, "LaunchTemplateId")
	if named == "" {
		named = text(input, "LaunchTemplateName")
	}
	id, tags, made, ok := a.roles.world.TemplateTags(named)
	if !ok {
		id = "*"
	}
	of := tagKeys(func() map[string]string { return a.seen(tags, made) }, "aws:resourcetag/", "ec2:resourcetag/")
	return a.may("ec2:"+a.call.Operation, a.arn("ec2", "launch-template/"+id), of)
}

func (a *asker) configuration(name string) string {
	return a.arn("autoscaling", "launchConfiguration:*:launchConfigurationName/"+name)
}

// createConfiguration asks for the configuration, and for the role that its instances are given.
func createConfiguration(a *asker, input any) error {
	in := input.(*autoscaling.CreateLaunchConfigurationInput)
	of := func(key string) []string {
		for name, value := range map[string]*string{
			"autoscaling:imageid": in.ImageId, "autoscaling:instancetype": in.InstanceType, "autoscaling:spotprice": in.SpotPrice,
		} {
			if key == name && value != nil {
				return []string{*value}
			}
		}
		return nil
	}
	if err := a.may("autoscaling:CreateLaunchConfiguration", a.configuration(aws.ToString(in.LaunchConfigurationName)), of); err != nil {
		return err
	}
	return a.passProfile(aws.ToString(in.IamInstanceProfile))
}

func deleteConfiguration(a *asker, input any) error {
	return a.may("autoscaling:DeleteLaunchConfiguration", a.configuration(text(input, "LaunchConfigurationName")), nil)
}

// passProfile asks for iam:PassRole when an instance profile is named. The model has no instance profiles: the role of one is
// taken to have its name.
func (a *asker) passProfile(profile string) error {
	if profile == "" {
		return nil
	}
	role := "arn:aws:iam::" + a.roles.account.ID + ":role/" + profile[strings.LastIndexByte(profile, '/')+1:]
	return a.passRole(&role, computeService)
}

// onParameters asks for each parameter that a call of Systems Manager names.
func onParameters(a *asker, input any) error {
	var names []string
	if a.call.Operation == "GetParameters" {
		names = list(input, "Names")
	} else {
		names = []string{text(input, "Name")}
	}
	for _, name := range names {
		if err := a.may("ssm:"+a.call.Operation, a.parameter(name), nil); err != nil {
			return err
		}
	}
	return nil
}

// parameter is the ARN of a parameter that is named by its name or ARN, less the version or label behind it. Amazon's own
// belong to no account.
func (a *asker) parameter(reference string) string {
	if strings.HasPrefix(reference, "arn:") {
		const parts = 6 // arn:aws:ssm:region:account:parameter/name
		return strings.Join(strings.SplitN(reference, ":", parts+1)[:parts], ":")
	}
	name, _, _ := strings.Cut(reference, ":")
	bare := strings.TrimPrefix(name, "/")
	if strings.HasPrefix(bare, "aws/") {
		return "arn:aws:ssm:" + a.roles.account.Region + "::parameter/" + bare
	}
	return a.arn("ssm", "parameter/"+bare)
}
