package survey

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// TargetGroup is how a target group of blue treats its targets.
type TargetGroup struct {
	ARN       string
	Delay     time.Duration // until requests of a target that leaves are cut
	SlowStart time.Duration // in which a new target's share grows; 0: it has it all at once

	attributes map[string]string
}

// targetGroup reads a target group that exists.
func (h Surveyor) targetGroup(ctx context.Context, arn string) (TargetGroup, error) {
	t := TargetGroup{ARN: arn, attributes: make(map[string]string)}
	out, err := h.targets.DescribeTargetGroupAttributes(ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn})
	if err != nil {
		return t, fmt.Errorf("describing the attributes of %s: %w", arn, err)
	}
	for _, attribute := range out.Attributes {
		t.attributes[aws.ToString(attribute.Key)] = aws.ToString(attribute.Value)
	}
	t.Delay, t.SlowStart = t.seconds("deregistration_delay.timeout_seconds", 300), t.seconds("slow_start.duration_seconds", 0)
	return t, nil
}

// seconds is an attribute that is a length of time, or what holds without it (aws-facts B).
func (t TargetGroup) seconds(key string, otherwise int) time.Duration {
	n, err := strconv.Atoi(t.attributes[key])
	if err != nil {
		n = otherwise
	}
	return time.Duration(n) * time.Second
}
