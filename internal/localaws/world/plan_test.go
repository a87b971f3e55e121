package world_test

import (
	"cmp"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/world"
)

// TestSeedFleetsOfEveryShape seeds fleets that differ from the default one in each way that a plan knows.
func TestSeedFleetsOfEveryShape(t *testing.T) {
	shapes := map[string]func(*world.Plan){
		"three target groups of a Network Load Balancer": func(p *world.Plan) { p.Network, p.TargetGroups = true, 3 },
		"a launch configuration in one zone":             func(p *world.Plan) { p.Source, p.Zones = world.FromConfiguration, 1 },
		"a mixed instances policy with $Default":         func(p *world.Plan) { p.Source, p.TemplateVersion = world.FromPolicy, "$Default" },
		"slow checks, EC2 health, tags": func(p *world.Plan) {
			p.Check = world.Check{Interval: 30 * time.Second, Timeout: 20 * time.Second, Healthy: 5, Unhealthy: 3}
			p.HealthCheckType, p.Grace, p.Tags = "EC2", 2*time.Minute, map[string]string{"Owner": "us"}
		},
		"hooks of both kinds": func(p *world.Plan) {
			p.Hooks = []world.Hook{{Name: "boot", Launching: true, Heartbeat: 30 * time.Second}, {Name: "drain", Heartbeat: time.Minute, Default: "ABANDON"}}
		},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			plan := world.DefaultPlan()
			shape(&plan)
			inAccount(t, func(v *clock.Virtual, config aws.Config) {
				w, err := world.Seeder{Config: config, Clock: v}.Seed(t.Context(), plan)
				if err != nil {
					t.Error(err)
					return
				}
				client := autoscaling.NewFromConfig(config)
				found, err := client.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{w.GroupName}})
				if err != nil || len(found.AutoScalingGroups) != 1 {
					t.Errorf("groups %v, %v", found, err)
					return
				}
				group := found.AutoScalingGroups[0]
				if len(group.Instances) != int(plan.Desired) || len(group.TargetGroupARNs) != max(plan.TargetGroups, 1) || len(w.ListenerARNs) != len(w.TargetGroupARNs) {
					t.Errorf("%d instances, target groups %v, listeners %v", len(group.Instances), group.TargetGroupARNs, w.ListenerARNs)
				}
				if fromTemplate, fromPolicy := group.LaunchTemplate != nil, group.MixedInstancesPolicy != nil; fromPolicy != (plan.Source == world.FromPolicy) ||
					(group.LaunchConfigurationName != nil) != (plan.Source == world.FromConfiguration) || fromTemplate != (plan.Source == "") {
					t.Errorf("source %q gave template %v, configuration %v, policy %v", plan.Source, fromTemplate, group.LaunchConfigurationName, fromPolicy)
				}
				if plan.Zones == 1 && len(group.AvailabilityZones) != 1 {
					t.Errorf("zones %v", group.AvailabilityZones)
				}
				hooks, err := client.DescribeLifecycleHooks(t.Context(), &autoscaling.DescribeLifecycleHooksInput{AutoScalingGroupName: &w.GroupName})
				if err != nil || len(hooks.LifecycleHooks) != len(plan.Hooks) {
					t.Errorf("hooks %v, %v", hooks, err)
				}
				for n, hook := range hooks.LifecycleHooks {
					if want := cmp.Or(plan.Hooks[n].Default, "CONTINUE"); *hook.DefaultResult != want {
						t.Errorf("%s defaults to %s, want %s", *hook.LifecycleHookName, *hook.DefaultResult, want)
					}
				}
			})
		})
	}
}
