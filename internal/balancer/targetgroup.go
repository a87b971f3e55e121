package balancer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/deploy"
)

// Attributes of target groups that a person is told to change.
const (
	LeastHealthyCount   = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
	LeastHealthyPercent = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"

	delayAttribute = "deregistration_delay.timeout_seconds"
)

const (
	defaultDelay = 300 // seconds, of a target group that names none (aws-facts B)

	// ofNetwork is an attribute that only target groups of network load balancers have. Those go on sending new connections to a target
	// that has left for about networkLag, whatever its delay is (aws-facts I2).
	ofNetwork  = "deregistration_delay.connection_termination.enabled"
	networkLag = 120 * time.Second
)

// targetGroupReads is what is read of target groups.
type targetGroupReads interface {
	DescribeTargetGroups(context.Context, *elb.DescribeTargetGroupsInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupsOutput, error)
	DescribeTargetGroupAttributes(context.Context, *elb.DescribeTargetGroupAttributesInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupAttributesOutput, error)
	DescribeTargetHealth(context.Context, *elb.DescribeTargetHealthInput, ...func(*elb.Options)) (*elb.DescribeTargetHealthOutput, error)
}

var _ targetGroupReads = (*elb.Client)(nil)

// targetGroups are those of application, network and gateway load balancers.
type targetGroups struct{ reads targetGroupReads }

func (t targetGroups) health(ctx context.Context, arn string, _ []deploy.Instance) (Shown, error) {
	out, err := t.reads.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &arn})
	if err != nil {
		return Shown{}, fmt.Errorf("describing the targets of %s: %w", arn, err)
	}
	shown := Shown{Targets: make(deploy.Targets, len(out.TargetHealthDescriptions)), Ports: make(map[string][]int32)}
	for _, target := range out.TargetHealthDescriptions {
		if target.Target == nil || target.TargetHealth == nil {
			continue
		}
		id, state := aws.ToString(target.Target.Id), string(target.TargetHealth.State)
		if state != deploy.TargetDraining {
			shown.Ports[id] = append(shown.Ports[id], aws.ToInt32(target.Target.Port))
		}
		if known, listed := shown.Targets[id]; !listed || known == deploy.TargetHealthy {
			shown.Targets[id] = state
		}
	}
	return shown, nil
}

func (t targetGroups) settings(ctx context.Context, arn string) (Settings, error) {
	out, err := t.reads.DescribeTargetGroupAttributes(ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn})
	if err != nil {
		return Settings{}, fmt.Errorf("describing the attributes of %s: %w", arn, err)
	}
	s := Settings{NoDelay: "a deregistration delay of 0 s", DelayBy: delayAttribute}
	delay, slowStart := defaultDelay, 0
	for _, attribute := range out.Attributes {
		key := aws.ToString(attribute.Key)
		if key == ofNetwork {
			s.Lag = networkLag
		}
		n, err := strconv.Atoi(aws.ToString(attribute.Value))
		if err != nil { // "off"
			continue
		}
		switch key {
		case delayAttribute:
			delay = n
		case "slow_start.duration_seconds":
			slowStart = n
		case LeastHealthyPercent:
			s.LeastHealthyPercent = n
		case LeastHealthyCount:
			s.LeastHealthyCount = n
		}
	}
	s.Delay, s.SlowStart = time.Duration(delay)*time.Second, time.Duration(slowStart)*time.Second
	return s, nil
}

// describedAtOnce is how many target groups one call describes at most.
const describedAtOnce = 20

func (t targetGroups) checked(ctx context.Context, arns []string) (int, error) {
	longest := 0
	for batch := range slices.Chunk(arns, describedAtOnce) {
		out, err := t.reads.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: batch})
		if err != nil {
			return 0, fmt.Errorf("describing the target groups %v: %w", batch, err)
		}
		for _, group := range out.TargetGroups {
			longest = max(longest, int(aws.ToInt32(group.HealthyThresholdCount)*aws.ToInt32(group.HealthCheckIntervalSeconds)))
		}
	}
	return longest, nil
}

// Port is the one at which a target group registers the instances of groups.
func (b Balancers) Port(ctx context.Context, arn string) (int32, error) {
	out, err := b.targetGroups.reads.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: []string{arn}})
	if err != nil {
		return 0, fmt.Errorf("describing %s: %w", arn, err)
	}
	for _, group := range out.TargetGroups {
		return aws.ToInt32(group.Port), nil
	}
	return 0, nil
}

// targetGroupGone reports whether an error says that a target group does not exist.
func targetGroupGone(err error) bool {
	var gone *types.TargetGroupNotFoundException
	return errors.As(err, &gone)
}
