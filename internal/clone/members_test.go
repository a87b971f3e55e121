package clone_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// everyMember fails for a member of an SDK type that has no row, and for a row without a member: what a later SDK knows more
// of must be copied, derived, or left out for a reason.
func everyMember[T any](t *testing.T, rows map[string]string) {
	t.Helper()
	of, left := reflect.TypeFor[T](), maps.Clone(rows)
	for i := range of.NumField() {
		field := of.Field(i)
		if !field.IsExported() || field.Name == "ResultMetadata" {
			continue
		}
		if rows[field.Name] == "" {
			t.Errorf("%s.%s has no row: is it copied, derived, or left out, and why?", of, field.Name)
		}
		delete(left, field.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		t.Errorf("%s has no member %s any more", of, name)
	}
}

func TestMembersOfWarmPools(t *testing.T) {
	everyMember[types.WarmPoolConfiguration](t, map[string]string{
		"InstanceReusePolicy":      "copied",
		"MaxGroupPreparedCapacity": "copied",
		"MinSize":                  "copied",
		"PoolState":                "copied",
		"Status":                   "derived: a pool that is being deleted is none",
	})
	everyMember[types.InstanceReusePolicy](t, map[string]string{"ReuseOnScaleIn": "copied with the policy"})
	everyMember[autoscaling.PutWarmPoolInput](t, map[string]string{
		"AutoScalingGroupName":     "derived: green",
		"InstanceReusePolicy":      "copied",
		"MaxGroupPreparedCapacity": "copied",
		"MinSize":                  "copied",
		"PoolState":                "copied",
	})
}

func TestMembersOfNotifications(t *testing.T) {
	everyMember[types.NotificationConfiguration](t, map[string]string{
		"AutoScalingGroupName": "derived: green",
		"NotificationType":     "copied: those of a topic in one call",
		"TopicARN":             "copied",
	})
	everyMember[autoscaling.PutNotificationConfigurationInput](t, map[string]string{
		"AutoScalingGroupName": "derived: green",
		"NotificationTypes":    "copied",
		"TopicARN":             "copied",
	})
}

func TestMembersOfScheduledActions(t *testing.T) {
	everyMember[types.ScheduledUpdateGroupAction](t, map[string]string{
		"AutoScalingGroupName": "derived: green",
		"DesiredCapacity":      "copied",
		"EndTime":              "copied; an action that has ended is left out",
		"MaxSize":              "copied",
		"MinSize":              "copied",
		"Recurrence":           "copied",
		"ScheduledActionARN":   "left out: AWS gives it",
		"ScheduledActionName":  "copied",
		"StartTime":            "copied of one that runs once; of one that recurs only where it was set later than the recurrence says",
		"Time":                 "left out: AWS uses StartTime",
		"TimeZone":             "copied",
	})
	everyMember[autoscaling.PutScheduledUpdateGroupActionInput](t, map[string]string{
		"AutoScalingGroupName": "derived: green",
		"DesiredCapacity":      "copied",
		"EndTime":              "copied",
		"MaxSize":              "copied",
		"MinSize":              "copied",
		"Recurrence":           "copied",
		"ScheduledActionName":  "copied",
		"StartTime":            "copied or left out",
		"Time":                 "left out: AWS uses StartTime",
		"TimeZone":             "copied",
	})
}
