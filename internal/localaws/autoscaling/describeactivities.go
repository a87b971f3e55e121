package autoscaling

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// describeScalingActivities shows activities, the latest first.
func (in *Groups) describeScalingActivities(_ *wire.Call, input *autoscaling.DescribeScalingActivitiesInput) (*autoscaling.DescribeScalingActivitiesOutput, error) {
	found, err := in.activitiesOf(input.AutoScalingGroupName, aws.ToBool(input.IncludeDeletedGroups))
	if err != nil {
		return nil, err
	}
	oldest := in.account.Now().Add(-in.settings.ActivitiesKept)
	var activities []types.Activity
	for _, a := range found {
		if a.StartTime.Before(oldest) || len(input.ActivityIds) > 0 && !slices.Contains(input.ActivityIds, *a.ActivityId) {
			continue
		}
		matches, err := matchesActivity(a, input.Filters)
		if err != nil {
			return nil, err
		}
		if matches {
			activities = append(activities, *a)
		}
	}
	slices.Reverse(activities) // so that of two that start at once the later comes first
	slices.SortStableFunc(activities, func(a, b types.Activity) int { return b.StartTime.Compare(*a.StartTime) })
	activities, next, err := page(activities, input.NextToken, input.MaxRecords, 100, 100)
	return &autoscaling.DescribeScalingActivitiesOutput{Activities: activities, NextToken: next}, err
}

func (in *Groups) activitiesOf(name *string, deletedToo bool) ([]*types.Activity, error) {
	var found []*types.Activity
	if name == nil {
		if deletedToo {
			for _, name := range slices.Sorted(maps.Keys(in.deleted)) {
				found = append(found, in.deleted[name]...)
			}
		}
		for _, g := range in.sorted() {
			found = append(found, g.activities...)
		}
		return found, nil
	}
	g, exists := in.groups[*name]
	if deletedToo {
		found = append(found, in.deleted[*name]...)
	} else if !exists {
		return nil, groupNotFound(*name)
	}
	if exists {
		found = append(found, g.activities...)
	}
	return found, nil
}

func matchesActivity(a *types.Activity, filters []types.Filter) (bool, error) {
	for _, filter := range filters {
		name, values := aws.ToString(filter.Name), filter.Values
		switch name {
		case "Status":
			if !slices.Contains(values, string(a.StatusCode)) {
				return false, nil
			}
		case "StartTimeLowerBound", "StartTimeUpperBound":
			if len(values) != 1 {
				return false, invalid("Filter %s takes one value", name)
			}
			bound, err := time.Parse(time.RFC3339, values[0])
			if err != nil {
				return false, invalid("Filter %s takes an ISO 8601 timestamp such as 2000-01-18T08:15:00Z, not %s", name, values[0])
			}
			if name == "StartTimeLowerBound" && a.StartTime.Before(bound) || name == "StartTimeUpperBound" && a.StartTime.After(bound) {
				return false, nil
			}
		default:
			return false, invalid("Invalid filter: %s. Valid filters are: StartTimeLowerBound, StartTimeUpperBound, Status", name)
		}
	}
	return true, nil
}
