package clone_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/filled"
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

const (
	copied = "copied"
	own    = "what AWS tells of it, and nobody sets"
)

// described is what a copy makes of each member that AWS shows of a group.
var described = map[string]string{
	"AutoScalingGroupARN":              own,
	"AutoScalingGroupName":             "derived: green's, by the lineage's rule",
	"AvailabilityZoneDistribution":     copied,
	"AvailabilityZoneIds":              "left out: the zones say the same, and AWS refuses both in one request",
	"AvailabilityZoneImpairmentPolicy": copied,
	"AvailabilityZones":                "derived: where there are no subnets, which say the zones",
	"CapacityRebalance":                copied,
	"CapacityReservationSpecification": copied,
	"Context":                          copied,
	"CreatedTime":                      own,
	"DefaultCooldown":                  copied,
	"DefaultInstanceWarmup":            copied,
	"DeletionProtection":               copied,
	"DesiredCapacity":                  copied,
	"DesiredCapacityType":              copied,
	"EnabledMetrics":                   "a piece of its own: metrics",
	"HealthCheckGracePeriod":           copied,
	"HealthCheckType":                  "derived: EC2 until green is healthy in its target groups, blue's from then on",
	"InstanceLifecyclePolicy":          copied,
	"InstanceMaintenancePolicy":        copied,
	"Instances":                        own,
	"LaunchConfigurationName":          copied,
	"LaunchTemplate":                   "derived: with its version as a number",
	"LoadBalancerNames":                "left out: SwitchTraffic joins what blue serves",
	"MaxInstanceLifetime":              "derived: 0 is none, which a request must not say",
	"MaxSize":                          copied,
	"MinSize":                          "derived: the desired capacity while traffic moves, blue's at the commit",
	"MixedInstancesPolicy":             "derived: with the versions as numbers, without the defaults that AWS refuses",
	"NewInstancesProtectedFromScaleIn": copied,
	"Operator":                         "left out: a group that a service manages is Rejected, since it refuses changes by others",
	"PlacementGroup":                   copied,
	"PredictedCapacity":                own,
	"ServiceLinkedRoleARN":             copied,
	"Status":                           own,
	"SuspendedProcesses":               "a piece of its own: processes",
	"Tags":                             "a piece of its own: tags",
	"TargetGroupARNs":                  "left out: SwitchTraffic joins what blue serves",
	"TerminationPolicies":              copied,
	"TrafficSources":                   "left out: SwitchTraffic joins what blue serves",
	"VPCZoneIdentifier":                copied,
	"WarmPoolConfiguration":            "a piece of its own: warm pool",
	"WarmPoolSize":                     own,
}

// requested are the members of the call that makes a group which AWS shows of none, or which are shown in another way.
var requested = map[string]string{
	"InstanceId":                     "left out: it makes a launch configuration of an instance, and green launches what blue does",
	"LifecycleHookSpecificationList": "left out: hooks of one call share a topic and a role; they are a piece of their own",
	"SkipZonalShiftValidation":       "left out: AWS validates the target groups of zonal shift, and green is made with none",
}

// Each member that AWS shows of a group, or takes for one, is known to the copy.
func TestMembersOfAGroup(t *testing.T) {
	everyMember[types.AutoScalingGroup](t, described)
	input := make(map[string]string)
	for i := range reflect.TypeFor[autoscaling.CreateAutoScalingGroupInput]().NumField() {
		name := reflect.TypeFor[autoscaling.CreateAutoScalingGroupInput]().Field(i).Name
		input[name] = described[name]
	}
	maps.Copy(input, requested)
	delete(input, "noSmithyDocumentSerde")
	everyMember[autoscaling.CreateAutoScalingGroupInput](t, input)
}

// What is copied is what it was, each member of it: with a group that has all of them.
func TestEveryMemberIsCopied(t *testing.T) {
	blue := filled.Value[types.AutoScalingGroup]()
	made := reflect.ValueOf(*clone.Copy(blue, deploy.Deployment{Strategy: deploy.StrategyNone}))
	is := reflect.ValueOf(blue)
	for name, row := range described {
		if row != copied {
			continue
		}
		if got := made.FieldByName(name); !got.IsValid() || got.IsZero() || !reflect.DeepEqual(got.Interface(), is.FieldByName(name).Interface()) {
			t.Errorf("%s: a copy has %v, and blue %v", name, got, is.FieldByName(name))
		}
	}
}

// A mixed instances policy is copied whole, but for what TestPinnedPolicy and TestDefaultsThatAWSRefuses say.
func TestEveryMemberOfAPolicyIsCopied(t *testing.T) {
	blue, want := filled.Value[types.MixedInstancesPolicy](), filled.Value[types.MixedInstancesPolicy]()
	pins := []deploy.Template{{ID: "lt-1", Version: "1"}, {ID: "lt-2", Version: "2"}, {ID: "lt-3", Version: "3"}}
	pins[0].Overrides = pins[1:]
	want.LaunchTemplate.LaunchTemplateSpecification = clone.Pinned(want.LaunchTemplate.LaunchTemplateSpecification, &pins[0])
	for i := range want.LaunchTemplate.Overrides {
		override := &want.LaunchTemplate.Overrides[i]
		override.LaunchTemplateSpecification = clone.Pinned(override.LaunchTemplateSpecification, &pins[i+1])
	}
	want.InstancesDistribution.SpotInstancePools = nil // of a strategy that has none
	got := clone.PinnedPolicy(&blue, &pins[0])
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("a copy has %+v of %+v", *got, want)
	}
}

func TestMembersOfWhatHangsOnAGroup(t *testing.T) {
	everyMember[types.TagDescription](t, map[string]string{
		"Key": copied, "Value": copied, "PropagateAtLaunch": copied, "ResourceId": "derived: green", "ResourceType": "derived: a group",
	})
	everyMember[types.LifecycleHook](t, map[string]string{
		"AutoScalingGroupName": "derived: green", "DefaultResult": copied, "GlobalTimeout": own + ": it follows from the heartbeat's",
		"HeartbeatTimeout": copied, "LifecycleHookName": copied, "LifecycleTransition": copied, "NotificationMetadata": copied,
		"NotificationTargetARN": copied, "RoleARN": copied,
	})
	everyMember[autoscaling.PutLifecycleHookInput](t, map[string]string{
		"AutoScalingGroupName": "derived: green", "DefaultResult": copied, "HeartbeatTimeout": copied, "LifecycleHookName": copied,
		"LifecycleTransition": copied, "NotificationMetadata": copied, "NotificationTargetARN": copied, "RoleARN": copied,
	})
	everyMember[types.EnabledMetric](t, map[string]string{"Granularity": copied, "Metric": copied})
	everyMember[types.SuspendedProcess](t, map[string]string{"ProcessName": copied, "SuspensionReason": own + ": who suspends it is the reason"})
}
