package world

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// loadBalancer creates the target groups, and a load balancer with a listener for each: ports 80, 81, …
func (s Seeder) loadBalancer(ctx context.Context, plan Plan, w *World) error {
	if !plan.Balanced || len(plan.targetGroups()) == 0 {
		return nil
	}
	vpc, subnets, err := s.subnets(ctx)
	if err != nil {
		return err
	}
	kind, protocol := elbtypes.LoadBalancerTypeEnumApplication, elbtypes.ProtocolEnumHttp
	if plan.Network {
		kind, protocol = elbtypes.LoadBalancerTypeEnumNetwork, elbtypes.ProtocolEnumTcp
	}
	for n, spec := range plan.targetGroups() {
		w.DeregistrationSec = max(w.DeregistrationSec, seconds(spec.DeregistrationDelay))
		name := plan.prefix()
		if n > 0 {
			name = fmt.Sprintf("%s-%d", name, n+1)
		}
		arn, err := s.targetGroup(ctx, plan, spec, name, protocol, vpc)
		if err != nil {
			return err
		}
		w.TargetGroupARNs = append(w.TargetGroupARNs, arn)
	}
	var guards []string
	if plan.Guarded {
		if guards, err = s.securityGroups(ctx); err != nil {
			return err
		}
	}
	tags := labelled(plan, elbTag)
	balancer, err := s.elbv2.CreateLoadBalancer(ctx, &elbv2.CreateLoadBalancerInput{
		Name: aws.String(plan.prefix()), Type: kind, Subnets: subnets, SecurityGroups: guards, Tags: tags,
	})
	if err != nil {
		return err
	}
	w.LoadBalancerARN = *balancer.LoadBalancers[0].LoadBalancerArn
	for n, arn := range w.TargetGroupARNs {
		listener, err := s.elbv2.CreateListener(ctx, &elbv2.CreateListenerInput{
			LoadBalancerArn: &w.LoadBalancerARN, Protocol: protocol, Port: aws.Int32(int32(80 + n)),
			DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &arn}}, Tags: tags,
		})
		if err != nil {
			return err
		}
		w.ListenerARNs = append(w.ListenerARNs, *listener.Listeners[0].ListenerArn)
	}
	w.TargetGroupARN, w.ListenerARN = w.TargetGroupARNs[0], w.ListenerARNs[0]
	return nil
}

func elbTag(key, value string) elbtypes.Tag { return elbtypes.Tag{Key: &key, Value: &value} }

func (s Seeder) targetGroup(ctx context.Context, plan Plan, spec TargetGroup, name string, protocol elbtypes.ProtocolEnum, vpc string) (arn string, err error) {
	check := spec.Check
	group, err := s.elbv2.CreateTargetGroup(ctx, &elbv2.CreateTargetGroupInput{
		Name: &name, Protocol: protocol, Port: aws.Int32(appPort), VpcId: aws.String(vpc),
		TargetType:                 elbtypes.TargetTypeEnumInstance,
		HealthCheckProtocol:        elbtypes.ProtocolEnumHttp,
		HealthCheckPath:            aws.String(healthPath),
		HealthCheckIntervalSeconds: aws.Int32(seconds(check.Interval)),
		HealthCheckTimeoutSeconds:  aws.Int32(seconds(check.Timeout)),
		HealthyThresholdCount:      &check.Healthy,
		UnhealthyThresholdCount:    &check.Unhealthy,
		Tags:                       labelled(plan, elbTag),
	})
	if err != nil {
		return "", err
	}
	arn = *group.TargetGroups[0].TargetGroupArn
	_, err = s.elbv2.ModifyTargetGroupAttributes(ctx, &elbv2.ModifyTargetGroupAttributesInput{
		TargetGroupArn: &arn,
		Attributes: []elbtypes.TargetGroupAttribute{{
			Key:   aws.String("deregistration_delay.timeout_seconds"),
			Value: aws.String(strconv.Itoa(int(seconds(spec.DeregistrationDelay)))),
		}},
	})
	return arn, err
}

func seconds(d time.Duration) int32 { return int32(d / time.Second) }
