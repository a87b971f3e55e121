package launch_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/filled"
	"bluegreen/internal/launch"
)

func configuration() asgtypes.LaunchConfiguration {
	return filled.Value[asgtypes.LaunchConfiguration]()
}

// Every member of a launch configuration is copied, but its name, which is another, and what AWS gives it.
func TestEveryMemberOfAConfigurationIsCopied(t *testing.T) {
	found := silent(t, configuration(), func(of asgtypes.LaunchConfiguration) any { return launch.CopyConfiguration(of, "green") })
	if want := []string{"CreatedTime", "LaunchConfigurationName", "LaunchConfigurationARN"}; !slices.Equal(found, want) {
		t.Errorf("not copied: %v, want %v", found, want)
	}
	for _, text := range []func(*asgtypes.LaunchConfiguration) **string{
		func(c *asgtypes.LaunchConfiguration) **string { return &c.KeyName },
		func(c *asgtypes.LaunchConfiguration) **string { return &c.KernelId },
		func(c *asgtypes.LaunchConfiguration) **string { return &c.RamdiskId },
		func(c *asgtypes.LaunchConfiguration) **string { return &c.UserData },
	} {
		empty, none := configuration(), configuration()
		*text(&empty), *text(&none) = aws.String(""), nil
		if asText(t, launch.CopyConfiguration(empty, "green")) != asText(t, launch.CopyConfiguration(none, "green")) {
			t.Error("an empty text is sent, which AWS does not take")
		}
	}
}

// Every member of a launch configuration decides something of the template, but for these.
func TestEveryMemberOfAConfigurationIsConverted(t *testing.T) {
	found := silent(t, configuration(), func(of asgtypes.LaunchConfiguration) any { return launch.FromConfiguration(of) })
	want := []string{
		"CreatedTime", "LaunchConfigurationName", // the template has its own
		"BlockDeviceMappings.Ebs.DeleteOnTermination", // true, as is meant by saying nothing
		"ClassicLinkVPCId", "ClassicLinkVPCSecurityGroups",
		"InstanceMonitoring.Enabled", // true, as is meant by saying nothing
		"LaunchConfigurationARN",
	}
	if !slices.Equal(found, want) {
		t.Errorf("without effect: %v\nwant %v", found, want)
	}
}

// What a configuration means by saying nothing, or says in another way, stands in the template as it was meant (aws-facts H6).
func TestTrapsOfConvertingAConfiguration(t *testing.T) {
	for _, c := range []struct {
		name string
		of   asgtypes.LaunchConfiguration
		want ec2types.RequestLaunchTemplateData
	}{
		{"monitoring is detailed by default, and empty texts say nothing",
			asgtypes.LaunchConfiguration{ImageId: aws.String("ami-1"), InstanceType: aws.String("t3.micro"), KernelId: aws.String(""), RamdiskId: aws.String(""),
				KeyName: aws.String(""), UserData: aws.String("")},
			ec2types.RequestLaunchTemplateData{ImageId: aws.String("ami-1"), InstanceType: "t3.micro", Monitoring: monitored(true)}},
		{"monitoring that is switched off", asgtypes.LaunchConfiguration{InstanceMonitoring: &asgtypes.InstanceMonitoring{Enabled: aws.Bool(false)}},
			ec2types.RequestLaunchTemplateData{Monitoring: monitored(false)}},
		{"a profile by name", asgtypes.LaunchConfiguration{IamInstanceProfile: aws.String("web")},
			ec2types.RequestLaunchTemplateData{Monitoring: monitored(true), IamInstanceProfile: &ec2types.LaunchTemplateIamInstanceProfileSpecificationRequest{Name: aws.String("web")}}},
		{"a profile by ARN", asgtypes.LaunchConfiguration{IamInstanceProfile: aws.String("arn:aws:iam::0:instance-profile/web")},
			ec2types.RequestLaunchTemplateData{Monitoring: monitored(true),
				IamInstanceProfile: &ec2types.LaunchTemplateIamInstanceProfileSpecificationRequest{Arn: aws.String("arn:aws:iam::0:instance-profile/web")}}},
		{"security groups", asgtypes.LaunchConfiguration{SecurityGroups: []string{"sg-1"}},
			ec2types.RequestLaunchTemplateData{Monitoring: monitored(true), SecurityGroupIds: []string{"sg-1"}}},
		{"no public addresses", asgtypes.LaunchConfiguration{SecurityGroups: []string{"sg-1"}, AssociatePublicIpAddress: aws.Bool(false)},
			ec2types.RequestLaunchTemplateData{Monitoring: monitored(true), NetworkInterfaces: []ec2types.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest{
				{DeviceIndex: aws.Int32(0), AssociatePublicIpAddress: aws.Bool(false), DeleteOnTermination: aws.Bool(true), Groups: []string{"sg-1"}}}}},
		{"a price", asgtypes.LaunchConfiguration{SpotPrice: aws.String("0.05"), PlacementTenancy: aws.String("dedicated")},
			ec2types.RequestLaunchTemplateData{Monitoring: monitored(true), Placement: &ec2types.LaunchTemplatePlacementRequest{Tenancy: ec2types.TenancyDedicated},
				InstanceMarketOptions: &ec2types.LaunchTemplateInstanceMarketOptionsRequest{MarketType: ec2types.MarketTypeSpot,
					SpotOptions: &ec2types.LaunchTemplateSpotMarketOptionsRequest{MaxPrice: aws.String("0.05")}}}},
		{"devices", asgtypes.LaunchConfiguration{BlockDeviceMappings: []asgtypes.BlockDeviceMapping{
			{DeviceName: aws.String("/dev/sdb"), NoDevice: aws.Bool(true)},
			{DeviceName: aws.String("/dev/sdc"), Ebs: &asgtypes.Ebs{VolumeSize: aws.Int32(8), VolumeType: aws.String("gp3")}},
			{DeviceName: aws.String("/dev/sdd"), NoDevice: aws.Bool(false), Ebs: &asgtypes.Ebs{DeleteOnTermination: aws.Bool(false)}},
		}}, ec2types.RequestLaunchTemplateData{Monitoring: monitored(true), BlockDeviceMappings: []ec2types.LaunchTemplateBlockDeviceMappingRequest{
			{DeviceName: aws.String("/dev/sdb"), NoDevice: aws.String("")},
			{DeviceName: aws.String("/dev/sdc"), Ebs: &ec2types.LaunchTemplateEbsBlockDeviceRequest{DeleteOnTermination: aws.Bool(true), VolumeSize: aws.Int32(8), VolumeType: ec2types.VolumeTypeGp3}},
			{DeviceName: aws.String("/dev/sdd"), Ebs: &ec2types.LaunchTemplateEbsBlockDeviceRequest{DeleteOnTermination: aws.Bool(false)}},
		}}},
	} {
		if got := asText(t, launch.FromConfiguration(c.of)); got != asText(t, c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, asText(t, c.want))
		}
	}
}

func monitored(detailed bool) *ec2types.LaunchTemplatesMonitoringRequest {
	return &ec2types.LaunchTemplatesMonitoringRequest{Enabled: &detailed}
}
