package balancer

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// Attributes of a target group: with fewer healthy targets its load balancer fails open, and sends requests to all targets, those too
// that have not started yet (aws-facts B).
const (
	LeastHealthyCount   = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
	LeastHealthyPercent = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"
)

// Settings are how a target group treats its targets.
type Settings struct {
	ARN       string
	Delay     time.Duration // until requests of a target that leaves are cut
	SlowStart time.Duration // in which a new target's share grows; 0: it has it all at once

	attributes map[string]string
}

// Settings reads those of a target group that exists.
func (b Balancers) Settings(ctx context.Context, arn string) (Settings, error) {
	s := Settings{ARN: arn, attributes: make(map[string]string)}
	out, err := b.reads.DescribeTargetGroupAttributes(ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn})
	if err != nil {
		return s, fmt.Errorf("describing the attributes of %s: %w", arn, err)
	}
	for _, attribute := range out.Attributes {
		s.attributes[aws.ToString(attribute.Key)] = aws.ToString(attribute.Value)
	}
	s.Delay, s.SlowStart = s.seconds("deregistration_delay.timeout_seconds", 300), s.seconds("slow_start.duration_seconds", 0)
	return s, nil
}

// Number is an attribute that is a number; ok is false where it is none, such as "off".
func (s Settings) Number(key string) (n int, ok bool) {
	n, err := strconv.Atoi(s.attributes[key])
	return n, err == nil
}

// seconds is an attribute that is a length of time, or what holds without it (aws-facts B).
func (s Settings) seconds(key string, otherwise int) time.Duration {
	n, ok := s.Number(key)
	if !ok {
		n = otherwise
	}
	return time.Duration(n) * time.Second
}

// Slowest are the longest deregistration delay and the longest slow start of target groups.
func (b Balancers) Slowest(ctx context.Context, targetGroupARNs []string) (delay, slowStart time.Duration, err error) {
	for _, arn := range targetGroupARNs {
		s, err := b.Settings(ctx, arn)
		if err != nil {
			return 0, 0, err
		}
		delay, slowStart = max(delay, s.Delay), max(slowStart, s.SlowStart)
	}
	return delay, slowStart, nil
}

// describedAtOnce is how many target groups one call describes at most.
const describedAtOnce = 20

// Checked is how long the slowest health checks take to find a target healthy.
func (b Balancers) Checked(ctx context.Context, targetGroupARNs []string) (time.Duration, error) {
	var longest time.Duration
	for batch := range slices.Chunk(targetGroupARNs, describedAtOnce) {
		out, err := b.reads.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: batch})
		if err != nil {
			return 0, fmt.Errorf("describing the target groups %v: %w", batch, err)
		}
		for _, t := range out.TargetGroups {
			longest = max(longest, time.Duration(aws.ToInt32(t.HealthyThresholdCount)*aws.ToInt32(t.HealthCheckIntervalSeconds))*time.Second)
		}
	}
	return longest, nil
}

// Port is the one at which a target group registers the instances of groups.
func (b Balancers) Port(ctx context.Context, arn string) (int32, error) {
	out, err := b.reads.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: []string{arn}})
	if err != nil {
		return 0, fmt.Errorf("describing %s: %w", arn, err)
	}
	for _, group := range out.TargetGroups {
		return aws.ToInt32(group.Port), nil
	}
	return 0, nil
}
