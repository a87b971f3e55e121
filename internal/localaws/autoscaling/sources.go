package autoscaling

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// maxSourcesPerCall is how many target groups or load balancers one call may attach or detach (aws-facts A5).
const maxSourcesPerCall = 10

func (in *Groups) attachLoadBalancerTargetGroups(_ *wire.Call, input *autoscaling.AttachLoadBalancerTargetGroupsInput) (*autoscaling.AttachLoadBalancerTargetGroupsOutput, error) {
	return &autoscaling.AttachLoadBalancerTargetGroupsOutput{}, in.attachTo(input.AutoScalingGroupName, sourcesOf(ofTargetGroup, input.TargetGroupARNs), false, nil)
}

func (in *Groups) attachLoadBalancers(_ *wire.Call, input *autoscaling.AttachLoadBalancersInput) (*autoscaling.AttachLoadBalancersOutput, error) {
	return &autoscaling.AttachLoadBalancersOutput{}, in.attachTo(input.AutoScalingGroupName, sourcesOf(ofClassic, input.LoadBalancerNames), false, nil)
}

func (in *Groups) attachTrafficSources(_ *wire.Call, input *autoscaling.AttachTrafficSourcesInput) (*autoscaling.AttachTrafficSourcesOutput, error) {
	sources, err := sourcesNamed(input.TrafficSources)
	if err != nil {
		return nil, err
	}
	return &autoscaling.AttachTrafficSourcesOutput{}, in.attachTo(input.AutoScalingGroupName, sources, true, input.SkipZonalShiftValidation)
}

func (in *Groups) attachTo(name *string, sources []source, trafficSource bool, skipZonalShift *bool) error {
	g, err := in.writable(name)
	if err != nil {
		return err
	}
	if r := g.activeRefresh(); r != nil {
		return refreshInProgress()
	}
	if err := g.checkCount(sources); err != nil {
		return err
	}
	if err := in.checkSources(sources); err != nil {
		return err
	}
	if err := in.checkZonalShift(g.spec.AvailabilityZoneImpairmentPolicy, skipZonalShift, sources); err != nil {
		return err
	}
	if err := g.checkLimit(sources); err != nil {
		return err
	}
	g.write()
	g.attach(sources, trafficSource)
	return nil
}

// sources are what sends traffic to the group.
func (g *group) sources() []source {
	var all []source
	for _, a := range g.attachments {
		all = append(all, a.source)
	}
	return all
}

func (in *Groups) detachLoadBalancerTargetGroups(_ *wire.Call, input *autoscaling.DetachLoadBalancerTargetGroupsInput) (*autoscaling.DetachLoadBalancerTargetGroupsOutput, error) {
	return &autoscaling.DetachLoadBalancerTargetGroupsOutput{},
		in.detachFrom(input.AutoScalingGroupName, sourcesOf(ofTargetGroup, input.TargetGroupARNs), false, "Target Groups")
}

func (in *Groups) detachLoadBalancers(_ *wire.Call, input *autoscaling.DetachLoadBalancersInput) (*autoscaling.DetachLoadBalancersOutput, error) {
	return &autoscaling.DetachLoadBalancersOutput{},
		in.detachFrom(input.AutoScalingGroupName, sourcesOf(ofClassic, input.LoadBalancerNames), false, "Load Balancers")
}

func (in *Groups) detachTrafficSources(_ *wire.Call, input *autoscaling.DetachTrafficSourcesInput) (*autoscaling.DetachTrafficSourcesOutput, error) {
	sources, err := sourcesNamed(input.TrafficSources)
	if err != nil {
		return nil, err
	}
	return &autoscaling.DetachTrafficSourcesOutput{}, in.detachFrom(input.AutoScalingGroupName, sources, true, "Traffic Sources")
}

// detachFrom detaches sources that the same family of calls attached; what names them in the refusal of others.
func (in *Groups) detachFrom(name *string, sources []source, trafficSource bool, what string) error {
	g, err := in.writable(name)
	if err != nil {
		return err
	}
	if err := g.checkCount(sources); err != nil {
		return err
	}
	attachments, ok := g.owned(sources, trafficSource)
	if !ok {
		return invalid("Trying to remove %s that are not part of the group", what)
	}
	g.write()
	g.detach(attachments)
	return nil
}

// checkCount limits how many sources a request changes, with the changes of the group that are under way (aws-facts H5).
func (g *group) checkCount(sources []source) error {
	changing := len(sources)
	for _, a := range g.attachments {
		if a.state == adding || a.state == removing {
			changing++
		}
	}
	if changing > maxSourcesPerCall {
		return invalid("Trying to update too many Load Balancers/Target Groups at once. The limit is %d", maxSourcesPerCall)
	}
	return nil
}

// checkLimit limits how many sources of each kind the group has with further ones. The text for target groups is a recorded
// one; the SDK knows no LimitExceeded of attachments.
func (g *group) checkLimit(further []source) error {
	for _, limit := range []struct {
		kind, what string
		most       int
	}{
		{ofTargetGroup, "Target Groups", g.in.settings.MaxTargetGroups},
		{ofClassic, "Load Balancers", g.in.settings.MaxLoadBalancers},
	} {
		count := 0
		for _, s := range slices.Concat(g.sources(), further) {
			if s.kind == limit.kind {
				count++
			}
		}
		if count > limit.most {
			return invalid("Too many %s specified for this group. The limit is %d", limit.what, limit.most)
		}
	}
	return nil
}

func (in *Groups) describeLoadBalancerTargetGroups(_ *wire.Call, input *autoscaling.DescribeLoadBalancerTargetGroupsInput) (*autoscaling.DescribeLoadBalancerTargetGroupsOutput, error) {
	v, err := in.seen(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	var states []types.LoadBalancerTargetGroupState
	for _, a := range v.attachments {
		if !a.trafficSource && a.kind == ofTargetGroup {
			states = append(states, types.LoadBalancerTargetGroupState{LoadBalancerTargetGroupARN: aws.String(a.identifier), State: aws.String(a.state)})
		}
	}
	states, next, err := page(states, input.NextToken, input.MaxRecords, 100, 100)
	return &autoscaling.DescribeLoadBalancerTargetGroupsOutput{LoadBalancerTargetGroups: states, NextToken: next}, err
}

func (in *Groups) describeLoadBalancers(_ *wire.Call, input *autoscaling.DescribeLoadBalancersInput) (*autoscaling.DescribeLoadBalancersOutput, error) {
	v, err := in.seen(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	var states []types.LoadBalancerState
	for _, a := range v.attachments {
		if !a.trafficSource && a.kind == ofClassic {
			states = append(states, types.LoadBalancerState{LoadBalancerName: aws.String(a.identifier), State: aws.String(a.state)})
		}
	}
	states, next, err := page(states, input.NextToken, input.MaxRecords, 100, 100)
	return &autoscaling.DescribeLoadBalancersOutput{LoadBalancers: states, NextToken: next}, err
}

func (in *Groups) describeTrafficSources(_ *wire.Call, input *autoscaling.DescribeTrafficSourcesInput) (*autoscaling.DescribeTrafficSourcesOutput, error) {
	v, err := in.seen(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	kind := aws.ToString(input.TrafficSourceType)
	if kind != "" && !slices.Contains([]string{"elb", "elbv2", "vpc-lattice"}, kind) {
		return nil, invalid("Invalid traffic source type: %s. Valid values are: elb, elbv2, vpc-lattice", kind)
	}
	var states []types.TrafficSourceState
	for _, a := range v.attachments {
		if kind == "" || kind == a.kind {
			states = append(states, types.TrafficSourceState{
				Identifier: aws.String(a.identifier), State: aws.String(a.state), Type: aws.String(a.kind)})
		}
	}
	states, next, err := page(states, input.NextToken, input.MaxRecords, 50, 50)
	return &autoscaling.DescribeTrafficSourcesOutput{TrafficSources: states, NextToken: next}, err
}
