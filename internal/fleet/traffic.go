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
	traffic, _, err := ReadTargets(ctx, targets, targetGroupARNs)
	return traffic, err
}

// Ports are those at which each instance is registered in each target group, by its ARN, and does not leave.
type Ports map[string]map[string][]int32

// ReadTargets is ReadTraffic, with the ports.
func ReadTargets(ctx context.Context, targets TargetHealth, targetGroupARNs []string) (deploy.Traffic, Ports, error) {
	ports := make(Ports, len(targetGroupARNs))
	traffic := make(deploy.Traffic, len(targetGroupARNs))
	for _, arn := range targetGroupARNs {
		out, err := targets.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &arn})
		if err != nil {
			return nil, nil, fmt.Errorf("describing the targets of %s: %w", arn, err)
		}
		ports[arn] = make(map[string][]int32)
		states := make(deploy.Targets, len(out.TargetHealthDescriptions))
		for _, target := range out.TargetHealthDescriptions {
			if target.Target == nil || target.TargetHealth == nil {
				continue
			}
			id, state := aws.ToString(target.Target.Id), string(target.TargetHealth.State)
			if state != deploy.TargetDraining {
				ports[arn][id] = append(ports[arn][id], aws.ToInt32(target.Target.Port))
			}
			if known, listed := states[id]; !listed || known == deploy.TargetHealthy {
				states[id] = state
			}
		}
		traffic[arn] = states
	}
	return traffic, ports, nil
}
