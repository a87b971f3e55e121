package twin

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/awserror"
	"bluegreen/internal/ledger"
)

// unmake deletes balancers, their listeners with them, then the target groups: AWS deletes none that a listener uses.
func (a currentAPI) unmake(ctx context.Context, l *look, made []ledger.Made) error {
	for _, thing := range made {
		if thing.What == ledger.MadeBalancer {
			if err := a.deleteBalancer(ctx, l, thing.Name); err != nil {
				return err
			}
		}
	}
	for _, thing := range made {
		if thing.What == ledger.MadeTargetGroup {
			if err := a.deleteGroup(ctx, l, thing.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a currentAPI) deleteBalancer(ctx context.Context, l *look, name string) error {
	found, err := a.balancerNamed(ctx, name)
	if err != nil || found == nil {
		return err
	}
	mine, err := a.mine(ctx, l, aws.ToString(found.LoadBalancerArn))
	if err != nil || !mine {
		return err
	}
	attributes, err := a.reads.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: found.LoadBalancerArn})
	if err != nil {
		return fmt.Errorf("describing the attributes of load balancer %s: %w", name, err)
	}
	for _, at := range attributes.Attributes {
		if aws.ToString(at.Key) == protection && aws.ToString(at.Value) == "true" {
			if err := a.setAttributes(ctx, l, found.LoadBalancerArn, map[string]string{protection: "false"}); err != nil {
				return fmt.Errorf("lifting the protection of load balancer %s: %w", name, err)
			}
		}
	}
	_, err = write(ctx, l, a.writes, currentWrites.DeleteLoadBalancer, &elb.DeleteLoadBalancerInput{LoadBalancerArn: found.LoadBalancerArn})
	var used *types.ResourceInUseException
	var refused *types.OperationNotPermittedException
	switch {
	case errors.As(err, &used), errors.As(err, &refused): // something of AWS's, or of people's, holds it for now
		return later(fmt.Sprintf("load balancer %s is not deleted yet: %s", name, awserror.Text(err)))
	case err != nil:
		return unlessGone(err, fmt.Sprintf("deleting load balancer %s", name), func() (bool, error) {
			left, err := a.balancerNamed(ctx, name)
			return left == nil, err
		})
	}
	return nil
}

// mine reports whether a deployment of the lineage has made a thing. What has gone meanwhile nobody has made.
func (a currentAPI) mine(ctx context.Context, l *look, arn string) (bool, error) {
	tags, err := a.tagsOf(ctx, []string{arn})
	var noBalancer *types.LoadBalancerNotFoundException
	var noGroup *types.TargetGroupNotFoundException
	if errors.As(err, &noBalancer) || errors.As(err, &noGroup) {
		return false, nil
	}
	return l.lineages(tags[arn]), err
}

func (a currentAPI) deleteGroup(ctx context.Context, l *look, name string) error {
	found, err := a.groupNamed(ctx, name)
	if err != nil || found == nil {
		return err
	}
	mine, err := a.mine(ctx, l, aws.ToString(found.TargetGroupArn))
	if err != nil || !mine {
		return err
	}
	_, err = write(ctx, l, a.writes, currentWrites.DeleteTargetGroup, &elb.DeleteTargetGroupInput{TargetGroupArn: found.TargetGroupArn})
	var used *types.ResourceInUseException
	switch {
	case errors.As(err, &used):
		return later(fmt.Sprintf("target group %s is still used by a load balancer that is being deleted", name))
	case err != nil:
		return unlessGone(err, fmt.Sprintf("deleting target group %s", name), func() (bool, error) {
			left, err := a.groupNamed(ctx, name)
			return left == nil, err
		})
	}
	return nil
}
