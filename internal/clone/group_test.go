package clone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
)

func named(id, version string) *types.LaunchTemplateSpecification {
	return &types.LaunchTemplateSpecification{LaunchTemplateId: &id, LaunchTemplateName: aws.String("name of " + id), Version: &version}
}

// written is a specification as a create call names it.
func written(spec *types.LaunchTemplateSpecification) string {
	if spec == nil {
		return "-"
	}
	return aws.ToString(spec.LaunchTemplateId) + aws.ToString(spec.LaunchTemplateName) + ":" + aws.ToString(spec.Version)
}

// policy has overrides of these templates; nil is one that names none.
func policy(base *types.LaunchTemplateSpecification, overrides ...*types.LaunchTemplateSpecification) *types.MixedInstancesPolicy {
	p := &types.MixedInstancesPolicy{
		LaunchTemplate:        &types.LaunchTemplate{LaunchTemplateSpecification: base},
		InstancesDistribution: &types.InstancesDistribution{OnDemandBaseCapacity: aws.Int32(1)},
	}
	for i, override := range overrides {
		p.LaunchTemplate.Overrides = append(p.LaunchTemplate.Overrides, types.LaunchTemplateOverrides{
			InstanceType: aws.String(fmt.Sprintf("t3.%d", i)), LaunchTemplateSpecification: override,
		})
	}
	return p
}

// Each override that names a template is pinned to its own; those between that name none stay so.
func TestPinnedPolicy(t *testing.T) {
	pins := &deploy.Template{ID: "lt-1", Version: "7", Overrides: []deploy.Template{{ID: "lt-2", Version: "5"}, {ID: "lt-3", Version: "1"}}}
	blue := policy(named("lt-1", "$Latest"), nil, named("lt-2", "$Latest"), nil, named("lt-3", "$Default"))
	before := policy(named("lt-1", "$Latest"), nil, named("lt-2", "$Latest"), nil, named("lt-3", "$Default"))
	green := clone.PinnedPolicy(blue, pins)
	got := []string{written(green.LaunchTemplate.LaunchTemplateSpecification)}
	for i, override := range green.LaunchTemplate.Overrides {
		got = append(got, written(override.LaunchTemplateSpecification))
		if kind := fmt.Sprintf("t3.%d", i); aws.ToString(override.InstanceType) != kind {
			t.Errorf("override %d is of type %s, not %s", i, aws.ToString(override.InstanceType), kind)
		}
	}
	if want := []string{"lt-1:7", "-", "lt-2:5", "-", "lt-3:1"}; !slices.Equal(got, want) {
		t.Errorf("pinned to %v, want %v", got, want)
	}
	if aws.ToInt32(green.InstancesDistribution.OnDemandBaseCapacity) != 1 {
		t.Error("the distribution of instances is lost")
	}
	if diff := cmp.Diff(before, blue, cmpopts.IgnoreUnexported(types.MixedInstancesPolicy{}, types.LaunchTemplate{}, types.LaunchTemplateSpecification{},
		types.LaunchTemplateOverrides{}, types.InstancesDistribution{})); diff != "" {
		t.Errorf("what describes blue has changed:\n%s", diff)
	}
	without := clone.PinnedPolicy(policy(named("lt-1", "$Latest"), named("lt-2", "3")), &deploy.Template{ID: "lt-1", Version: "7"})
	if got := written(without.LaunchTemplate.Overrides[0].LaunchTemplateSpecification); got != "lt-2name of lt-2:3" {
		t.Errorf("an override that was not pinned names %s", got)
	}
	if got := clone.Pinned(named("lt-1", "1"), nil); got != nil {
		t.Errorf("pinned to nothing: %s", written(got))
	}
	for what, p := range map[string]*types.MixedInstancesPolicy{"none": nil, "one without a template": {}} {
		if got := clone.PinnedPolicy(p, pins); got != p {
			t.Errorf("of %s: %+v", what, got)
		}
	}
}

// The templates of a group are pinned in this order, and so written back.
func TestTemplates(t *testing.T) {
	for want, group := range map[string]types.AutoScalingGroup{
		"":               {LaunchConfigurationName: aws.String("old")},
		"lt-1":           {LaunchTemplate: named("lt-1", "1")},
		"lt-1 lt-2 lt-3": {MixedInstancesPolicy: policy(named("lt-1", "1"), nil, named("lt-2", "1"), named("lt-3", "1"))},
		"lt-2":           {MixedInstancesPolicy: policy(nil, named("lt-2", "1"))},
	} {
		var got []string
		for _, spec := range fleet.Templates(group) {
			got = append(got, *spec.LaunchTemplateId)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("templates %v, want %s", got, want)
		}
	}
	if got := fleet.Templates(types.AutoScalingGroup{MixedInstancesPolicy: &types.MixedInstancesPolicy{}}); got != nil {
		t.Errorf("of a policy without a template: %v", got)
	}
}

// blue is a group with tags of all kinds.
func blue() types.AutoScalingGroup {
	tag := func(key string, propagated bool) types.TagDescription {
		return types.TagDescription{Key: &key, Value: aws.String("of blue"), PropagateAtLaunch: &propagated, ResourceId: aws.String("blue")}
	}
	return types.AutoScalingGroup{
		MinSize: aws.Int32(1), MaxSize: aws.Int32(8), DesiredCapacity: aws.Int32(4), HealthCheckType: aws.String("ELB"),
		AvailabilityZones: []string{"a"}, VPCZoneIdentifier: aws.String("subnet-1"),
		Tags: []types.TagDescription{tag("Name", true), tag("Owner", false), tag("aws:cloudformation:stack-name", true),
			tag(deploy.TagProject, true), tag(deploy.TagLineage, true), tag(deploy.TagExecution, true)},
	}
}

// A copy has blue's tags, each propagated as blue's is, and its own deployment's in place of those of the one that made blue.
func TestTagsOfACopy(t *testing.T) {
	d := deploy.Deployment{Green: "green", Project: "ec", Lineage: "web", Execution: "arn"}
	var got []string
	for _, tag := range clone.Copy(blue(), d).Tags {
		got = append(got, fmt.Sprintf("%s=%s %t %s", *tag.Key, *tag.Value, *tag.PropagateAtLaunch, *tag.ResourceId))
	}
	want := []string{"Name=of blue true green", "Owner=of blue false green",
		"bluegreen:project=ec true green", "bluegreen:lineage=web true green", "bluegreen:execution=arn true green"}
	if !slices.Equal(got, want) {
		t.Errorf("tags\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// With a load balancer a copy is pinned at its size, and its group's checks look at EC2 alone, until it has joined.
func TestSizesAndChecksOfACopy(t *testing.T) {
	for strategy, want := range map[deploy.Strategy]string{deploy.StrategyAttach: "4 4 8 EC2", deploy.StrategyNone: "1 4 8 ELB"} {
		c := clone.Copy(blue(), deploy.Deployment{Strategy: strategy})
		if got := fmt.Sprint(*c.MinSize, *c.DesiredCapacity, *c.MaxSize, " ", *c.HealthCheckType); got != want {
			t.Errorf("%s: %s, want %s", strategy, got, want)
		}
	}
}

// Subnets say the zones; a lifetime of 0 is none.
func TestWhatACopyLeavesOut(t *testing.T) {
	group := blue()
	group.MaxInstanceLifetime = aws.Int32(0)
	if c := clone.Copy(group, deploy.Deployment{}); c.AvailabilityZones != nil || c.MaxInstanceLifetime != nil {
		t.Errorf("zones %v beside subnets, lifetime %v", c.AvailabilityZones, c.MaxInstanceLifetime)
	}
	group.VPCZoneIdentifier, group.MaxInstanceLifetime = nil, aws.Int32(86400)
	if c := clone.Copy(group, deploy.Deployment{}); !slices.Equal(c.AvailabilityZones, []string{"a"}) || aws.ToInt32(c.MaxInstanceLifetime) != 86400 {
		t.Errorf("zones %v, lifetime %v", c.AvailabilityZones, aws.ToInt32(c.MaxInstanceLifetime))
	}
}
