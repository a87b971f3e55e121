package clone

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// What is over is not copied, and what recurs keeps its StartTime only where that was set later than its recurrence says.
func TestCopyOfAScheduledAction(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	at := func(hours int) *time.Time { return aws.Time(now.Add(time.Duration(hours) * time.Hour)) }
	for _, c := range []struct {
		name, recurrence, zone string
		start, end             *time.Time
		copied                 bool
		kept                   *time.Time
	}{
		{"once, to come", "", "", at(1), nil, true, at(1)},
		{"once, past", "", "", at(-1), nil, false, nil},
		{"as AWS shows its next run", "0 13 * * *", "", at(1), nil, true, nil},
		{"as AWS shows its last run", "0 11 * * *", "", at(-1), nil, true, nil},
		{"in its time zone", "0 22 * * *", "Asia/Tokyo", at(1), nil, true, nil},
		{"set to begin later", "0 13 * * *", "", at(25), nil, true, at(25)},
		{"with a recurrence that nobody can read", "L", "", at(1), nil, true, at(1)},
		{"with an end to come", "0 13 * * *", "", at(1), at(2), true, nil},
		{"ended", "0 13 * * *", "", at(1), at(-1), false, nil},
	} {
		input := copyAction(types.ScheduledUpdateGroupAction{
			Recurrence: &c.recurrence, TimeZone: &c.zone, StartTime: c.start, EndTime: c.end, MinSize: aws.Int32(0),
		}, "green", now)
		if (input != nil) != c.copied {
			t.Errorf("%s: %+v", c.name, input)
			continue
		}
		if input != nil && (aws.ToTime(input.StartTime) != aws.ToTime(c.kept) || *input.TimeZone != c.zone || input.EndTime != c.end || *input.MinSize != 0 || *input.AutoScalingGroupName != "green") {
			t.Errorf("%s: %+v", c.name, input)
		}
	}
}
