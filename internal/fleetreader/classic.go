package fleetreader

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classictypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/localaws/world"
)

// classicBalancers reads the Classic Load Balancers: in the model all have the check and the draining of the first.
func (r reader) classicBalancers(ctx context.Context, s *Survey, names []string) error {
	if s.Plan.Classics = len(names); len(names) == 0 {
		return nil
	}
	out, err := r.classic.DescribeLoadBalancers(ctx, &classic.DescribeLoadBalancersInput{LoadBalancerNames: names})
	if err != nil {
		return fmt.Errorf("describe the load balancers of %s: %w", s.Group, err)
	}
	for n, balancer := range out.LoadBalancerDescriptions {
		name := aws.ToString(balancer.LoadBalancerName)
		check := classicCheck(balancer.HealthCheck)
		draining, err := r.draining(ctx, s, name)
		if err != nil {
			return err
		}
		switch {
		case n == 0:
			s.Plan.Check, s.Plan.DeregistrationDelay = check, draining
		case check != s.Plan.Check || draining != s.Plan.DeregistrationDelay:
			s.leaveOut("that load balancer %s checks or drains otherwise than the first", name)
		}
		if policies := balancer.Policies; policies != nil && len(policies.AppCookieStickinessPolicies)+len(policies.LBCookieStickinessPolicies) > 0 {
			s.leaveOut("the stickiness of load balancer %s", name)
		}
	}
	return nil
}

func classicCheck(check *classictypes.HealthCheck) world.Check {
	if check == nil {
		return world.Check{}
	}
	return world.Check{
		Interval: time.Duration(aws.ToInt32(check.Interval)) * time.Second, Timeout: time.Duration(aws.ToInt32(check.Timeout)) * time.Second,
		Healthy: aws.ToInt32(check.HealthyThreshold), Unhealthy: aws.ToInt32(check.UnhealthyThreshold),
	}
}

// draining is for how long a load balancer lets requests end; 0: it does not drain.
func (r reader) draining(ctx context.Context, s *Survey, name string) (time.Duration, error) {
	out, err := r.classic.DescribeLoadBalancerAttributes(ctx, &classic.DescribeLoadBalancerAttributesInput{LoadBalancerName: &name})
	if err != nil {
		return 0, fmt.Errorf("describe the attributes of load balancer %s: %w", name, err)
	}
	attributes := out.LoadBalancerAttributes
	if attributes == nil {
		return 0, nil
	}
	if cross := attributes.CrossZoneLoadBalancing; cross == nil || !cross.Enabled {
		s.leaveOut("that load balancer %s shares requests out within each zone only", name)
	}
	if draining := attributes.ConnectionDraining; draining != nil && draining.Enabled {
		return time.Duration(aws.ToInt32(draining.Timeout)) * time.Second, nil
	}
	return 0, nil
}
