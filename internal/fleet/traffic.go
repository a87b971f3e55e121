package fleet

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"bluegreen/internal/deploy"
)

// TargetHealth describes the targets of a target group; one answer holds them all.
type TargetHealth interface {
	DescribeTargetHealth(context.Context, *elb.DescribeTargetHealthInput, ...func(*elb.Options)) (*elb.DescribeTargetHealthOutput, error)
}

var _ TargetHealth = (*elb.Client)(nil)

// ReadTraffic returns what each target group shows. An instance registered on several ports counts as its worst state.
func ReadTraffic(ctx context.Context, targets TargetHealth, targetGroupARNs []string) (deploy.Traffic, error) {
	traffic := make(deploy.Traffic, len(targetGroupARNs))
	for _, arn := range targetGroupARNs {
		out, err := targets.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &arn})
		if err != nil {
			return nil, fmt.Errorf("describing the targets of %s: %w", arn, err)
		}
		states := make(deploy.Targets, len(out.TargetHealthDescriptions))
		for _, target := range out.TargetHealthDescriptions {
			if target.Target == nil || target.TargetHealth == nil {
				continue
			}
			id, state := aws.ToString(target.Target.Id), string(target.TargetHealth.State)
			if known, listed := states[id]; !listed || known == deploy.TargetHealthy {
				states[id] = state
			}
		}
		traffic[arn] = states
	}
	return traffic, nil
}
