package world

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// classicBalancers creates the Classic Load Balancers: each with a listener on port 80, and with cross-zone load balancing and
// connection draining, as the console makes them.
func (s Seeder) classicBalancers(ctx context.Context, plan Plan, w *World) error {
	for n := range plan.classics() {
		name := plan.prefix()
		if n > 0 {
			name = fmt.Sprintf("%s-%d", name, n+1)
		}
		if err := s.classicBalancer(ctx, plan, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		w.DeregistrationSec = max(w.DeregistrationSec, seconds(plan.DeregistrationDelay))
		w.LoadBalancerNames = append(w.LoadBalancerNames, name)
		w.ListenerARNs = append(w.ListenerARNs, name+":80")
	}
	if w.ListenerARN == "" && len(w.ListenerARNs) > 0 {
		w.ListenerARN = w.ListenerARNs[0]
	}
	return nil
}

func (s Seeder) classicBalancer(ctx context.Context, plan Plan, name string) error {
	_, subnets, err := s.subnets(ctx)
	if err != nil {
		return err
	}
	protocol := "HTTP"
	if plan.Network {
		protocol = "TCP"
	}
	if _, err := s.elb.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{
		LoadBalancerName: &name, Subnets: subnets,
		Listeners: []elbtypes.Listener{{LoadBalancerPort: 80, InstancePort: aws.Int32(appPort), Protocol: &protocol}},
		Tags:      labelled(plan, func(key, value string) elbtypes.Tag { return elbtypes.Tag{Key: &key, Value: &value} }),
	}); err != nil {
		return err
	}
	check := plan.check()
	if _, err := s.elb.ConfigureHealthCheck(ctx, &elb.ConfigureHealthCheckInput{LoadBalancerName: &name, HealthCheck: &elbtypes.HealthCheck{
		Target:   aws.String(fmt.Sprintf("HTTP:%d%s", appPort, healthPath)),
		Interval: aws.Int32(seconds(check.Interval)), Timeout: aws.Int32(seconds(check.Timeout)),
		HealthyThreshold: &check.Healthy, UnhealthyThreshold: &check.Unhealthy,
	}}); err != nil {
		return err
	}
	draining := &elbtypes.ConnectionDraining{Enabled: plan.DeregistrationDelay > 0}
	if draining.Enabled {
		draining.Timeout = aws.Int32(seconds(plan.DeregistrationDelay))
	}
	_, err = s.elb.ModifyLoadBalancerAttributes(ctx, &elb.ModifyLoadBalancerAttributesInput{LoadBalancerName: &name,
		LoadBalancerAttributes: &elbtypes.LoadBalancerAttributes{
			ConnectionDraining: draining, CrossZoneLoadBalancing: &elbtypes.CrossZoneLoadBalancing{Enabled: true},
		}})
	return err
}

// classicInService is how much of the fleet's capacity every Classic Load Balancer has in service.
func (s Seeder) classicInService(ctx context.Context, w *World) (least int, err error) {
	for n, name := range w.LoadBalancerNames {
		health, err := s.elb.DescribeInstanceHealth(ctx, &elb.DescribeInstanceHealthInput{LoadBalancerName: &name})
		if err != nil {
			return 0, err
		}
		inService := 0
		for _, instance := range health.InstanceStates {
			if *instance.State == "InService" {
				inService += s.weights[*instance.InstanceId]
			}
		}
		if n == 0 || inService < least {
			least = inService
		}
	}
	return least, nil
}
