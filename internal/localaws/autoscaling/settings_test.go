package autoscaling_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	localasg "bluegreen/internal/localaws/autoscaling"
)

func TestRefusedSettings(t *testing.T) {
	reserved := func(preference types.CapacityReservationPreference, ids ...string) *types.CapacityReservationSpecification {
		return &types.CapacityReservationSpecification{CapacityReservationPreference: preference,
			CapacityReservationTarget: &types.CapacityReservationTarget{CapacityReservationIds: ids}}
	}
	tests := []struct {
		change  func(*sdk.CreateAutoScalingGroupInput)
		message string
	}{
		{func(in *sdk.CreateAutoScalingGroupInput) { in.AvailabilityZoneIds = []string{"apne1-az1"} },
			"You cannot specify both AvailabilityZones and AvailabilityZoneIds in the same request."},
		{func(in *sdk.CreateAutoScalingGroupInput) { in.LaunchTemplate.LaunchTemplateName = aws.String("app") },
			"Valid requests must contain either launchTemplateId or LaunchTemplateName"},
		{func(in *sdk.CreateAutoScalingGroupInput) {
			in.CapacityReservationSpecification = reserved("none", "cr-1")
		},
			"CapacityReservationTarget is not supported with the capacity reservation preference none"},
		{func(in *sdk.CreateAutoScalingGroupInput) {
			in.CapacityReservationSpecification = reserved("capacity-reservations-only", "id")
		},
			"Invalid Capacity Reservation ID: id"},
		{func(in *sdk.CreateAutoScalingGroupInput) { in.MaxInstanceLifetime = aws.Int32(31536001) },
			"Valid values for MaxInstanceLifetime are 0 or between 86400 and 31536000 seconds"},
	}
	run(t, nil, func(w *world) {
		for _, test := range tests {
			input := w.group("blue", 0, 1)
			test.change(input)
			refused(w, w.client.CreateAutoScalingGroup, input, "ValidationError", test.message)
		}
	})
}

// A version that nobody named is not shown; the group launches from the default one all the same.
func TestTemplateWithoutVersion(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 1, 1)
		input.LaunchTemplate.Version = nil
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(5 * time.Minute)
		blue := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]
		if shown := blue.LaunchTemplate; shown.Version != nil || aws.ToString(shown.LaunchTemplateName) == "" {
			w.Errorf("the group shows version %q of %q, want no version", aws.ToString(shown.Version), aws.ToString(shown.LaunchTemplateName))
		}
		if len(blue.Instances) != 1 || aws.ToString(blue.Instances[0].LaunchTemplate.Version) != "1" {
			w.Errorf("its instances: %+v", blue.Instances)
		}
		both := &types.DesiredConfiguration{LaunchTemplate: &types.LaunchTemplateSpecification{
			LaunchTemplateId: blue.LaunchTemplate.LaunchTemplateId, LaunchTemplateName: blue.LaunchTemplate.LaunchTemplateName}}
		refused(w, w.client.StartInstanceRefresh, &sdk.StartInstanceRefreshInput{AutoScalingGroupName: aws.String("blue"), DesiredConfiguration: both},
			"ValidationError", "Valid requests must contain either launchTemplateId or LaunchTemplateName")
	})
}

// What AWS answers of a group that it does not know differs from call to call.
func TestUnknownGroups(t *testing.T) {
	run(t, nil, func(w *world) {
		unknown := aws.String("nobody")
		refused(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: unknown, MinSize: aws.Int32(0)},
			"ValidationError", "AutoScalingGroup name not found - null")
		refused(w, w.client.PutScheduledUpdateGroupAction, &sdk.PutScheduledUpdateGroupActionInput{AutoScalingGroupName: unknown,
			ScheduledActionName: aws.String("night"), Recurrence: aws.String("0 1 * * *"), MinSize: aws.Int32(0)},
			"ValidationError", "AutoScalingGroup name not found - null")
		refused(w, w.client.DeleteAutoScalingGroup, &sdk.DeleteAutoScalingGroupInput{AutoScalingGroupName: unknown},
			"ValidationError", "AutoScalingGroup name not found - AutoScalingGroup 'nobody' not found")
	})
}

// Settings without an effect in the model are kept and shown as they were given.
func TestShownSettings(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 0, 2)
		input.HealthCheckType = aws.String("EBS,ELB,VPC_LATTICE")
		input.CapacityReservationSpecification = &types.CapacityReservationSpecification{CapacityReservationPreference: "capacity-reservations-first",
			CapacityReservationTarget: &types.CapacityReservationTarget{CapacityReservationIds: []string{"cr-0123456789abcdef0"}}}
		input.AvailabilityZoneImpairmentPolicy = &types.AvailabilityZoneImpairmentPolicy{ZonalShiftEnabled: aws.Bool(true), ImpairedZoneHealthCheckBehavior: "IgnoreUnhealthy"}
		input.Context, input.PlacementGroup, input.CapacityRebalance = aws.String("context"), aws.String("near"), aws.Bool(true)
		do(w, w.client.CreateAutoScalingGroup, input)
		g := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]
		if *g.HealthCheckType != "EBS,ELB,VPC_LATTICE" || g.CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationIds[0] != "cr-0123456789abcdef0" ||
			!*g.AvailabilityZoneImpairmentPolicy.ZonalShiftEnabled || *g.Context != "context" || *g.PlacementGroup != "near" || !*g.CapacityRebalance {
			t.Errorf("shown: %+v", g)
		}
		if got := strings.Join(g.AvailabilityZoneIds, " "); got != "apne1-az1 apne1-az2" {
			t.Errorf("zone ids: %s", got)
		}
	})
}

// Zonal shift needs a word where zones get traffic apart: at creation, at an update, and at an attachment.
func TestZonalShift(t *testing.T) {
	run(t, nil, func(w *world) {
		arn := w.targetGroup("tg")
		if _, err := w.elb.ModifyTargetGroupAttributes(t.Context(), &elasticloadbalancingv2.ModifyTargetGroupAttributesInput{TargetGroupArn: &arn,
			Attributes: []elbtypes.TargetGroupAttribute{{Key: aws.String("load_balancing.cross_zone.enabled"), Value: aws.String("false")}}}); err != nil {
			t.Fatal(err)
		}
		message := "Zonal shift with the target group " + arn + ", which has cross-zone load balancing disabled, can leave the zones uneven. Set SkipZonalShiftValidation to go on"
		shift := &types.AvailabilityZoneImpairmentPolicy{ZonalShiftEnabled: aws.Bool(true)}
		create := w.group("blue", 0, 1)
		create.TargetGroupARNs, create.AvailabilityZoneImpairmentPolicy = []string{arn}, shift
		refused(w, w.client.CreateAutoScalingGroup, create, "ValidationError", message)
		create.AvailabilityZoneImpairmentPolicy = nil
		do(w, w.client.CreateAutoScalingGroup, create)
		update := &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String("blue"), AvailabilityZoneImpairmentPolicy: shift}
		refused(w, w.client.UpdateAutoScalingGroup, update, "ValidationError", message)
		update.SkipZonalShiftValidation = aws.Bool(true)
		do(w, w.client.UpdateAutoScalingGroup, update)
		create = w.group("green", 0, 1)
		create.AvailabilityZoneImpairmentPolicy = shift
		do(w, w.client.CreateAutoScalingGroup, create)
		attach := &sdk.AttachTrafficSourcesInput{AutoScalingGroupName: aws.String("green"), TrafficSources: []types.TrafficSourceIdentifier{{Identifier: &arn}}}
		refused(w, w.client.AttachTrafficSources, attach, "ValidationError", message)
		attach.SkipZonalShiftValidation = aws.Bool(true)
		do(w, w.client.AttachTrafficSources, attach)
	})
}

// A group has 50 tags of its owner's at most; AWS's own come on top and cannot be set.
func TestTagLimit(t *testing.T) {
	run(t, nil, func(w *world) {
		tag := func(key string) types.Tag {
			return types.Tag{Key: &key, ResourceId: aws.String("blue"), ResourceType: aws.String("auto-scaling-group")}
		}
		create := w.group("blue", 0, 1)
		for k := range 50 {
			create.Tags = append(create.Tags, tag(fmt.Sprint(k)))
		}
		do(w, w.client.CreateAutoScalingGroup, create)
		w.locked(func() { w.groups.TagByAWS("blue", "aws:cloudformation:stack-name", "stack") })
		do(w, w.client.CreateOrUpdateTags, &sdk.CreateOrUpdateTagsInput{Tags: []types.Tag{tag("7")}})
		refused(w, w.client.CreateOrUpdateTags, &sdk.CreateOrUpdateTagsInput{Tags: []types.Tag{tag("50")}},
			"LimitExceeded", "Only 50 tags are allowed per AutoScalingGroup")
		long := strings.Repeat("k", 129)
		refused(w, w.client.CreateOrUpdateTags, &sdk.CreateOrUpdateTagsInput{Tags: []types.Tag{tag("7"), tag(long)}}, "ValidationError",
			"1 validation error detected: Value '"+long+"' at 'tags.2.member.key' failed to satisfy constraint: Member must have length less than or equal to 128")
		if tags := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0].Tags; len(tags) != 51 || *tags[50].Key != "aws:cloudformation:stack-name" {
			t.Errorf("%d tags, the last is %s", len(tags), *tags[len(tags)-1].Key)
		}
	})
}

func TestHookLimit(t *testing.T) {
	run(t, nil, func(w *world) {
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		put := func(k int) *sdk.PutLifecycleHookInput {
			return &sdk.PutLifecycleHookInput{AutoScalingGroupName: aws.String("blue"), LifecycleHookName: aws.String(fmt.Sprint(k)), LifecycleTransition: aws.String(launching)}
		}
		for k := range 50 {
			do(w, w.client.PutLifecycleHook, put(k))
		}
		refused(w, w.client.PutLifecycleHook, put(50), "LimitExceeded", "Only 50 lifecycle hooks are allowed per AutoScalingGroup")
	})
}

// Launch configurations show every member, and launch Spot Instances with a price; new accounts have none.
func TestLaunchConfigurations(t *testing.T) {
	run(t, nil, func(w *world) {
		input := &sdk.CreateLaunchConfigurationInput{LaunchConfigurationName: aws.String("lc"), ImageId: &w.image, InstanceType: aws.String("t3.micro"),
			SpotPrice: aws.String("0.05"), PlacementTenancy: aws.String("default"), ClassicLinkVPCId: aws.String("vpc-1"), ClassicLinkVPCSecurityGroups: []string{"sg-1"},
			BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: aws.String("/dev/sdb"), NoDevice: aws.Bool(true)}}}
		do(w, w.client.CreateLaunchConfiguration, input)
		lc := do(w, w.client.DescribeLaunchConfigurations, &sdk.DescribeLaunchConfigurationsInput{}).LaunchConfigurations[0]
		if *lc.SpotPrice != "0.05" || *lc.ClassicLinkVPCId != "vpc-1" || len(lc.ClassicLinkVPCSecurityGroups) != 1 || lc.SecurityGroups == nil ||
			!*lc.BlockDeviceMappings[0].NoDevice || !*lc.InstanceMonitoring.Enabled || *lc.UserData != "" || *lc.PlacementTenancy != "default" {
			t.Errorf("shown: %+v", lc)
		}
		group := w.group("blue", 1, 1)
		group.LaunchTemplate, group.LaunchConfigurationName = nil, input.LaunchConfigurationName
		do(w, w.client.CreateAutoScalingGroup, group)
		w.until(time.Minute)
		w.locked(func() {
			view, _ := w.groups.View("blue")
			if i, ok := w.compute.Instance(view.Instances[0].ID); !ok || !i.Spot {
				t.Errorf("instance: %+v", i)
			}
		})
		launched, err := w.ec2.DescribeInstances(context.Background(), &ec2.DescribeInstancesInput{InstanceIds: w.instances("blue")})
		if err != nil || launched.Reservations[0].Instances[0].Monitoring.State != ec2types.MonitoringStateEnabled { // the default
			t.Errorf("an instance that is to be monitored is %+v, %v", launched, err)
		}
		input.LaunchConfigurationName, input.SpotPrice = aws.String("bad"), aws.String("cheap")
		refused(w, w.client.CreateLaunchConfiguration, input, "ValidationError", "Invalid Spot price: cheap")
	})
	run(t, func(s *localasg.Settings) { s.NewAccount = true }, func(w *world) {
		refused(w, w.client.CreateLaunchConfiguration, &sdk.CreateLaunchConfigurationInput{LaunchConfigurationName: aws.String("lc"), ImageId: &w.image, InstanceType: aws.String("t3.micro")},
			"UnsupportedOperation", "The Launch Configuration creation operation is not available in your account. Use launch templates to create configuration templates for your Auto Scaling groups.")
	})
}
