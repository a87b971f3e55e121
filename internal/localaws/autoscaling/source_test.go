package autoscaling_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/filled"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// A group whose launch template is deleted stands, and launches nothing any more.
func TestTemplateDeletedUnderAGroup(t *testing.T) {
	run(t, nil, func(w *world) {
		w.begin()
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		w.until(20 * time.Second)
		if _, err := w.ec2.DeleteLaunchTemplate(t.Context(), &ec2.DeleteLaunchTemplateInput{LaunchTemplateId: &w.template}); err != nil {
			t.Fatal(err)
		}
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("blue"), DesiredCapacity: aws.Int32(2)})
		w.until(60 * time.Second)
		last := do(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("blue")}).Activities[0]
		if last.StatusCode != types.ScalingActivityStatusCodeFailed || !strings.Contains(*last.StatusMessage, "The specified launch template, with template ID "+w.template+", does not exist.") {
			t.Errorf("%s: %s", last.StatusCode, *last.StatusMessage)
		}
		if group := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]; len(group.Instances) != 1 {
			t.Errorf("%d instances", len(group.Instances))
		}
	})
}

// The parameter that an image is named by is resolved at each launch, so that one group runs two images.
func TestImageNamedByAParameter(t *testing.T) {
	run(t, nil, func(w *world) {
		image, known := w.image, true
		w.locked(func() {
			w.compute.ResolveImagesBy(func(string) (string, error) {
				if !known {
					return "", wire.Errorf("SsmInvalidParameter", "The following aliases are invalid: /app/image")
				}
				return image, nil
			})
		})
		if _, err := w.ec2.CreateLaunchTemplate(t.Context(), &ec2.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("floating"), LaunchTemplateData: &ec2types.RequestLaunchTemplateData{
			ImageId: aws.String("resolve:ssm:/app/image"), InstanceType: ec2types.InstanceTypeT3Micro}}); err != nil {
			t.Fatal(err)
		}
		spec := &types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("floating")}
		input := w.group("blue", 1, 1)
		input.LaunchTemplate = spec
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(20 * time.Second)
		second, err := w.ec2.RegisterImage(t.Context(), &ec2.RegisterImageInput{Name: aws.String("app-2")})
		if err != nil {
			t.Fatal(err)
		}
		image = *second.ImageId
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("blue"), DesiredCapacity: aws.Int32(2)})
		w.until(40 * time.Second)
		var images []string
		for _, instance := range do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0].Instances {
			w.locked(func() {
				i, _ := w.compute.Instance(*instance.InstanceId)
				images = append(images, i.ImageID)
			})
		}
		if diff := cmp.Diff([]string{w.image, image}, images); diff != "" {
			t.Error(diff)
		}
		mixed := w.group("mixed", 1, 1)
		mixed.LaunchTemplate, mixed.MixedInstancesPolicy = nil, &types.MixedInstancesPolicy{LaunchTemplate: &types.LaunchTemplate{LaunchTemplateSpecification: spec}}
		refused(w, w.client.CreateAutoScalingGroup, mixed, "ValidationError", `Invalid id: "resolve:ssm:/app/image" expecting ami-....`)
		known = false
		again := w.group("again", 1, 1)
		again.LaunchTemplate = spec
		refused(w, w.client.CreateAutoScalingGroup, again, "ValidationError", "You must use a valid fully-formed launch template. The following aliases are invalid: /app/image")
	})
}

// Whatever a launch configuration may hold is stored and shown.
func TestConfigurationKeepsEveryMember(t *testing.T) {
	run(t, nil, func(w *world) {
		input := filled.Value[sdk.CreateLaunchConfigurationInput]()
		input.InstanceId, input.ImageId, input.UserData = nil, &w.image, aws.String("IyEvYmluL3NoCg==")
		input.SpotPrice, input.PlacementTenancy = aws.String("0.05"), aws.String("dedicated")
		do(w, w.client.CreateLaunchConfiguration, &input)
		shown := do(w, w.client.DescribeLaunchConfigurations, &sdk.DescribeLaunchConfigurationsInput{}).LaunchConfigurations[0]
		put := types.LaunchConfiguration{
			LaunchConfigurationName: input.LaunchConfigurationName, LaunchConfigurationARN: shown.LaunchConfigurationARN, CreatedTime: shown.CreatedTime,
			AssociatePublicIpAddress: input.AssociatePublicIpAddress, BlockDeviceMappings: input.BlockDeviceMappings, ClassicLinkVPCId: input.ClassicLinkVPCId,
			ClassicLinkVPCSecurityGroups: input.ClassicLinkVPCSecurityGroups, EbsOptimized: input.EbsOptimized, IamInstanceProfile: input.IamInstanceProfile,
			ImageId: input.ImageId, InstanceMonitoring: input.InstanceMonitoring, InstanceType: input.InstanceType, KernelId: input.KernelId, KeyName: input.KeyName,
			MetadataOptions: input.MetadataOptions, PlacementTenancy: input.PlacementTenancy, RamdiskId: input.RamdiskId, SecurityGroups: input.SecurityGroups,
			SpotPrice: input.SpotPrice, UserData: input.UserData,
		}
		if diff := cmp.Diff(put, shown, cmpopts.IgnoreUnexported(types.LaunchConfiguration{}, types.BlockDeviceMapping{}, types.Ebs{},
			types.InstanceMonitoring{}, types.InstanceMetadataOptions{})); diff != "" {
			t.Errorf("what is shown is not what was put (-put +shown):\n%s", diff)
		}
	})
}

// A young account makes no launch configurations, and no account makes one of a parameter.
func TestConfigurationRefusals(t *testing.T) {
	input := func(image string) *sdk.CreateLaunchConfigurationInput {
		return &sdk.CreateLaunchConfigurationInput{LaunchConfigurationName: aws.String("lc"), ImageId: &image, InstanceType: aws.String("t3.micro")}
	}
	run(t, nil, func(w *world) {
		refused(w, w.client.CreateLaunchConfiguration, input("resolve:ssm:/app/image"), "ValidationError",
			`AMI resolve:ssm:/app/image is invalid: Invalid id: "resolve:ssm:/app/image" (expecting "ami-...")`)
	})
	run(t, nil, func(w *world) {
		w.locked(w.groups.RefuseConfigurations)
		refused(w, w.client.CreateLaunchConfiguration, input(w.image), "UnsupportedOperation",
			"The Launch Configuration creation operation is not available in your account. Use launch templates to create configuration templates for your Auto Scaling groups.")
	})
}

// A launch configuration with a price buys on the Spot market.
func TestConfigurationOnTheSpotMarket(t *testing.T) {
	run(t, nil, func(w *world) {
		do(w, w.client.CreateLaunchConfiguration, &sdk.CreateLaunchConfigurationInput{
			LaunchConfigurationName: aws.String("lc"), ImageId: &w.image, InstanceType: aws.String("t3.micro"), SpotPrice: aws.String("0.05")})
		input := w.group("blue", 1, 1)
		input.LaunchTemplate, input.LaunchConfigurationName = nil, aws.String("lc")
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(20 * time.Second)
		id := *do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0].Instances[0].InstanceId
		var bought *localec2.Instance
		w.locked(func() { bought, _ = w.compute.Instance(id) })
		if !bought.Spot {
			t.Error("it is no Spot Instance")
		}
	})
}
