package ec2_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// outline is what tools read of an instance, in words.
func outline(i types.Instance) string {
	reason, text := "-", ""
	if i.StateReason != nil {
		reason = *i.StateReason.Code
	}
	for _, d := range i.BlockDeviceMappings {
		text += fmt.Sprintf(" %s:%s:%t", *d.DeviceName, d.Ebs.Status, *d.Ebs.DeleteOnTermination)
	}
	for _, n := range i.NetworkInterfaces {
		text += fmt.Sprintf(" %s:%s:%s:%s:%t", *n.PrivateIpAddress, *n.PrivateDnsName, n.Status, n.Attachment.Status, *n.SourceDestCheck)
	}
	return fmt.Sprintf("%s %s root %s, metadata %s %s %d, monitoring %s, %s, optimized %t, name %q;%s", i.State.Name, reason, *i.RootDeviceName,
		i.MetadataOptions.State, i.MetadataOptions.HttpTokens, *i.MetadataOptions.HttpPutResponseHopLimit, i.Monitoring.State, i.Placement.Tenancy,
		*i.EbsOptimized, *i.PrivateDnsName, text)
}

// What is there, and what an instance that starts or has ended lacks, was recorded on AWS (outputs of others' calls).
func TestWholeInstances(t *testing.T) {
	run(t, func(w *world) {
		template := must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("whole"), LaunchTemplateData: &types.RequestLaunchTemplateData{
			ImageId: aws.String(w.image("app-1")), InstanceType: types.InstanceTypeT3Micro, EbsOptimized: aws.Bool(true),
			Monitoring: &types.LaunchTemplatesMonitoringRequest{Enabled: aws.Bool(true)}, Placement: &types.LaunchTemplatePlacementRequest{Tenancy: types.TenancyDedicated},
			MetadataOptions: &types.LaunchTemplateInstanceMetadataOptionsRequest{HttpTokens: types.LaunchTemplateHttpTokensStateRequired, HttpPutResponseHopLimit: aws.Int32(2)},
			BlockDeviceMappings: []types.LaunchTemplateBlockDeviceMappingRequest{
				{DeviceName: aws.String("/dev/sdb"), Ebs: &types.LaunchTemplateEbsBlockDeviceRequest{VolumeSize: aws.Int32(8), DeleteOnTermination: aws.Bool(false)}},
				{DeviceName: aws.String("/dev/sdc"), VirtualName: aws.String("ephemeral0")},
			},
		}})
		launched := must(w, w.client.RunInstances, &sdk.RunInstancesInput{MinCount: aws.Int32(2), MaxCount: aws.Int32(2),
			LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateId: template.LaunchTemplate.LaunchTemplateId}}).Instances
		see := func() types.Instance {
			w.Helper()
			return must(w, w.client.DescribeInstances, &sdk.DescribeInstancesInput{InstanceIds: []string{*launched[1].InstanceId}}).Reservations[0].Instances[0]
		}
		const name = "ip-172-31-0-5.ap-northeast-1.compute.internal"
		expect := func(got types.Instance, want string) {
			w.Helper()
			if outline(got) != want {
				w.Errorf("got  %s\nwant %s", outline(got), want)
			}
		}
		expect(launched[1], `pending pending root /dev/xvda, metadata pending required 2, monitoring enabled, dedicated, optimized true, name "`+name+
			`"; 172.31.0.5:`+name+`:in-use:attaching:true`)
		w.until(time.Minute)
		running := see()
		expect(running, `running - root /dev/xvda, metadata applied required 2, monitoring enabled, dedicated, optimized true, name "`+name+
			`"; /dev/xvda:attached:true /dev/sdb:attached:false 172.31.0.5:`+name+`:in-use:attached:true`)
		if *running.AmiLaunchIndex != 1 || *running.NetworkInterfaces[0].NetworkInterfaceId != *launched[1].NetworkInterfaces[0].NetworkInterfaceId ||
			*running.BlockDeviceMappings[0].Ebs.VolumeId == *running.BlockDeviceMappings[1].Ebs.VolumeId || !*running.SourceDestCheck {
			w.Errorf("the second instance of its reservation is %+v", running)
		}
		must(w, w.client.TerminateInstances, &sdk.TerminateInstancesInput{InstanceIds: []string{*launched[1].InstanceId}})
		w.until(3 * time.Minute)
		expect(see(), `terminated Client.UserInitiatedShutdown root /dev/xvda, metadata applied required 2, monitoring enabled, dedicated, optimized true, name "";`)
	})
}
