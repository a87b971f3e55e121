package world

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// records creates a zone, and in it the name by which clients know the fleet: an alias of its first load balancer, of types A
// and AAAA, as the console makes them.
func (s Seeder) records(ctx context.Context, plan Plan, w *World) error {
	if plan.Record == "" {
		return nil
	}
	client := route53.NewFromConfig(s.Config)
	_, domain, _ := strings.Cut(plan.Record, ".")
	request := &route53.CreateHostedZoneInput{Name: &domain, CallerReference: &plan.Record}
	if plan.PrivateZone {
		vpc, _, err := s.subnets(ctx)
		if err != nil {
			return err
		}
		request.VPC = &types.VPC{VPCId: &vpc, VPCRegion: types.VPCRegion(s.Config.Region)}
		request.HostedZoneConfig = &types.HostedZoneConfig{PrivateZone: true}
	}
	zone, err := client.CreateHostedZone(ctx, request)
	if err != nil {
		return err
	}
	w.HostedZoneID, w.Record = strings.TrimPrefix(*zone.HostedZone.Id, "/hostedzone/"), plan.Record
	target, err := s.aliasTarget(ctx, plan, w)
	if err != nil {
		return err
	}
	batch := &types.ChangeBatch{}
	for _, kind := range []types.RRType{types.RRTypeA, types.RRTypeAaaa} {
		batch.Changes = append(batch.Changes, types.Change{Action: types.ChangeActionCreate,
			ResourceRecordSet: &types.ResourceRecordSet{Name: &plan.Record, Type: kind, AliasTarget: target}})
	}
	changed, err := client.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{HostedZoneId: &w.HostedZoneID, ChangeBatch: batch})
	if err != nil {
		return err
	}
	return s.until(ctx, func() (bool, error) {
		got, err := client.GetChange(ctx, &route53.GetChangeInput{Id: changed.ChangeInfo.Id})
		return err == nil && got.ChangeInfo.Status == types.ChangeStatusInsync, err
	})
}

// aliasTarget is the fleet's first load balancer.
func (s Seeder) aliasTarget(ctx context.Context, plan Plan, w *World) (*types.AliasTarget, error) {
	if w.LoadBalancerARN == "" {
		found, err := s.elb.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerNames: w.LoadBalancerNames[:1]})
		if err != nil {
			return nil, err
		}
		b := found.LoadBalancerDescriptions[0]
		return &types.AliasTarget{DNSName: aws.String("dualstack." + *b.DNSName), HostedZoneId: b.CanonicalHostedZoneNameID, EvaluateTargetHealth: true}, nil
	}
	found, err := s.elbv2.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{LoadBalancerArns: []string{w.LoadBalancerARN}})
	if err != nil {
		return nil, err
	}
	b := found.LoadBalancers[0]
	name := b.DNSName
	if !plan.Network {
		name = aws.String("dualstack." + *name)
	}
	return &types.AliasTarget{DNSName: name, HostedZoneId: b.CanonicalHostedZoneId, EvaluateTargetHealth: true}, nil
}
