package autoscaling

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// maxSourcesPerCall is how many target groups one call may attach or detach (aws-facts A5).
const maxSourcesPerCall = 10

func (in *Groups) attachLoadBalancerTargetGroups(_ *wire.Call, input *autoscaling.AttachLoadBalancerTargetGroupsInput) (*autoscaling.AttachLoadBalancerTargetGroupsOutput, error) {
	return &autoscaling.AttachLoadBalancerTargetGroupsOutput{}, in.attachTo(input.AutoScalingGroupName, input.TargetGroupARNs, false, nil)
}

func (in *Groups) attachTrafficSources(_ *wire.Call, input *autoscaling.AttachTrafficSourcesInput) (*autoscaling.AttachTrafficSourcesOutput, error) {
	identifiers, err := sourceIdentifiers(input.TrafficSources)
	if err != nil {
		return nil, err
	}
	return &autoscaling.AttachTrafficSourcesOutput{}, in.attachTo(input.AutoScalingGroupName, identifiers, true, input.SkipZonalShiftValidation)
}

func (in *Groups) attachTo(name *string, identifiers []string, trafficSource bool, skipZonalShift *bool) error {
	g, err := in.writable(name)
	if err != nil {
		return err
	}
	if r := g.activeRefresh(); r != nil {
		return refreshInProgress()
	}
	if err := g.checkCount(identifiers); err != nil {
		return err
	}
	if err := in.checkTargetGroups(identifiers); err != nil {
		return err
	}
	if err := in.checkZonalShift(g.spec.AvailabilityZoneImpairmentPolicy, skipZonalShift, identifiers); err != nil {
		return err
	}
	if len(g.attachments)+len(identifiers) > in.settings.MaxTargetGroups {
		return tooManyTargetGroups(in.settings.MaxTargetGroups)
	}
	g.write()
	g.attach(identifiers, trafficSource)
	return nil
}

// identifiers are the target groups of the group.
func (g *group) identifiers() []string {
	var all []string
	for _, a := range g.attachments {
		all = append(all, a.identifier)
	}
	return all
}

func (in *Groups) detachLoadBalancerTargetGroups(_ *wire.Call, input *autoscaling.DetachLoadBalancerTargetGroupsInput) (*autoscaling.DetachLoadBalancerTargetGroupsOutput, error) {
	return &autoscaling.DetachLoadBalancerTargetGroupsOutput{}, in.detachFrom(input.AutoScalingGroupName, input.TargetGroupARNs, false)
}

func (in *Groups) detachTrafficSources(_ *wire.Call, input *autoscaling.DetachTrafficSourcesInput) (*autoscaling.DetachTrafficSourcesOutput, error) {
	identifiers, err := sourceIdentifiers(input.TrafficSources)
	if err != nil {
		return nil, err
	}
	return &autoscaling.DetachTrafficSourcesOutput{}, in.detachFrom(input.AutoScalingGroupName, identifiers, true)
}

func (in *Groups) detachFrom(name *string, identifiers []string, trafficSource bool) error {
	g, err := in.writable(name)
	if err != nil {
		return err
	}
	if err := g.checkCount(identifiers); err != nil {
		return err
	}
	attachments, ok := g.owned(identifiers, trafficSource)
	if !ok && trafficSource {
		return invalid("Trying to remove Traffic Sources that are not part of the group")
	}
	if !ok {
		return invalid("Trying to remove Target Groups that are not part of the group")
	}
	g.write()
	g.detach(attachments)
	return nil
}

// checkCount limits how many target groups a request changes, with the changes of the group that are under way (aws-facts H5).
func (g *group) checkCount(identifiers []string) error {
	changing := len(identifiers)
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

// tooManyTargetGroups has a recorded text; the SDK knows no LimitExceeded of attachments.
func tooManyTargetGroups(limit int) error {
	return invalid("Too many Target Groups specified for this group. The limit is %d", limit)
}

func (in *Groups) checkTargetGroups(arns []string) error {
	for _, arn := range arns {
		if _, ok := in.balancers.TargetGroup(arn); !ok {
			return invalid("Provided Target Groups may not be valid. Please ensure they exist and try again.")
		}
	}
	return nil
}

// sourceIdentifiers are the target groups among traffic sources; the model has no others.
func sourceIdentifiers(sources []types.TrafficSourceIdentifier) ([]string, error) {
	var identifiers []string
	for _, source := range sources {
		identifier, kind := aws.ToString(source.Identifier), aws.ToString(source.Type)
		switch {
		case identifier == "":
			return nil, missing("TrafficSources.member.Identifier")
		case kind == "elb", kind == "vpc-lattice", strings.HasPrefix(identifier, "arn:aws:vpc-lattice:"):
			return nil, wire.NotModelled("the traffic source %s: only target groups, of the type elbv2", identifier)
		case kind != "" && kind != "elbv2":
			return nil, invalid("Invalid traffic source type: %s. Valid values are: elb, elbv2, vpc-lattice", kind)
		}
		identifiers = append(identifiers, identifier)
	}
	return identifiers, nil
}

func (in *Groups) describeLoadBalancerTargetGroups(_ *wire.Call, input *autoscaling.DescribeLoadBalancerTargetGroupsInput) (*autoscaling.DescribeLoadBalancerTargetGroupsOutput, error) {
	v, err := in.seen(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	var states []types.LoadBalancerTargetGroupState
	for _, a := range v.attachments {
		if !a.trafficSource {
			states = append(states, types.LoadBalancerTargetGroupState{LoadBalancerTargetGroupARN: aws.String(a.identifier), State: aws.String(a.state)})
		}
	}
	states, next, err := page(states, input.NextToken, input.MaxRecords, 100, 100)
	return &autoscaling.DescribeLoadBalancerTargetGroupsOutput{LoadBalancerTargetGroups: states, NextToken: next}, err
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
		if kind == "" || kind == "elbv2" {
			states = append(states, types.TrafficSourceState{
				Identifier: aws.String(a.identifier), State: aws.String(a.state), Type: aws.String("elbv2")})
		}
	}
	states, next, err := page(states, input.NextToken, input.MaxRecords, 50, 50)
	return &autoscaling.DescribeTrafficSourcesOutput{TrafficSources: states, NextToken: next}, err
}
