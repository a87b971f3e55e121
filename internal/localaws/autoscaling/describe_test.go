package autoscaling_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/localaws/account"
	localasg "bluegreen/internal/localaws/autoscaling"
)

// For the describe lag after a write, describes show the group as it was: a new group is not there, although its name is
// taken; a deleted one still is.
func TestDescribesLagBehindWrites(t *testing.T) {
	lag := func(s *localasg.Settings) {
		s.DescribeLag = account.Constant(3 * time.Second)
		s.Delete = account.Constant(0)
	}
	run(t, lag, func(w *world) {
		name := aws.String("blue")
		look := func(at time.Duration, want string) {
			w.until(at)
			got := ""
			for _, g := range do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"blue"}}).AutoScalingGroups {
				got = fmt.Sprintf("desired %d, %d instances", *g.DesiredCapacity, len(g.Instances))
			}
			if got != want {
				t.Errorf("at %s: %q, want %q", at, got, want)
			}
		}
		w.begin()
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		refused(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1), "AlreadyExists",
			"AutoScalingGroup by this name already exists - A group with the name blue already exists")
		look(2900*time.Millisecond, "")
		look(3100*time.Millisecond, "desired 1, 1 instances")
		w.until(20 * time.Second)
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(2)})
		look(21*time.Second, "desired 1, 1 instances")
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(0)})
		look(22900*time.Millisecond, "desired 1, 1 instances")
		look(23100*time.Millisecond, "desired 2, 1 instances")
		look(24100*time.Millisecond, "desired 0, 1 instances")
		w.until(80 * time.Second)
		do(w, w.client.DeleteAutoScalingGroup, &sdk.DeleteAutoScalingGroupInput{AutoScalingGroupName: name})
		look(82*time.Second, "desired 0, 0 instances")
		look(84*time.Second, "")
	})
}

// Whatever a clone of a group would copy is stored and shown.
func TestEverySettingIsShown(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 2, 2)
		input.LaunchTemplate = nil
		input.MixedInstancesPolicy = &types.MixedInstancesPolicy{
			LaunchTemplate: &types.LaunchTemplate{
				LaunchTemplateSpecification: &types.LaunchTemplateSpecification{LaunchTemplateId: &w.template, Version: aws.String("1")},
				Overrides:                   []types.LaunchTemplateOverrides{{InstanceType: aws.String("t3.small")}, {InstanceType: aws.String("t3.medium")}}},
			InstancesDistribution: &types.InstancesDistribution{
				OnDemandAllocationStrategy: aws.String("prioritized"), OnDemandBaseCapacity: aws.Int32(1), OnDemandPercentageAboveBaseCapacity: aws.Int32(50),
				SpotAllocationStrategy: aws.String("capacity-optimized"), SpotMaxPrice: aws.String("0.1")}}
		input.DefaultCooldown, input.DefaultInstanceWarmup, input.HealthCheckGracePeriod = aws.Int32(10), aws.Int32(20), aws.Int32(30)
		input.HealthCheckType, input.Context, input.DesiredCapacityType = aws.String("ELB"), aws.String("context"), aws.String("units")
		input.NewInstancesProtectedFromScaleIn, input.CapacityRebalance = aws.Bool(true), aws.Bool(true)
		input.MaxInstanceLifetime, input.PlacementGroup = aws.Int32(86400), aws.String("spread")
		input.TerminationPolicies = []string{"OldestInstance", "Default"}
		input.ServiceLinkedRoleARN = aws.String("arn:aws:iam::000000000000:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_x")
		input.InstanceMaintenancePolicy = &types.InstanceMaintenancePolicy{MinHealthyPercentage: aws.Int32(100), MaxHealthyPercentage: aws.Int32(110)}
		input.InstanceLifecyclePolicy = &types.InstanceLifecyclePolicy{RetentionTriggers: &types.RetentionTriggers{TerminateHookAbandon: types.RetentionActionRetain}}
		input.AvailabilityZoneDistribution = &types.AvailabilityZoneDistribution{CapacityDistributionStrategy: types.CapacityDistributionStrategyBalancedOnly}
		input.DeletionProtection = types.DeletionProtectionPreventAllDeletion
		input.Tags = []types.Tag{{Key: aws.String("k"), Value: aws.String("v"), PropagateAtLaunch: aws.Bool(true)}}
		input.LifecycleHookSpecificationList = []types.LifecycleHookSpecification{{LifecycleHookName: aws.String("h"), LifecycleTransition: aws.String(terminating)}}
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(30 * time.Second)

		got := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]
		input.MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName = aws.String("app") // both are shown
		want := types.AutoScalingGroup{
			AutoScalingGroupName: input.AutoScalingGroupName, AutoScalingGroupARN: got.AutoScalingGroupARN, CreatedTime: aws.Time(w.start),
			MinSize: input.MinSize, MaxSize: input.MaxSize, DesiredCapacity: input.DesiredCapacity, DesiredCapacityType: input.DesiredCapacityType,
			MixedInstancesPolicy: input.MixedInstancesPolicy, AvailabilityZones: input.AvailabilityZones, AvailabilityZoneIds: []string{"apne1-az1", "apne1-az2"}, VPCZoneIdentifier: aws.String(""),
			DefaultCooldown: input.DefaultCooldown, DefaultInstanceWarmup: input.DefaultInstanceWarmup, HealthCheckGracePeriod: input.HealthCheckGracePeriod,
			HealthCheckType: input.HealthCheckType, Context: input.Context, NewInstancesProtectedFromScaleIn: input.NewInstancesProtectedFromScaleIn,
			CapacityRebalance: input.CapacityRebalance, MaxInstanceLifetime: input.MaxInstanceLifetime, PlacementGroup: input.PlacementGroup,
			TerminationPolicies: input.TerminationPolicies, ServiceLinkedRoleARN: input.ServiceLinkedRoleARN,
			InstanceMaintenancePolicy: input.InstanceMaintenancePolicy, InstanceLifecyclePolicy: input.InstanceLifecyclePolicy,
			AvailabilityZoneDistribution: input.AvailabilityZoneDistribution, DeletionProtection: input.DeletionProtection,
			Tags: []types.TagDescription{{Key: aws.String("k"), Value: aws.String("v"), PropagateAtLaunch: aws.Bool(true),
				ResourceId: aws.String("blue"), ResourceType: aws.String("auto-scaling-group")}},
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(types.AutoScalingGroup{}), cmpopts.IgnoreFields(types.AutoScalingGroup{}, "Instances"),
			cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(time.Second), ignoreUnexported); diff != "" {
			t.Errorf("the group differs (-want +got):\n%s", diff)
		}
		for _, i := range got.Instances {
			if *i.InstanceType != "t3.small" || !*i.ProtectedFromScaleIn {
				t.Errorf("instance %s: %s, protected %t", *i.InstanceId, *i.InstanceType, *i.ProtectedFromScaleIn)
			}
		}
		hook := do(w, w.client.DescribeLifecycleHooks, &sdk.DescribeLifecycleHooksInput{AutoScalingGroupName: aws.String("blue")}).LifecycleHooks[0]
		if *hook.DefaultResult != "ABANDON" || *hook.HeartbeatTimeout != 3600 || *hook.GlobalTimeout != 172800 {
			t.Errorf("hook: %s after %d s, at most %d s", *hook.DefaultResult, *hook.HeartbeatTimeout, *hook.GlobalTimeout)
		}
	})
}

// ignoreUnexported leaves out the SDK's marker of types that are not documents.
var ignoreUnexported = cmp.FilterPath(func(p cmp.Path) bool {
	field, ok := p.Last().(cmp.StructField)
	return ok && field.Name() == "noSmithyDocumentSerde"
}, cmp.Ignore())

func TestPagesAndFilters(t *testing.T) {
	run(t, nil, func(w *world) {
		for k := range 5 {
			input := w.group(fmt.Sprintf("g%d", k), 0, 1)
			input.Tags = []types.Tag{{Key: aws.String("parity"), Value: aws.String([]string{"even", "odd"}[k%2])}}
			do(w, w.client.CreateAutoScalingGroup, input)
		}
		names := func(in *sdk.DescribeAutoScalingGroupsInput) (all []string) {
			for {
				out := do(w, w.client.DescribeAutoScalingGroups, in)
				for _, g := range out.AutoScalingGroups {
					all = append(all, *g.AutoScalingGroupName)
				}
				if in.NextToken = out.NextToken; in.NextToken == nil {
					return all
				}
			}
		}
		if diff := cmp.Diff([]string{"g0", "g1", "g2", "g3", "g4"}, names(&sdk.DescribeAutoScalingGroupsInput{MaxRecords: aws.Int32(2)})); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
		filter := []types.Filter{{Name: aws.String("tag:parity"), Values: []string{"odd"}}}
		if diff := cmp.Diff([]string{"g1", "g3"}, names(&sdk.DescribeAutoScalingGroupsInput{Filters: filter})); diff != "" {
			t.Errorf("filtered (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"g2"}, names(&sdk.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"g2", "no"}})); diff != "" {
			t.Errorf("by name (-want +got):\n%s", diff)
		}
		refused(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{NextToken: aws.String("x")},
			"InvalidNextToken", "The token 'x' is invalid.")
	})
}
