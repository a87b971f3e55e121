package balancer

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/deploy"
)

// Ports are those at which each instance is registered in each target group, by its ARN, and does not leave.
type Ports map[string]map[string][]int32

// Health is what each target group shows, and at which ports. An instance registered on several ports counts as its worst state.
func (b Balancers) Health(ctx context.Context, targetGroupARNs []string) (deploy.Traffic, Ports, error) {
	ports := make(Ports, len(targetGroupARNs))
	traffic := make(deploy.Traffic, len(targetGroupARNs))
	for _, arn := range targetGroupARNs {
		out, err := b.reads.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &arn})
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

// InUse is Health of those that a group can still join, and of these only where a load balancer uses them: nobody is served through the
// others, and no instance is ever healthy there. exist are those that are there.
func (b Balancers) InUse(ctx context.Context, targetGroupARNs []string) (traffic deploy.Traffic, exist []string, err error) {
	traffic = make(deploy.Traffic)
	for _, arn := range targetGroupARNs {
		one, _, err := b.Health(ctx, []string{arn})
		switch {
		case Gone(err):
			continue
		case err != nil:
			return nil, nil, err
		}
		exist = append(exist, arn)
		if !one[arn].Unused() {
			traffic[arn] = one[arn]
		}
	}
	return traffic, exist, nil
}

// Gone reports whether an error says that a target group does not exist.
func Gone(err error) bool {
	var gone *types.TargetGroupNotFoundException
	return errors.As(err, &gone)
}
