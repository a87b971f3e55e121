package elbv2

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

func (l *LoadBalancers) registerTargets(call *wire.Call, in *sdk.RegisterTargetsInput) (*sdk.RegisterTargetsOutput, error) {
	group, err := l.groupNamed(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	return &sdk.RegisterTargetsOutput{}, l.register(group, group.keys(in.Targets))
}

// keys name targets on the port that each names, or on the group's own.
func (g *TargetGroup) keys(targets []types.TargetDescription) []targetKey {
	keys := make([]targetKey, len(targets))
	for k, t := range targets {
		keys[k] = targetKey{aws.ToString(t.Id), g.Port}
		if t.Port != nil {
			keys[k].port = *t.Port
		}
	}
	return keys
}

// deregisterTargets drains what is named. Who has registered a target on another port than the group's must name it here too
// (SDK documentation of DeregisterTargets).
func (l *LoadBalancers) deregisterTargets(call *wire.Call, in *sdk.DeregisterTargetsInput) (*sdk.DeregisterTargetsOutput, error) {
	group, err := l.groupNamed(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	named := group.keys(in.Targets)
	l.deregister(group, func(key targetKey) bool { return slices.Contains(named, key) })
	return &sdk.DeregisterTargetsOutput{}, nil
}

func (key targetKey) isMeantBy(t types.TargetDescription) bool {
	return aws.ToString(t.Id) == key.id && (t.Port == nil || *t.Port == key.port)
}

// describeTargetHealth shows the targets as they were Settings.DescribeLag ago.
func (l *LoadBalancers) describeTargetHealth(call *wire.Call, in *sdk.DescribeTargetHealthInput) (*sdk.DescribeTargetHealthOutput, error) {
	group, err := l.groupNamed(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	then := l.account.Now().Add(-l.settings.DescribeLag)
	out := &sdk.DescribeTargetHealthOutput{TargetHealthDescriptions: []types.TargetHealthDescription{}}
	seen := make(map[targetKey]bool)
	for _, targets := range [][]*target{group.targets, group.gone} {
		for _, t := range targets {
			shown := t.seen.At(then)
			wanted := len(in.Targets) == 0 || slices.ContainsFunc(in.Targets, t.isMeantBy)
			if shown.registered && wanted && !seen[t.targetKey] {
				seen[t.targetKey] = true
				out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, group.describeHealth(t.targetKey, shown.health))
			}
		}
	}
	for _, asked := range in.Targets {
		key := targetKey{aws.ToString(asked.Id), group.Port}
		if asked.Port != nil {
			key.port = *asked.Port
		}
		known := false
		for shown := range seen {
			known = known || shown.isMeantBy(asked)
		}
		if !known {
			out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, group.describeHealth(key, notKnown))
		}
	}
	return out, nil
}

func (g *TargetGroup) describeHealth(key targetKey, health Health) types.TargetHealthDescription {
	port := g.check.port
	if port == "traffic-port" {
		port = portText(key.port)
	}
	described := types.TargetHealthDescription{
		Target:          &types.TargetDescription{Id: aws.String(key.id), Port: aws.Int32(key.port)},
		HealthCheckPort: aws.String(port),
		TargetHealth: &types.TargetHealth{
			State: types.TargetHealthStateEnum(health.State), Reason: types.TargetHealthReasonEnum(health.Reason),
		},
	}
	if health.Description != "" {
		described.TargetHealth.Description = aws.String(health.Description)
	}
	return described
}
