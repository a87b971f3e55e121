package fleet

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/form"
)

// Any is the pattern of every group's name.
const Any = "*"

// DidYouMean is ` (did you mean "x"?)` for the group that was probably meant by a name that no group has; empty where none
// is near, or where the groups cannot be listed. Only groups of these names, or prefixes with a *, are suggested: whose
// request is refused may not know what else the account runs.
func DidYouMean(ctx context.Context, groups Groups, name string, among []string) string {
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
			if found := aws.ToString(group.AutoScalingGroupName); isAmong(found, among) {
				names = append(names, found)
			}
		}
	}
	if near := form.Near(name, names); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

func isAmong(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		prefix, open := strings.CutSuffix(pattern, "*")
		return name == pattern || open && strings.HasPrefix(name, prefix)
	})
}
