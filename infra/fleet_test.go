package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"bluegreen/infra/fleet"
	"bluegreen/infra/settings"
)

const group = "AWS::AutoScaling::AutoScalingGroup"

// An update of the stack leaves alone what deployments change.
func TestFleetLeavesDeploymentsAlone(t *testing.T) {
	blue := only(t, resources(t, "Fleet", group))
	if got := at(t, blue.Properties, "DesiredCapacity"); got != "null" {
		t.Errorf("an update of the stack would set the desired capacity to %s", got)
	}
	if got, want := len(blue.UpdatePolicy), 1; got != want {
		t.Errorf("the update policy has %d entries, want only that of the sizes: %v", got, blue.UpdatePolicy)
	}
	if got := at(t, blue.UpdatePolicy, "AutoScalingScheduledAction", "IgnoreUnmodifiedGroupSizeProperties"); got != "true" {
		t.Errorf("IgnoreUnmodifiedGroupSizeProperties is %s: an update would fill a blue that was scaled in", got)
	}
	// The latest version would change with every change of the template, and with it the group.
	if got := at(t, blue.Properties, "LaunchTemplate", "Version", "Fn::GetAtt", 1); got != "DefaultVersionNumber" {
		t.Errorf("the group runs %s of its launch template", got)
	}
}

func TestFleetIsASampleBlue(t *testing.T) {
	blue := only(t, resources(t, "Fleet", group)).Properties
	hook := blue["LifecycleHookSpecificationList"].([]any)[0]
	for what, pair := range map[string][2]string{
		"name":                 {at(t, blue, "AutoScalingGroupName"), "ec-mqagt-dev-asg"},
		"hook's transition":    {at(t, hook, "LifecycleTransition"), "autoscaling:EC2_INSTANCE_TERMINATING"},
		"hook's heartbeat":     {at(t, hook, "HeartbeatTimeout"), "300"},
		"health checks":        {at(t, blue, "HealthCheckType"), "ELB"},
		"a tag's key":          {at(t, blue, "Tags", 0, "Key"), "Environment"},
		"a tag on instances":   {at(t, blue, "Tags", 0, "PropagateAtLaunch"), "true"},
		"metadata of its own":  {templateData(t, "MetadataOptions", "HttpTokens"), "required"},
		"encryption":           {templateData(t, "BlockDeviceMappings", 0, "Ebs", "Encrypted"), "true"},
		"image":                {templateData(t, "ImageId", "Ref"), "Image"},
		"role of the instance": {at(t, only(t, resources(t, "Fleet", "AWS::IAM::Role")).Properties, "RoleName"), `{"Fn::Join":["",["ec-mqagt-dev-instance-",{"Ref":"AWS::Region"}]]}`},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %s, want %s", what, pair[0], pair[1])
		}
	}
}

func templateData(t *testing.T, path ...any) string {
	template := only(t, resources(t, "Fleet", "AWS::EC2::LaunchTemplate"))
	return at(t, template.Properties, append([]any{"LaunchTemplateData"}, path...)...)
}

// Who has a network gets nothing of the Network stack's: its ids are taken as they are.
func TestFleetInAnExistingNetwork(t *testing.T) {
	text := variant(t, map[string]any{
		"vpc":                   "vpc-0123456789abcdef0",
		"subnets":               "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
		"load_balancer_subnets": "subnet-0123456789abcdef2,subnet-0123456789abcdef3",
	}, func(app awscdk.App, s settings.Settings) awscdk.Stack { return fleet.New(app, s) })
	if strings.Contains(string(text), "/ec/mqagt/dev/vpc") || strings.Contains(string(text), "AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>") {
		t.Error("the stack reads parameters of the Network stack")
	}
	if got, want := at(t, only(t, ofType(t, text, group)).Properties, "VPCZoneIdentifier"),
		`["subnet-0123456789abcdef0","subnet-0123456789abcdef1"]`; got != want {
		t.Errorf("the group lives in %s, want %s", got, want)
	}
	for _, made := range ofType(t, text, "AWS::EC2::SecurityGroup") {
		if got := at(t, made.Properties, "VpcId"); got != "vpc-0123456789abcdef0" {
			t.Errorf("a security group is in %s", got)
		}
	}
}
