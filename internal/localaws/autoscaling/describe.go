package autoscaling

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// page cuts one page out of a list: at most size items (asked for, or the usual), from where the token says. The token
// is the position, which is what makes it cheap; a list that changes meanwhile may show an item twice, or not.
func page[T any](items []T, token *string, asked *int32, usual, most int) ([]T, *string, error) {
	size := usual
	if asked != nil {
		size = int(*asked)
	}
	if size < 1 || size > most {
		return nil, nil, invalid("1 validation error detected: Value '%d' at 'maxRecords' failed to satisfy constraint: "+
			"Member must have value between 1 and %d", size, most)
	}
	from := 0
	if token != nil {
		at, err := strconv.Atoi(*token)
		if err != nil || at < 1 {
			return nil, nil, wire.Errorf("InvalidNextToken", "The token '%s' is invalid.", *token)
		}
		from = min(at, len(items))
	}
	if len(items)-from <= size {
		return items[from:], nil, nil
	}
	return items[from : from+size], aws.String(strconv.Itoa(from + size)), nil
}

func (in *Groups) describeAutoScalingGroups(_ *wire.Call, input *autoscaling.DescribeAutoScalingGroupsInput) (*autoscaling.DescribeAutoScalingGroupsOutput, error) {
	var views []*view
	if len(input.AutoScalingGroupNames) > 50 {
		return nil, invalid("The number of group names that may be passed in is limited to 50")
	}
	if names := input.AutoScalingGroupNames; len(names) > 0 {
		for _, name := range sortedSet(names) {
			if v := in.shown(name); v != nil { // names that do not exist are left out
				views = append(views, v)
			}
		}
	} else {
		views = in.allSeen()
	}
	var groups []types.AutoScalingGroup
	for _, v := range views {
		matches, err := matchesTags(v.group.Tags, input.Filters)
		if err != nil {
			return nil, err
		}
		if !matches {
			continue
		}
		group := v.group
		if input.IncludeInstances != nil && !*input.IncludeInstances {
			group.Instances = nil
		}
		groups = append(groups, group)
	}
	groups, next, err := page(groups, input.NextToken, input.MaxRecords, 50, 100)
	return &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: groups, NextToken: next}, err
}

func sortedSet(names []string) []string {
	sorted := slices.Sorted(slices.Values(names))
	return slices.Compact(sorted)
}

// matchesTags applies the filters tag-key, tag-value and tag:<key>.
func matchesTags(tags []types.TagDescription, filters []types.Filter) (bool, error) {
	for _, filter := range filters {
		name := aws.ToString(filter.Name)
		var field func(types.TagDescription) (string, bool)
		switch {
		case name == "tag-key":
			field = func(tag types.TagDescription) (string, bool) { return *tag.Key, true }
		case name == "tag-value":
			field = func(tag types.TagDescription) (string, bool) { return aws.ToString(tag.Value), true }
		case strings.HasPrefix(name, "tag:"):
			key := strings.TrimPrefix(name, "tag:")
			field = func(tag types.TagDescription) (string, bool) { return aws.ToString(tag.Value), *tag.Key == key }
		default:
			return false, invalid("Filter type %s is not correct. Allowed Filter types are: tag-key, tag-value, tag:key", name)
		}
		if !slices.ContainsFunc(tags, func(tag types.TagDescription) bool {
			value, applies := field(tag)
			return applies && slices.Contains(filter.Values, value)
		}) {
			return false, nil
		}
	}
	return true, nil
}

func (in *Groups) describeAutoScalingInstances(_ *wire.Call, input *autoscaling.DescribeAutoScalingInstancesInput) (*autoscaling.DescribeAutoScalingInstancesOutput, error) {
	var instances []types.AutoScalingInstanceDetails
	for _, v := range in.allSeen() {
		for _, i := range slices.Concat(v.group.Instances, v.warm) {
			if len(input.InstanceIds) > 0 && !slices.Contains(input.InstanceIds, *i.InstanceId) {
				continue
			}
			instances = append(instances, types.AutoScalingInstanceDetails{
				AutoScalingGroupName: v.group.AutoScalingGroupName, InstanceId: i.InstanceId, InstanceType: i.InstanceType,
				AvailabilityZone: i.AvailabilityZone, ImageId: i.ImageId,
				HealthStatus:   aws.String(strings.ToUpper(*i.HealthStatus)), // unlike DescribeAutoScalingGroups
				LifecycleState: aws.String(string(i.LifecycleState)), ProtectedFromScaleIn: i.ProtectedFromScaleIn,
				LaunchTemplate: i.LaunchTemplate, LaunchConfigurationName: i.LaunchConfigurationName, WeightedCapacity: i.WeightedCapacity,
			})
		}
	}
	instances, next, err := page(instances, input.NextToken, input.MaxRecords, 50, 50)
	return &autoscaling.DescribeAutoScalingInstancesOutput{AutoScalingInstances: instances, NextToken: next}, err
}

func (in *Groups) describeAccountLimits(_ *wire.Call, _ *autoscaling.DescribeAccountLimitsInput) (*autoscaling.DescribeAccountLimitsOutput, error) {
	return &autoscaling.DescribeAccountLimitsOutput{
		MaxNumberOfAutoScalingGroups:    aws.Int32(int32(in.settings.MaxGroups)),
		MaxNumberOfLaunchConfigurations: aws.Int32(int32(in.settings.MaxLaunchConfigurations)),
		NumberOfAutoScalingGroups:       aws.Int32(int32(len(in.groups))),
		NumberOfLaunchConfigurations:    aws.Int32(int32(len(in.configurations))),
	}, nil
}
