package ec2_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
)

// The text was recorded on AWS for instances, images, security groups and VPCs (logs of others' tools).
func TestMalformedIDs(t *testing.T) {
	run(t, func(w *world) {
		for _, c := range []struct{ unknown, malformed, code, message string }{
			{"i-0", "web-1", "InvalidInstanceID.Malformed", `Invalid id: "web-1" (expecting "i-...")`},
			{"i-0", "", "InvalidInstanceID.Malformed", `Invalid id: "" (expecting "i-...")`},
			{"i-0", "i-xyz", "InvalidInstanceID.Malformed", `Invalid id: "i-xyz" (expecting "i-...")`},
		} {
			ids := []string{c.unknown, c.malformed} // the form comes first, wherever it is wrong
			refused(w, w.client.DescribeInstances, &sdk.DescribeInstancesInput{InstanceIds: ids}, c.code, c.message)
			refused(w, w.client.DescribeInstanceStatus, &sdk.DescribeInstanceStatusInput{InstanceIds: ids}, c.code, c.message)
			refused(w, w.client.TerminateInstances, &sdk.TerminateInstancesInput{InstanceIds: ids}, c.code, c.message)
			refused(w, w.client.StopInstances, &sdk.StopInstancesInput{InstanceIds: ids}, c.code, c.message)
		}
		refused(w, w.client.DescribeImages, &sdk.DescribeImagesInput{ImageIds: []string{"ami-0", "ami-xxxxxxxx"}},
			"InvalidAMIID.Malformed", `Invalid id: "ami-xxxxxxxx" (expecting "ami-...")`)
		refused(w, w.client.DeregisterImage, &sdk.DeregisterImageInput{ImageId: aws.String("app")},
			"InvalidAMIID.Malformed", `Invalid id: "app" (expecting "ami-...")`)
		refused(w, w.client.DescribeSecurityGroups, &sdk.DescribeSecurityGroupsInput{GroupIds: []string{"sg-0", "eks-cluster-sg*"}},
			"InvalidGroupId.Malformed", `Invalid id: "eks-cluster-sg*" (expecting "sg-...")`)
		refused(w, w.client.DescribeSubnets, &sdk.DescribeSubnetsInput{SubnetIds: []string{"subnet-0", "10.0.0.0/24"}},
			"InvalidSubnetID.Malformed", `Invalid id: "10.0.0.0/24" (expecting "subnet-...")`)
		refused(w, w.client.DescribeVpcs, &sdk.DescribeVpcsInput{VpcIds: []string{"vpc-0", "vpc-nope"}},
			"InvalidVpcID.Malformed", `Invalid id: "vpc-nope" (expecting "vpc-...")`)
		refused(w, w.client.DescribeLaunchTemplates, &sdk.DescribeLaunchTemplatesInput{LaunchTemplateIds: []string{"lt-0", "web"}},
			"InvalidLaunchTemplateId.Malformed", `Invalid id: "web" (expecting "lt-...")`)
		refused(w, w.client.DescribeSubnets, &sdk.DescribeSubnetsInput{SubnetIds: []string{"subnet-0123456789"}},
			"InvalidSubnetID.NotFound", "The subnet ID 'subnet-0123456789' does not exist")
	})
}
