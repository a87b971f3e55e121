package autoscaling

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// checkName checks a group's name: ASCII 33 to 126, no colon, at most 255 characters (aws-facts A5).
func checkName(name string) error {
	if name == "" {
		return missing("AutoScalingGroupName")
	}
	if len(name) > 255 {
		return invalid("1 validation error detected: Value '%s' at 'autoScalingGroupName' failed to satisfy constraint: "+
			"Member must have length less than or equal to 255", name)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r < 33 || r > 126 || r == ':' }) {
		return invalid("Invalid AutoScalingGroup name: '%s'. Names are of ASCII characters 33 to 126 without a colon", name)
	}
	return nil
}

// checkSpec checks what a group would be after a request, and completes its zones.
func (in *Groups) checkSpec(spec *types.AutoScalingGroup) error {
	for _, check := range []func(*types.AutoScalingGroup) error{
		checkSizes, in.checkLaunchSource, in.checkZones, checkHealthTypes, checkTerminationPolicies, checkPolicies, checkReservations, checkZonePolicies,
	} {
		if err := check(spec); err != nil {
			return err
		}
	}
	return nil
}

func checkSizes(spec *types.AutoScalingGroup) error {
	switch {
	case spec.MinSize == nil:
		return missing("MinSize")
	case spec.MaxSize == nil:
		return missing("MaxSize")
	case *spec.MinSize < 0 || *spec.MaxSize < 0 || *spec.DesiredCapacity < 0:
		return invalid("Group sizes must not be negative: min %d, max %d, desired %d", *spec.MinSize, *spec.MaxSize, *spec.DesiredCapacity)
	case *spec.MaxSize < *spec.MinSize:
		return invalid("Max bound, %d, must be greater than or equal to min bound, %d", *spec.MaxSize, *spec.MinSize)
	case *spec.DesiredCapacity < *spec.MinSize || *spec.DesiredCapacity > *spec.MaxSize:
		return invalid("Desired capacity:%d must be between the specified min size:%d and max size:%d", *spec.DesiredCapacity, *spec.MinSize, *spec.MaxSize)
	case *spec.DefaultCooldown < 0 || *spec.HealthCheckGracePeriod < 0:
		return invalid("DefaultCooldown and HealthCheckGracePeriod must not be negative")
	case spec.MaxInstanceLifetime != nil && (*spec.MaxInstanceLifetime < 86400 || *spec.MaxInstanceLifetime > 31536000):
		return invalid("Valid values for MaxInstanceLifetime are 0 or between 86400 and 31536000 seconds")
	}
	return nil
}

// checkLaunchSource checks that the group launches from exactly one thing, which exists.
func (in *Groups) checkLaunchSource(spec *types.AutoScalingGroup) error {
	sources := 0
	for _, given := range []bool{spec.LaunchTemplate != nil, spec.LaunchConfigurationName != nil, spec.MixedInstancesPolicy != nil} {
		if given {
			sources++
		}
	}
	if sources != 1 {
		return invalid("Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.")
	}
	switch {
	case spec.LaunchTemplate != nil:
		return in.checkTemplate(spec.LaunchTemplate)
	case spec.LaunchConfigurationName != nil:
		if found, ok := in.configurations[*spec.LaunchConfigurationName]; !ok || in.unseen(*found.CreatedTime) {
			return configurationNotFound(*spec.LaunchConfigurationName)
		}
		return nil
	}
	return in.checkMixedPolicy(spec.MixedInstancesPolicy)
}

func configurationNotFound(name string) error {
	return invalid("Launch configuration name not found - Launch configuration %s not found", name)
}

func (in *Groups) checkTemplate(spec *types.LaunchTemplateSpecification) error {
	if idOrName(spec) == "" {
		return invalid("Valid requests must contain either launchTemplateId or LaunchTemplateName")
	}
	found, err := in.compute.Template(idOrName(spec), aws.ToString(spec.Version))
	if _, _, made, _ := in.compute.TemplateTags(idOrName(spec)); err == nil && in.unseen(made) {
		err = localec2.TemplateNotFound(idOrName(spec))
	}
	if err == nil {
		_, err = in.compute.ImageNamed(found.ImageID)
	}
	if err == nil {
		err = in.compute.KeyPair(found.KeyName)
	}
	if err != nil {
		_, message, _ := strings.Cut(err.Error(), ": ")
		return invalid("You must use a valid fully-formed launch template. %s", message)
	}
	return nil
}

// checkZones checks where the group launches. With subnets the zones follow from them.
func (in *Groups) checkZones(spec *types.AutoScalingGroup) error {
	subnets := splitList(aws.ToString(spec.VPCZoneIdentifier))
	if len(subnets) == 0 && len(spec.AvailabilityZones) == 0 {
		return invalid("At least one Availability Zone or VPC Subnet is required.")
	}
	var zones []string
	for _, id := range subnets {
		subnet, ok := in.compute.Subnet(id)
		if !ok {
			return invalid("The subnet ID '%s' does not exist", id)
		}
		zones = append(zones, subnet.Zone)
	}
	for _, zone := range spec.AvailabilityZones {
		if !slices.Contains(in.compute.Zones(), zone) {
			return invalid("Invalid Availability Zone: %s. Valid values are: %s", zone, strings.Join(in.compute.Zones(), ", "))
		}
		if len(subnets) > 0 && !slices.Contains(zones, zone) {
			return invalid("The availability zones of the specified subnets and the Auto Scaling group do not match")
		}
	}
	if len(subnets) > 0 {
		spec.AvailabilityZones = sortedSet(zones)
	} else {
		spec.AvailabilityZones = sortedSet(spec.AvailabilityZones)
	}
	spec.AvailabilityZoneIds = nil
	for _, zone := range spec.AvailabilityZones {
		spec.AvailabilityZoneIds = append(spec.AvailabilityZoneIds, in.compute.ZoneID(zone))
	}
	return nil
}

func checkHealthTypes(spec *types.AutoScalingGroup) error {
	for _, kind := range splitList(*spec.HealthCheckType) {
		switch kind {
		case "EC2", "ELB":
		case "EBS", "VPC_LATTICE": // shown, without effect: no volume fails, and there are no VPC Lattice targets
		default:
			return invalid("Invalid health check type: %s. Valid values are: EC2, ELB, VPC_LATTICE, EBS", kind)
		}
	}
	return nil
}

func checkTerminationPolicies(spec *types.AutoScalingGroup) error {
	for _, policy := range spec.TerminationPolicies {
		switch policy {
		case "Default", "AllocationStrategy", "ClosestToNextInstanceHour", "NewestInstance", "OldestInstance",
			"OldestLaunchConfiguration", "OldestLaunchTemplate":
		default:
			if strings.HasPrefix(policy, "arn:") {
				return wire.NotModelled("termination policies that are Lambda functions: %s", policy)
			}
			return invalid("Invalid termination policy: %s. Valid values are: [Default, AllocationStrategy, ClosestToNextInstanceHour, "+
				"NewestInstance, OldestInstance, OldestLaunchConfiguration, OldestLaunchTemplate]", policy)
		}
	}
	return nil
}

// checkPolicies checks the members that hold policies of other kinds.
func checkPolicies(spec *types.AutoScalingGroup) error {
	if err := checkCapacityType(spec); err != nil {
		return err
	}
	if !slices.Contains(spec.DeletionProtection.Values(), spec.DeletionProtection) {
		return invalid("Invalid deletion protection: %s. Valid values are: none, prevent-force-deletion, prevent-all-deletion", spec.DeletionProtection)
	}
	policy := spec.InstanceMaintenancePolicy
	if policy == nil {
		return nil
	}
	least, most := aws.ToInt32(policy.MinHealthyPercentage), aws.ToInt32(policy.MaxHealthyPercentage)
	if policy.MinHealthyPercentage == nil || policy.MaxHealthyPercentage == nil || least == -1 && most == -1 {
		if least == -1 && most == -1 {
			spec.InstanceMaintenancePolicy = nil
			return nil
		}
		return invalid("Both MinHealthyPercentage and MaxHealthyPercentage must be specified in InstanceMaintenancePolicy")
	}
	if least < 0 || least > 100 || most < 100 || most > 200 || most-least > 100 {
		return invalid("InstanceMaintenancePolicy needs MinHealthyPercentage from 0 to 100 and MaxHealthyPercentage from 100 to 200, at most 100 apart")
	}
	return nil
}
