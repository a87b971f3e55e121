// Package observe looks at a lineage and its deployments through the API, as anybody could, and says what has changed.
package observe

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// Observer looks at a lineage and its deployments.
type Observer struct {
	autoscaling *autoscaling.Client
	elbv2       *elbv2.Client
	elb         *elb.Client
	sfn         *sfn.Client
	lineage     string // name of the first blue
	machineARN  string
}

// New returns the observer of the lineage of a first blue, and of the executions of a machine.
func New(config aws.Config, lineage, machineARN string) Observer {
	return Observer{
		autoscaling: autoscaling.NewFromConfig(config),
		elbv2:       elbv2.NewFromConfig(config),
		elb:         elb.NewFromConfig(config),
		sfn:         sfn.NewFromConfig(config),
		lineage:     lineage,
		machineARN:  machineARN,
	}
}

// GroupView is an Auto Scaling group and what its instances do.
type GroupView struct {
	Name      string         `json:"name"`
	Min       int32          `json:"min"`
	Desired   int32          `json:"desired"`
	Max       int32          `json:"max"`
	Instances map[string]int `json:"instances"` // by lifecycle state
	Targets   map[string]int `json:"targets"`   // its instances in target groups and behind Classic Load Balancers, by health
}

// Healthy is how often its instances are healthy there.
func (g GroupView) Healthy() int { return g.Targets["healthy"] + g.Targets["InService"] }

// Starting is how often they are not yet.
func (g GroupView) Starting() int {
	return g.Targets["initial"] + g.Targets["unhealthy"] + g.Targets["OutOfService"]
}

// TargetGroupView is a target group or a Classic Load Balancer, and the health of its instances.
type TargetGroupView struct {
	Name    string         `json:"name"`
	Classic bool           `json:"classic,omitempty"` // a load balancer
	Targets map[string]int `json:"targets"`           // by health
	ByGroup map[string]int `json:"by_group"`
}

// View is what stands at one moment.
type View struct {
	Groups       []GroupView       `json:"groups"`
	TargetGroups []TargetGroupView `json:"target_groups"`
}

// Look describes the lineage's groups, and all target groups and Classic Load Balancers.
func (o Observer) Look(ctx context.Context) (View, error) {
	described, err := o.autoscaling.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{})
	if err != nil {
		return View{}, fmt.Errorf("describe Auto Scaling groups: %w", err)
	}
	var v View
	groupOf := make(map[string]int) // index in v.Groups by instance id
	for _, group := range described.AutoScalingGroups {
		if !strings.HasPrefix(*group.AutoScalingGroupName, o.lineage) {
			continue
		}
		g := GroupView{
			Name: *group.AutoScalingGroupName, Min: *group.MinSize, Desired: *group.DesiredCapacity, Max: *group.MaxSize,
			Instances: make(map[string]int), Targets: make(map[string]int),
		}
		for _, instance := range group.Instances {
			g.Instances[string(instance.LifecycleState)]++
			groupOf[*instance.InstanceId] = len(v.Groups)
		}
		v.Groups = append(v.Groups, g)
	}
	if err := o.lookAtTargets(ctx, &v, groupOf); err != nil {
		return v, err
	}
	return v, o.lookAtClassic(ctx, &v, groupOf)
}

// lookAtClassic looks at Classic Load Balancers as at target groups.
func (o Observer) lookAtClassic(ctx context.Context, v *View, groupOf map[string]int) error {
	described, err := o.elb.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{})
	if err != nil {
		return fmt.Errorf("describe Classic Load Balancers: %w", err)
	}
	for _, balancer := range described.LoadBalancerDescriptions {
		health, err := o.elb.DescribeInstanceHealth(ctx, &elb.DescribeInstanceHealthInput{LoadBalancerName: balancer.LoadBalancerName})
		if err != nil {
			return fmt.Errorf("describe the instances of %s: %w", *balancer.LoadBalancerName, err)
		}
		t := TargetGroupView{Name: *balancer.LoadBalancerName, Classic: true, Targets: make(map[string]int), ByGroup: make(map[string]int)}
		for _, instance := range health.InstanceStates {
			state := *instance.State
			if strings.Contains(aws.ToString(instance.Description), "deregistration currently in progress") {
				state = "draining"
			}
			t.add(v, groupOf, *instance.InstanceId, state)
		}
		v.TargetGroups = append(v.TargetGroups, t)
	}
	return nil
}

// add counts an instance, with its group where that is known.
func (t *TargetGroupView) add(v *View, groupOf map[string]int, id, state string) {
	t.Targets[state]++
	if at, ok := groupOf[id]; ok {
		v.Groups[at].Targets[state]++
		t.ByGroup[v.Groups[at].Name]++
	}
}

func (o Observer) lookAtTargets(ctx context.Context, v *View, groupOf map[string]int) error {
	described, err := o.elbv2.DescribeTargetGroups(ctx, &elbv2.DescribeTargetGroupsInput{})
	if err != nil {
		return fmt.Errorf("describe target groups: %w", err)
	}
	for _, group := range described.TargetGroups {
		health, err := o.elbv2.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: group.TargetGroupArn})
		if err != nil {
			return fmt.Errorf("describe target health of %s: %w", *group.TargetGroupName, err)
		}
		t := TargetGroupView{Name: *group.TargetGroupName, Targets: make(map[string]int), ByGroup: make(map[string]int)}
		for _, target := range health.TargetHealthDescriptions {
			t.add(v, groupOf, *target.Target.Id, string(target.TargetHealth.State))
		}
		v.TargetGroups = append(v.TargetGroups, t)
	}
	return nil
}

// Text is the view in one line.
func (v View) Text() string {
	groups := make([]string, len(v.Groups))
	for n, g := range v.Groups {
		groups[n] = g.Text()
	}
	return strings.Join(groups, " | ")
}

// Text is the group with its instances, and their health as targets.
func (g GroupView) Text() string {
	text := g.Name + ": " + CountsText(g.Instances, "no instances")
	if len(g.Targets) > 0 {
		text += " (" + CountsText(g.Targets, "") + ")"
	}
	return text
}

// CountsText is "2 InService, 1 Pending": the counts in the order of their names.
func CountsText(counts map[string]int, none string) string {
	if len(counts) == 0 {
		return none
	}
	parts := make([]string, 0, len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
	}
	return strings.Join(parts, ", ")
}

// Newest are the ARNs of the executions that were started last, at most ten, in the order of their start.
func (o Observer) Newest(ctx context.Context) ([]string, error) {
	list, err := o.sfn.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &o.machineARN, MaxResults: 10})
	if err != nil {
		return nil, fmt.Errorf("list executions: %w", err)
	}
	arns := make([]string, 0, len(list.Executions))
	for _, execution := range slices.Backward(list.Executions) {
		arns = append(arns, *execution.ExecutionArn)
	}
	return arns, nil
}
