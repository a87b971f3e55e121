package fleet

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// Schedules describes scheduled actions.
type Schedules interface {
	DescribeScheduledActions(context.Context, *autoscaling.DescribeScheduledActionsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScheduledActionsOutput, error)
}

var _ Schedules = (*autoscaling.Client)(nil)

// DescribeSchedule returns a group's scheduled actions.
func DescribeSchedule(ctx context.Context, schedules Schedules, group string) ([]types.ScheduledUpdateGroupAction, error) {
	var found []types.ScheduledUpdateGroupAction
	pages := autoscaling.NewDescribeScheduledActionsPaginator(schedules, &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: &group})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing the scheduled actions of %s: %w", group, err)
		}
		found = append(found, page.ScheduledUpdateGroupActions...)
	}
	return found, nil
}
