package ec2_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

// one is a request for one instance of an image, by a token.
func one(image, token string) *sdk.RunInstancesInput {
	return &sdk.RunInstancesInput{
		ImageId: aws.String(image), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ClientToken: aws.String(token),
	}
}

func TestATokenLaunchesOnce(t *testing.T) {
	run(t, func(w *world) {
		in := one(w.image("app-1"), "attempt-1")
		first, second := must(w, w.client.RunInstances, in), must(w, w.client.RunInstances, in)
		id := *first.Instances[0].InstanceId
		if *second.Instances[0].InstanceId != id {
			t.Errorf("the same token launched %s and %s", id, *second.Instances[0].InstanceId)
		}
		other := one(*in.ImageId, "attempt-1")
		other.InstanceType = types.InstanceTypeT3Small
		refused(w, w.client.RunInstances, other, "IdempotentParameterMismatch",
			"Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
		w.until(time.Minute)
		must(w, w.client.TerminateInstances, &sdk.TerminateInstancesInput{InstanceIds: []string{id}})
		again := must(w, w.client.TerminateInstances, &sdk.TerminateInstancesInput{InstanceIds: []string{id}})
		if got := again.TerminatingInstances[0].CurrentState.Name; got != types.InstanceStateNameShuttingDown {
			t.Errorf("terminated twice: %s", got)
		}
		const ended = "The client token you have provided is associated with a terminated instance. Please use a different client token."
		refused(w, w.client.RunInstances, in, "IdempotentInstanceTerminated", ended)
		w.until(3 * time.Hour) // it is not described any more
		refused(w, w.client.RunInstances, in, "IdempotentInstanceTerminated", ended)
		must(w, w.client.RunInstances, one(*in.ImageId, "attempt-2"))
		refused(w, w.client.RunInstances, one(*in.ImageId, strings.Repeat("x", 65)), "InvalidParameterValue", "The client token is limited to 64 characters")
	})
}

// builderTemplate makes a launch template with all that a fleet's template says.
func (w *world) builderTemplate(image string, data types.RequestLaunchTemplateData) *types.LaunchTemplateSpecification {
	w.Helper()
	data.ImageId, data.InstanceType = aws.String(image), types.InstanceTypeM5Large
	out := must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("fleet"), LaunchTemplateData: &data})
	return &types.LaunchTemplateSpecification{LaunchTemplateId: out.LaunchTemplate.LaunchTemplateId, Version: aws.String("$Latest")}
}

func TestACallWinsOverItsTemplate(t *testing.T) {
	run(t, func(w *world) {
		tag := func(kind types.ResourceType, key, value string) types.TagSpecification {
			return types.TagSpecification{ResourceType: kind, Tags: []types.Tag{{Key: aws.String(key), Value: aws.String(value)}}}
		}
		template := w.builderTemplate(w.image("app-1"), types.RequestLaunchTemplateData{
			KeyName: aws.String("ops"), UserData: aws.String("IyEvYmluL3NoCg=="), DisableApiTermination: aws.Bool(true),
			IamInstanceProfile: &types.LaunchTemplateIamInstanceProfileSpecificationRequest{Name: aws.String("web")},
			MetadataOptions:    &types.LaunchTemplateInstanceMetadataOptionsRequest{HttpTokens: types.LaunchTemplateHttpTokensStateRequired},
			TagSpecifications:  []types.LaunchTemplateTagSpecificationRequest{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("web")}}}},
		})
		in := &sdk.RunInstancesInput{LaunchTemplate: template, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), InstanceType: types.InstanceTypeT3Micro,
			TagSpecifications: []types.TagSpecification{tag(types.ResourceTypeInstance, "for", "build"), tag(types.ResourceTypeVolume, "for", "build")}}
		id := *must(w, w.client.RunInstances, in).Instances[0].InstanceId
		in.ClientToken, in.DisableApiTermination = nil, aws.Bool(false)
		free := *must(w, w.client.RunInstances, in).Instances[0].InstanceId
		w.until(time.Minute)
		i := must(w, w.client.DescribeInstances, &sdk.DescribeInstancesInput{InstanceIds: []string{id}}).Reservations[0].Instances[0]
		tags := make(map[string]string)
		for _, tag := range i.Tags {
			tags[*tag.Key] = *tag.Value
		}
		got := fmt.Sprintln(i.InstanceType, *i.KeyName, *i.IamInstanceProfile.Arn, i.MetadataOptions.HttpTokens, tags["Name"], tags["for"],
			tags["aws:ec2launchtemplate:id"] == *template.LaunchTemplateId, tags["aws:ec2launchtemplate:version"])
		if want := "t3.micro ops arn:aws:iam::000000000000:instance-profile/web required web build true 1\n"; got != want {
			t.Errorf("got  %swant %s", got, want)
		}
		refused(w, w.client.TerminateInstances, &sdk.TerminateInstancesInput{InstanceIds: []string{id}}, "OperationNotPermitted",
			"The instance '"+id+"' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.")
		must(w, w.client.TerminateInstances, &sdk.TerminateInstancesInput{InstanceIds: []string{free}})
	})
}

func TestSubnetsAndInterfacesExcludeEachOther(t *testing.T) {
	run(t, func(w *world) {
		subnets := must(w, w.client.DescribeSubnets, &sdk.DescribeSubnetsInput{}).Subnets
		template := w.builderTemplate(w.image("app-1"), types.RequestLaunchTemplateData{
			NetworkInterfaces: []types.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest{{DeviceIndex: aws.Int32(0), SubnetId: subnets[1].SubnetId}},
		})
		in := func() *sdk.RunInstancesInput {
			return &sdk.RunInstancesInput{LaunchTemplate: template, MinCount: aws.Int32(1), MaxCount: aws.Int32(1)}
		}
		if got := *must(w, w.client.RunInstances, in()).Instances[0].SubnetId; got != *subnets[1].SubnetId {
			t.Errorf("by the template's interface: in %s", got)
		}
		other := in()
		other.SubnetId = subnets[2].SubnetId
		refused(w, w.client.RunInstances, other, "InvalidParameterCombination",
			"Network interfaces and an instance-level subnet ID may not be specified on the same request")
		grouped := in()
		grouped.SecurityGroupIds = []string{"sg-0"}
		refused(w, w.client.RunInstances, grouped, "InvalidParameterCombination",
			"Network interfaces and an instance-level security groups may not be specified on the same request")
		own := in()
		own.NetworkInterfaces = []types.InstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0), SubnetId: subnets[2].SubnetId}}
		if got := *must(w, w.client.RunInstances, own).Instances[0].SubnetId; got != *subnets[2].SubnetId {
			t.Errorf("by the call's interface: in %s", got)
		}
	})
}

func TestAProfileThatIsGone(t *testing.T) {
	run(t, func(w *world) {
		in := one(w.image("app-1"), "a")
		in.IamInstanceProfile = &types.IamInstanceProfileSpecification{Name: aws.String("web")}
		w.do(func(c *localec2.Compute) { c.DeleteProfile("web") })
		refused(w, w.client.RunInstances, in, "InvalidParameterValue",
			"Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name")
	})
}

func TestAnInstanceThatShutsItselfDown(t *testing.T) {
	run(t, func(w *world) {
		image := w.image("app-1")
		for behavior, want := range map[types.ShutdownBehavior]string{"": "stopped", types.ShutdownBehaviorStop: "stopped", types.ShutdownBehaviorTerminate: "terminated"} {
			in := one(image, "token-"+string(behavior))
			in.InstanceInitiatedShutdownBehavior = behavior
			id := *must(w, w.client.RunInstances, in).Instances[0].InstanceId
			_ = w.clock.Sleep(t.Context(), time.Minute)
			w.do(func(c *localec2.Compute) { c.ShutDown(id) })
			_ = w.clock.Sleep(t.Context(), time.Minute)
			if got := w.state(id); got != want {
				t.Errorf("%q: %s, want %s", behavior, got, want)
			}
		}
	})
}
