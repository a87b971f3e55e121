package iam_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

func makesTemplate(project string) call {
	return func(ctx context.Context, config aws.Config) error {
		input := &ec2.CreateLaunchTemplateInput{
			LaunchTemplateName: aws.String("own-" + project), LaunchTemplateData: &ec2types.RequestLaunchTemplateData{KeyName: aws.String("k")},
		}
		if project != "" {
			input.TagSpecifications = []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeLaunchTemplate,
				Tags: []ec2types.Tag{{Key: aws.String("bluegreen:project"), Value: &project}}}}
		}
		_, err := ec2.NewFromConfig(config).CreateLaunchTemplate(ctx, input)
		return err
	}
}

func removesTemplate(name string) call {
	return func(ctx context.Context, config aws.Config) error {
		_, err := ec2.NewFromConfig(config).DeleteLaunchTemplate(ctx, &ec2.DeleteLaunchTemplateInput{LaunchTemplateName: &name})
		return err
	}
}

// A launch template is made by the tags that the request sets, and changed by those that it has (aws-facts H8).
func TestTagsOfATemplate(t *testing.T) {
	const (
		makes = `{"Effect": "Allow", "Action": "ec2:CreateLaunchTemplate", "Resource": "arn:aws:ec2:*:*:launch-template/*",
			"Condition": {"StringEquals": {"aws:RequestTag/bluegreen:project": "web"}}}`
		tags = `{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:*:launch-template/*",
			"Condition": {"StringEquals": {"ec2:CreateAction": "CreateLaunchTemplate"}}}`
		removes = `{"Effect": "Allow", "Action": "ec2:DeleteLaunchTemplate", "Resource": "arn:aws:ec2:*:*:launch-template/*",
			"Condition": {"StringEquals": {"aws:ResourceTag/bluegreen:project": "web"}}}`
	)
	inAccount(t, func(a *account) {
		a.allow("[" + makes + "," + tags + "]")
		a.wants("without a tag", a.calls(makesTemplate("")), `"UnauthorizedOperation"`, "perform: ec2:CreateLaunchTemplate on resource")
		a.wants("another's tag", a.calls(makesTemplate("api")), "perform: ec2:CreateLaunchTemplate on resource")
		a.wants("its tag", a.calls(makesTemplate("web")), "done")
		a.allow("[" + makes + "]")
		a.wants("may not tag", a.calls(makesTemplate("web")), "perform: ec2:CreateTags on resource: arn:aws:ec2:ap-northeast-1:000000000000:launch-template/*")
		a.allow("[" + removes + "]")
		a.wants("a template without tags", a.calls(removesTemplate("web-app-dev")), "perform: ec2:DeleteLaunchTemplate on resource: arn:aws:ec2:ap-northeast-1:000000000000:launch-template/lt-")
		a.wants("its own", a.calls(removesTemplate("own-web")), "done")
	})
}

func reads(names ...string) call {
	return func(ctx context.Context, config aws.Config) error {
		_, err := ssm.NewFromConfig(config).GetParameters(ctx, &ssm.GetParametersInput{Names: names})
		return err
	}
}

func TestPermissionsOfParameters(t *testing.T) {
	inAccount(t, func(a *account) {
		a.allow(`{"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": ["arn:aws:ssm:*:000000000000:parameter/web/*", "arn:aws:ssm:*::parameter/aws/service/*"]}`)
		a.wants("its own, and Amazon's", a.calls(reads("/web/image:2", "/aws/service/image", "arn:aws:ssm:ap-northeast-1:000000000000:parameter/web/image:live")), "done")
		a.wants("another's", a.calls(reads("/web/image", "/api/image")), `"AccessDeniedException"`,
			"perform: ssm:GetParameters on resource: arn:aws:ssm:ap-northeast-1:000000000000:parameter/api/image because")
	})
}

// Who creates a group by a template that names its image by a parameter, or updates one in any way, must be allowed to read that
// (aws-facts H7).
func TestCreatingAGroupTakesItsParameter(t *testing.T) {
	inAccount(t, func(a *account) {
		client := ec2.NewFromConfig(a.config())
		image := *must(t, client.DescribeImages, &ec2.DescribeImagesInput{}).Images[0].ImageId
		must(t, ssm.NewFromConfig(a.config()).PutParameter, &ssm.PutParameterInput{
			Name: aws.String("/web/image"), Value: &image, Type: ssmtypes.ParameterTypeString, DataType: aws.String("aws:ec2:image"),
		})
		made := must(t, client.CreateLaunchTemplateVersion, &ec2.CreateLaunchTemplateVersionInput{
			LaunchTemplateName: aws.String("web-app-dev"), SourceVersion: aws.String("1"), LaunchTemplateData: &ec2types.RequestLaunchTemplateData{ImageId: aws.String("resolve:ssm:/web/image")},
		})
		version := strconv.FormatInt(*made.LaunchTemplateVersion.VersionNumber, 10)
		const all = `{"Effect": "Allow", "Action": ["autoscaling:*", "ec2:*", "iam:*"], "Resource": "*"}`
		names := func(ctx context.Context, config aws.Config) error {
			_, err := autoscaling.NewFromConfig(config).UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{
				AutoScalingGroupName: aws.String("web-app-dev-asg"), LaunchTemplate: &asgtypes.LaunchTemplateSpecification{LaunchTemplateName: aws.String("web-app-dev"), Version: &version}})
			return err
		}
		a.allow(all)
		a.wants("without the parameter", a.calls(names), "You are not authorized to use launch template: lt-")
		a.allow("[" + all + `, {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:*:*:parameter/web/image"}]`)
		a.wants("with it", a.calls(names), "done")
		resizes := func(ctx context.Context, config aws.Config) error {
			_, err := autoscaling.NewFromConfig(config).UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{
				AutoScalingGroupName: aws.String("web-app-dev-asg"), MinSize: aws.Int32(0)})
			return err
		}
		a.wants("another update", a.calls(resizes), "done")
		a.allow(all)
		a.wants("another update without it", a.calls(resizes), "perform: ssm:GetParameters on resource: arn:aws:ssm:ap-northeast-1:000000000000:parameter/web/image")
	})
}

// A launch configuration is known by its name, and its instances' role is passed to EC2.
func TestPermissionsOfConfigurations(t *testing.T) {
	inAccount(t, func(a *account) {
		image := *must(t, ec2.NewFromConfig(a.config()).DescribeImages, &ec2.DescribeImagesInput{}).Images[0].ImageId
		makes := func(ctx context.Context, config aws.Config) error {
			_, err := autoscaling.NewFromConfig(config).CreateLaunchConfiguration(ctx, &autoscaling.CreateLaunchConfigurationInput{
				LaunchConfigurationName: aws.String("web-v001"), ImageId: &image, InstanceType: aws.String("t3.micro"), IamInstanceProfile: aws.String("web-instance")})
			return err
		}
		removes := func(ctx context.Context, config aws.Config) error {
			_, err := autoscaling.NewFromConfig(config).DeleteLaunchConfiguration(ctx, &autoscaling.DeleteLaunchConfigurationInput{LaunchConfigurationName: aws.String("web-v001")})
			return err
		}
		const own = `{"Effect": "Allow", "Action": ["autoscaling:CreateLaunchConfiguration", "autoscaling:DeleteLaunchConfiguration"],
			"Resource": "arn:aws:autoscaling:*:*:launchConfiguration:*:launchConfigurationName/web-*"}`
		a.allow(own)
		a.wants("without its role", a.calls(makes), `"AccessDenied"`, "perform: iam:PassRole on resource: arn:aws:iam::000000000000:role/web-instance")
		a.allow("[" + own + `, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::000000000000:role/web-*"}]`)
		a.wants("with it", a.calls(makes), "done")
		a.wants("deleted", a.calls(removes), "done")
	})
}

// must is the answer of a person's call that succeeds.
func must[In, Out, Options any](t *testing.T, call func(context.Context, *In, ...func(*Options)) (*Out, error), in *In) *Out {
	t.Helper()
	out, err := call(t.Context(), in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}
