package autoscaling

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// checkReservations checks the use of Capacity Reservations, of which the model has none: groups launch as without.
func checkReservations(spec *types.AutoScalingGroup) error {
	reservations := spec.CapacityReservationSpecification
	if reservations == nil {
		return nil
	}
	preference, target := reservations.CapacityReservationPreference, reservations.CapacityReservationTarget
	if preference != "" {
		if err := checkValue("capacityReservationPreference", preference, preference.Values()); err != nil {
			return err
		}
	}
	if target == nil {
		return nil
	}
	ids, groups := target.CapacityReservationIds, target.CapacityReservationResourceGroupArns
	if preference == types.CapacityReservationPreferenceNone {
		return invalid("CapacityReservationTarget is not supported with the capacity reservation preference none")
	}
	for _, id := range ids {
		if !strings.HasPrefix(id, "cr-") {
			return invalid("Invalid Capacity Reservation ID: %s", id)
		}
	}
	for _, arn := range groups {
		if !strings.HasPrefix(arn, "arn:aws:resource-groups:") {
			return invalid("Invalid Capacity Reservation resource group ARN: %s", arn)
		}
	}
	return nil
}

// checkZonePolicies checks what a group does about zones, and with instances whose hooks were abandoned.
func checkZonePolicies(spec *types.AutoScalingGroup) error {
	if distribution := spec.AvailabilityZoneDistribution; distribution != nil && distribution.CapacityDistributionStrategy != "" {
		strategy := distribution.CapacityDistributionStrategy
		if err := checkValue("capacityDistributionStrategy", strategy, strategy.Values()); err != nil {
			return err
		}
	}
	if policy := spec.AvailabilityZoneImpairmentPolicy; policy != nil && policy.ImpairedZoneHealthCheckBehavior != "" {
		behavior := policy.ImpairedZoneHealthCheckBehavior
		if err := checkValue("impairedZoneHealthCheckBehavior", behavior, behavior.Values()); err != nil {
			return err
		}
	}
	if policy := spec.InstanceLifecyclePolicy; policy != nil && policy.RetentionTriggers != nil && policy.RetentionTriggers.TerminateHookAbandon != "" {
		action := policy.RetentionTriggers.TerminateHookAbandon
		return checkValue("terminateHookAbandon", action, action.Values())
	}
	return nil
}

// checkZonalShift refuses zonal shift with target groups whose zones get traffic apart, unless the request skips that
// (SDK, SkipZonalShiftValidation). How AWS words it is not verified.
func (in *Groups) checkZonalShift(policy *types.AvailabilityZoneImpairmentPolicy, skip *bool, sources []source) error {
	if aws.ToBool(skip) || policy == nil || !aws.ToBool(policy.ZonalShiftEnabled) {
		return nil
	}
	for _, s := range sources {
		if target, ok := in.balancers.TargetGroup(s.identifier); ok && target.ZonesApart() {
			return invalid("Zonal shift with the target group %s, which has cross-zone load balancing disabled, can leave the zones uneven. "+
				"Set SkipZonalShiftValidation to go on", s.identifier)
		}
	}
	return nil
}

// checkZoneLists refuses zones by name and id in one request. The model knows them by name.
func checkZoneLists(names, ids []string) error {
	switch {
	case len(ids) == 0:
		return nil
	case len(names) > 0:
		return invalid("You cannot specify both AvailabilityZones and AvailabilityZoneIds in the same request.")
	}
	return wire.NotModelled("AvailabilityZoneIds: name AvailabilityZones")
}

// checkTemplateNames refuses launch templates that a request names twice, by id and by name. That AWS does, too, is not
// verified; EC2 does (aws-facts H5).
func checkTemplateNames(template *types.LaunchTemplateSpecification, policy *types.MixedInstancesPolicy) error {
	templates := []*types.LaunchTemplateSpecification{template}
	if policy != nil && policy.LaunchTemplate != nil {
		templates = append(templates, policy.LaunchTemplate.LaunchTemplateSpecification)
		for _, override := range policy.LaunchTemplate.Overrides {
			templates = append(templates, override.LaunchTemplateSpecification)
		}
	}
	if slices.ContainsFunc(templates, func(t *types.LaunchTemplateSpecification) bool {
		return t != nil && aws.ToString(t.LaunchTemplateId) != "" && aws.ToString(t.LaunchTemplateName) != ""
	}) {
		return invalid("Valid requests must contain either launchTemplateId or LaunchTemplateName")
	}
	return nil
}

// TagByAWS gives a group a tag of AWS's own, as CloudFormation does with what it makes: its key begins with aws:, it is
// shown like others, does not count as one of the 50, and no request sets it. The lock is held.
func (in *Groups) TagByAWS(groupName, key, value string) {
	g := in.groups[groupName]
	g.setTags([]types.TagDescription{{Key: &key, Value: &value, PropagateAtLaunch: aws.Bool(true),
		ResourceId: aws.String(groupName), ResourceType: aws.String(tagResource)}})
	g.changed()
}
