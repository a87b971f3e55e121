package clone

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/step"
)

// notifications are the topics that the group tells of launches and terminations. They are put before anything launches, so
// that the topics hear of green's first launch too; AWS sends each a test message then.
type notifications struct{}

func (notifications) read(ctx context.Context, from reads, w *Whole) error {
	name := aws.ToString(w.Group.AutoScalingGroupName)
	pages := autoscaling.NewDescribeNotificationConfigurationsPaginator(from.groupReads, &autoscaling.DescribeNotificationConfigurationsInput{AutoScalingGroupNames: []string{name}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("describing the notifications of %s: %w", name, err)
		}
		w.Notifications = append(w.Notifications, page.NotificationConfigurations...)
	}
	return nil
}

func (notifications) put(ctx context.Context, to target, blue Whole) error {
	told := byTopic(blue.Notifications)
	for _, topic := range slices.Sorted(maps.Keys(told)) {
		input := &autoscaling.PutNotificationConfigurationInput{AutoScalingGroupName: &to.Green, TopicARN: &topic, NotificationTypes: told[topic]}
		if _, err := step.Write(ctx, to.writes, to.fence, writes.PutNotificationConfiguration, input); err != nil {
			return fmt.Errorf("letting %s notify %s as blue does: %w", to.Green, topic, err)
		}
	}
	return nil
}

func (notifications) traits(w Whole, _ deploy.Deployment) map[string]string {
	all := make(map[string]string)
	for topic, kinds := range byTopic(w.Notifications) {
		for i, kind := range kinds {
			kinds[i] = strings.TrimPrefix(kind, "autoscaling:")
		}
		all["notifications to "+topic] = strings.Join(kinds, ", ")
	}
	return all
}

// byTopic are the types of each topic, in alphabetical order: AWS describes a row for each topic and type, and takes a topic's
// types in one call, which replaces what was there.
func byTopic(rows []types.NotificationConfiguration) map[string][]string {
	told := make(map[string][]string)
	for _, row := range rows {
		topic := aws.ToString(row.TopicARN)
		told[topic] = append(told[topic], aws.ToString(row.NotificationType))
	}
	for topic, kinds := range told {
		slices.Sort(kinds)
		told[topic] = slices.Compact(kinds)
	}
	return told
}
