package fleet

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/form"
)

// DidYouMean is ` (did you mean "x"?)` for the group that was probably meant by a name that no group has; empty where none
// is near, or where the groups cannot be listed.
func DidYouMean(ctx context.Context, groups Groups, name string) string {
	const most = 100 // that AWS lists at once
	var names []string
	pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(groups, &autoscaling.DescribeAutoScalingGroupsInput{
		IncludeInstances: aws.Bool(false), MaxRecords: aws.Int32(most),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return ""
		}
		for _, group := range page.AutoScalingGroups {
			names = append(names, aws.ToString(group.AutoScalingGroupName))
		}
	}
	if near := form.Near(name, names); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}
