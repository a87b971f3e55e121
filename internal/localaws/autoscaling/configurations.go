package autoscaling

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// RefuseConfigurations lets no launch configuration be made from now on, as in an account from after 2024-10-01 (aws-facts A7).
func (in *Groups) RefuseConfigurations() { in.settings.NewAccount = true }

// createLaunchConfiguration creates a launch configuration, as accounts from before 2024-10-01 can; to others EC2 Auto Scaling
// answers UnsupportedOperation (aws-facts A7; the text is what people were answered).
func (in *Groups) createLaunchConfiguration(_ *wire.Call, input *autoscaling.CreateLaunchConfigurationInput) (*autoscaling.CreateLaunchConfigurationOutput, error) {
	name := aws.ToString(input.LaunchConfigurationName)
	if err := in.checkConfiguration(name, input); err != nil {
		return nil, err
	}
	in.configurations[name] = &types.LaunchConfiguration{
		LaunchConfigurationName: aws.String(name),
		LaunchConfigurationARN: aws.String(in.account.ARN("autoscaling",
			"launchConfiguration:"+in.account.UUID()+":launchConfigurationName/"+name)),
		CreatedTime:              aws.Time(in.account.Now()),
		ImageId:                  input.ImageId,
		InstanceType:             input.InstanceType,
		KeyName:                  cmp.Or(input.KeyName, aws.String("")),
		SecurityGroups:           append([]string{}, input.SecurityGroups...),
		UserData:                 cmp.Or(input.UserData, aws.String("")),
		IamInstanceProfile:       input.IamInstanceProfile,
		InstanceMonitoring:       cmp.Or(input.InstanceMonitoring, &types.InstanceMonitoring{Enabled: aws.Bool(true)}),
		AssociatePublicIpAddress: input.AssociatePublicIpAddress,
		BlockDeviceMappings:      append([]types.BlockDeviceMapping{}, input.BlockDeviceMappings...),
		EbsOptimized:             cmp.Or(input.EbsOptimized, aws.Bool(false)),
		MetadataOptions:          input.MetadataOptions,
		PlacementTenancy:         input.PlacementTenancy,
		KernelId:                 cmp.Or(input.KernelId, aws.String("")),
		RamdiskId:                cmp.Or(input.RamdiskId, aws.String("")),
		SpotPrice:                input.SpotPrice,
		ClassicLinkVPCId:         input.ClassicLinkVPCId,

		ClassicLinkVPCSecurityGroups: append([]string{}, input.ClassicLinkVPCSecurityGroups...),
	}
	return &autoscaling.CreateLaunchConfigurationOutput{}, nil
}

func (in *Groups) checkConfiguration(name string, input *autoscaling.CreateLaunchConfigurationInput) error {
	if in.settings.NewAccount { // recorded
		return wire.Errorf("UnsupportedOperation", "The Launch Configuration creation operation is not available in your account. "+
			"Use launch templates to create configuration templates for your Auto Scaling groups.")
	}
	if err := checkLength("launchConfigurationName", &name, 255); err != nil {
		return err
	}
	if _, exists := in.configurations[name]; exists {
		return wire.Errorf("AlreadyExists", "Launch Configuration by this name already exists - A launch configuration already exists with the name %s", name)
	}
	if len(in.configurations) >= in.settings.MaxLaunchConfigurations {
		return wire.Errorf("LimitExceeded", "Launch Configuration limit exceeded - You may only have %d launch configurations", in.settings.MaxLaunchConfigurations)
	}
	if input.ImageId == nil || input.InstanceType == nil {
		return invalid("Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType parameters.")
	}
	if !strings.HasPrefix(*input.ImageId, "ami-") {
		return invalid("AMI %s is invalid: Invalid id: \"%s\" (expecting \"ami-...\")", *input.ImageId, *input.ImageId)
	}
	if !in.compute.Image(*input.ImageId) {
		return invalid("AMI cannot be described: %s", *input.ImageId)
	}
	if price := input.SpotPrice; price != nil {
		if amount, err := strconv.ParseFloat(*price, 64); err != nil || amount <= 0 {
			return invalid("Invalid Spot price: %s", *price)
		}
	}
	if tenancy := aws.ToString(input.PlacementTenancy); tenancy != "" && tenancy != "default" && tenancy != "dedicated" {
		return invalid("Invalid placement tenancy: %s. Valid values are: default, dedicated", tenancy)
	}
	if (input.ClassicLinkVPCId == nil) != (len(input.ClassicLinkVPCSecurityGroups) == 0) {
		return invalid("ClassicLinkVPCId and ClassicLinkVPCSecurityGroups must be specified together")
	}
	if _, err := base64.StdEncoding.DecodeString(aws.ToString(input.UserData)); err != nil {
		return invalid("Launch configuration's user data is not valid Base64: %v", err)
	}
	return nil
}

// Configurations are all launch configurations, by name.
func (in *Groups) Configurations() map[string]types.LaunchConfiguration {
	all := make(map[string]types.LaunchConfiguration, len(in.configurations))
	for name, c := range in.configurations {
		all[name] = *c
	}
	return all
}

func (in *Groups) describeLaunchConfigurations(_ *wire.Call, input *autoscaling.DescribeLaunchConfigurationsInput) (*autoscaling.DescribeLaunchConfigurationsOutput, error) {
	var found []types.LaunchConfiguration
	for _, name := range slices.Sorted(maps.Keys(in.configurations)) {
		if len(input.LaunchConfigurationNames) == 0 || slices.Contains(input.LaunchConfigurationNames, name) {
			found = append(found, *in.configurations[name])
		}
	}
	found, next, err := page(found, input.NextToken, input.MaxRecords, 50, 100)
	return &autoscaling.DescribeLaunchConfigurationsOutput{LaunchConfigurations: found, NextToken: next}, err
}

func (in *Groups) deleteLaunchConfiguration(_ *wire.Call, input *autoscaling.DeleteLaunchConfigurationInput) (*autoscaling.DeleteLaunchConfigurationOutput, error) {
	name := aws.ToString(input.LaunchConfigurationName)
	if _, ok := in.configurations[name]; !ok {
		return nil, configurationNotFound(name)
	}
	for _, g := range in.sorted() {
		if aws.ToString(g.spec.LaunchConfigurationName) == name {
			return nil, wire.Errorf("ResourceInUse", "Cannot delete launch configuration %s because it is attached to AutoScalingGroup %s", name, g.name)
		}
	}
	delete(in.configurations, name)
	return &autoscaling.DeleteLaunchConfigurationOutput{}, nil
}
