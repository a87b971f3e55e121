package launch_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/filled"
	"bluegreen/internal/launch"
)

var every = launch.Changes{ImageID: "ami-2", RootDevice: "/dev/xvda", InstanceType: "m7g.large", UserData: "#!/bin/sh\n"}

// A change replaces what it is about and nothing else; a snapshot of the root device belongs to the image before.
func TestChangesOfATemplate(t *testing.T) {
	data, want := filled.Value[ec2types.RequestLaunchTemplateData](), filled.Value[ec2types.RequestLaunchTemplateData]()
	data.BlockDeviceMappings[0].DeviceName, want.BlockDeviceMappings[0].DeviceName = aws.String("/dev/xvda"), aws.String("/dev/xvda")
	every.Template(&data)
	want.ImageId, want.InstanceType, want.InstanceRequirements, want.UserData = aws.String("ami-2"), "m7g.large", nil, aws.String("IyEvYmluL3NoCg==")
	want.BlockDeviceMappings[0].Ebs.SnapshotId = nil
	if got := asText(t, data); got != asText(t, want) {
		t.Errorf("got\n%s\nwant\n%s", got, asText(t, want))
	}
	untouched := filled.Value[ec2types.RequestLaunchTemplateData]()
	launch.Changes{}.Template(&untouched)
	if asText(t, untouched) != asText(t, filled.Value[ec2types.RequestLaunchTemplateData]()) {
		t.Error("no change changes something")
	}
}

func TestChangesOfAConfiguration(t *testing.T) {
	of := configuration()
	of.BlockDeviceMappings[0].DeviceName = aws.String("/dev/xvda")
	input, want := launch.CopyConfiguration(of, "green"), launch.CopyConfiguration(of, "green")
	every.Configuration(input)
	if of.BlockDeviceMappings[0].Ebs.SnapshotId == nil {
		t.Error("what describes blue has changed")
	}
	want.ImageId, want.InstanceType, want.UserData = aws.String("ami-2"), aws.String("m7g.large"), aws.String("IyEvYmluL3NoCg==")
	want.BlockDeviceMappings[0].Ebs.SnapshotId = nil
	if got := asText(t, input); got != asText(t, want) {
		t.Errorf("got\n%s\nwant\n%s", got, asText(t, want))
	}
}

// What the overrides of a mixed instances policy decide cannot be changed in its template.
func TestOverridden(t *testing.T) {
	policy := func(overrides ...asgtypes.LaunchTemplateOverrides) *asgtypes.MixedInstancesPolicy {
		return &asgtypes.MixedInstancesPolicy{LaunchTemplate: &asgtypes.LaunchTemplate{Overrides: overrides}}
	}
	typed := asgtypes.LaunchTemplateOverrides{InstanceType: aws.String("t3.micro")}
	for _, c := range []struct {
		name    string
		policy  *asgtypes.MixedInstancesPolicy
		changes launch.Changes
		want    []string
	}{
		{"no policy", nil, every, nil},
		{"an image, where overrides name types", policy(typed), launch.Changes{ImageID: "ami-2"}, nil},
		{"a type, where overrides name types", policy(typed, typed), launch.Changes{InstanceType: "m7g.large"}, []string{"green.instance_type would mean nothing: the overrides of its mixed instances policy say which types it launches (t3.micro, t3.micro)"}},
		{"a type, where overrides name requirements", policy(asgtypes.LaunchTemplateOverrides{InstanceRequirements: &asgtypes.InstanceRequirements{}}), launch.Changes{InstanceType: "m7g.large"},
			[]string{"(instance requirements)"}},
		{"a type, without overrides", policy(), launch.Changes{InstanceType: "m7g.large"}, nil},
		{"an image, where an override names one", policy(asgtypes.LaunchTemplateOverrides{ImageId: aws.String("ami-3")}), launch.Changes{ImageID: "ami-2"}, []string{"green.image would mean nothing where overrides"}},
		{"user data, where an override has a template", policy(asgtypes.LaunchTemplateOverrides{LaunchTemplateSpecification: &asgtypes.LaunchTemplateSpecification{LaunchTemplateId: aws.String("lt-2")}}),
			launch.Changes{UserData: "x"}, []string{"overrides name others (lt-2)"}},
		{"nothing, where an override has a template", policy(asgtypes.LaunchTemplateOverrides{LaunchTemplateSpecification: &asgtypes.LaunchTemplateSpecification{LaunchTemplateId: aws.String("lt-2")}}), launch.Changes{}, nil},
	} {
		got := c.changes.Overridden(c.policy)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", c.name, got)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: %q has no %q", c.name, got[i], want)
			}
		}
	}
}

func TestTags(t *testing.T) {
	var got []string
	for _, specification := range launch.Tags(deploy.Deployment{Project: "ec", Lineage: "web", Execution: "arn"}) {
		for _, tag := range specification.Tags {
			got = append(got, string(specification.ResourceType)+" "+*tag.Key+"="+*tag.Value)
		}
	}
	want := []string{"launch-template bluegreen:project=ec", "launch-template bluegreen:lineage=web", "launch-template bluegreen:execution=arn"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
