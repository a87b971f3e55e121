package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// observer looks at a lineage and its deployments through the API, as anybody could.
type observer struct {
	autoscaling *autoscaling.Client
	elbv2       *elbv2.Client
	sfn         *sfn.Client
	lineage     string // name of the first blue
	machineARN  string
}

func newObserver(config aws.Config, lineage, machineARN string) observer {
	return observer{
		autoscaling: autoscaling.NewFromConfig(config),
		elbv2:       elbv2.NewFromConfig(config),
		sfn:         sfn.NewFromConfig(config),
		lineage:     lineage,
		machineARN:  machineARN,
	}
}

// groupView is an Auto Scaling group and what its instances do.
type groupView struct {
	Name      string         `json:"name"`
	Min       int32          `json:"min"`
	Desired   int32          `json:"desired"`
	Max       int32          `json:"max"`
	Instances map[string]int `json:"instances"` // by lifecycle state
	Targets   map[string]int `json:"targets"`   // its instances in target groups, by target health
}

// targetGroupView is a target group and the health of its targets.
type targetGroupView struct {
	Name    string         `json:"name"`
	Targets map[string]int `json:"targets"` // by health
	ByGroup map[string]int `json:"by_group"`
}

// view is what stands at one moment.
type view struct {
	Groups       []groupView       `json:"groups"`
	TargetGroups []targetGroupView `json:"target_groups"`
}

// look describes the lineage's groups and all target groups.
func (o observer) look(ctx context.Context) (view, error) {
	described, err := o.autoscaling.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{})
	if err != nil {
		return view{}, fmt.Errorf("describe Auto Scaling groups: %w", err)
	}
	var v view
	groupOf := make(map[string]int) // index in v.Groups by instance id
	for _, group := range described.AutoScalingGroups {
		if !strings.HasPrefix(*group.AutoScalingGroupName, o.lineage) {
			continue
		}
		g := groupView{
			Name: *group.AutoScalingGroupName, Min: *group.MinSize, Desired: *group.DesiredCapacity, Max: *group.MaxSize,
			Instances: make(map[string]int), Targets: make(map[string]int),
		}
		for _, instance := range group.Instances {
			g.Instances[string(instance.LifecycleState)]++
			groupOf[*instance.InstanceId] = len(v.Groups)
		}
		v.Groups = append(v.Groups, g)
	}
	return v, o.lookAtTargets(ctx, &v, groupOf)
}

func (o observer) lookAtTargets(ctx context.Context, v *view, groupOf map[string]int) error {
	described, err := o.elbv2.DescribeTargetGroups(ctx, &elbv2.DescribeTargetGroupsInput{})
	if err != nil {
		return fmt.Errorf("describe target groups: %w", err)
	}
	for _, group := range described.TargetGroups {
		health, err := o.elbv2.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: group.TargetGroupArn})
		if err != nil {
			return fmt.Errorf("describe target health of %s: %w", *group.TargetGroupName, err)
		}
		t := targetGroupView{Name: *group.TargetGroupName, Targets: make(map[string]int), ByGroup: make(map[string]int)}
		for _, target := range health.TargetHealthDescriptions {
			state := string(target.TargetHealth.State)
			t.Targets[state]++
			if at, ok := groupOf[*target.Target.Id]; ok {
				v.Groups[at].Targets[state]++
				t.ByGroup[v.Groups[at].Name]++
			}
		}
		v.TargetGroups = append(v.TargetGroups, t)
	}
	return nil
}

// text is the view in one line: each group with its instances and their health as targets.
func (v view) text() string {
	groups := make([]string, len(v.Groups))
	for n, g := range v.Groups {
		groups[n] = g.Name + ": " + countsText(g.Instances, "no instances")
		if len(g.Targets) > 0 {
			groups[n] += " (" + countsText(g.Targets, "") + ")"
		}
	}
	return strings.Join(groups, " | ")
}

// countsText is "2 InService, 1 Pending": the counts in the order of their names.
func countsText(counts map[string]int, none string) string {
	if len(counts) == 0 {
		return none
	}
	parts := make([]string, 0, len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
	}
	return strings.Join(parts, ", ")
}

// executionView is an execution and where it is.
type executionView struct {
	Status       sfntypes.ExecutionStatus
	Stage        string // the Task state entered last: what it works at or waits for
	Error, Cause string
}

// execution describes an execution.
func (o observer) execution(ctx context.Context, arn string) (executionView, error) {
	described, err := o.sfn.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil {
		return executionView{}, fmt.Errorf("describe the execution: %w", err)
	}
	newest, err := o.sfn.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, ReverseOrder: true, MaxResults: 100})
	if err != nil {
		return executionView{}, fmt.Errorf("get the execution's history: %w", err)
	}
	e := executionView{Status: described.Status, Error: aws.ToString(described.Error), Cause: aws.ToString(described.Cause)}
	for _, event := range newest.Events {
		if event.Type == sfntypes.HistoryEventTypeTaskStateEntered {
			e.Stage = aws.ToString(event.StateEnteredEventDetails.Name)
			break
		}
	}
	return e, nil
}

// newest are the ARNs of the executions that were started last, at most ten, in the order of their start.
func (o observer) newest(ctx context.Context) ([]string, error) {
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
