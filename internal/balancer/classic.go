package balancer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/deploy"
)

// classicReads is what is read of Classic Load Balancers.
type classicReads interface {
	DescribeInstanceHealth(context.Context, *classic.DescribeInstanceHealthInput, ...func(*classic.Options)) (*classic.DescribeInstanceHealthOutput, error)
	DescribeLoadBalancerAttributes(context.Context, *classic.DescribeLoadBalancerAttributesInput, ...func(*classic.Options)) (*classic.DescribeLoadBalancerAttributesOutput, error)
	DescribeLoadBalancers(context.Context, *classic.DescribeLoadBalancersInput, ...func(*classic.Options)) (*classic.DescribeLoadBalancersOutput, error)
}

var _ classicReads = (*classic.Client)(nil)

// classicBalancers are Classic Load Balancers, with which instances are registered themselves.
type classicBalancers struct{ reads classicReads }

// What a Classic Load Balancer says of an instance where its state alone does not tell (SDK documentation of InstanceState).
const (
	notRegistered = "not currently registered"
	deregistering = "deregistration currently in progress"
	registering   = "registration is still in progress"
)

// health names the members: one that drains may not be listed otherwise, and one that does not exist any more is passed over where it is named
// (SDK documentation of DescribeInstanceHealth).
func (c classicBalancers) health(ctx context.Context, name string, members []deploy.Instance) (Shown, error) {
	input := &classic.DescribeInstanceHealthInput{LoadBalancerName: &name}
	for _, member := range members {
		input.Instances = append(input.Instances, types.Instance{InstanceId: &member.ID})
	}
	out, err := c.reads.DescribeInstanceHealth(ctx, input)
	if err != nil {
		return Shown{}, fmt.Errorf("describing the instances of load balancer %s: %w", name, err)
	}
	targets := make(deploy.Targets, len(out.InstanceStates))
	for _, shown := range out.InstanceStates {
		if state := classicState(shown); state != "" {
			targets[aws.ToString(shown.InstanceId)] = state
		}
	}
	return Shown{Targets: targets}, nil
}

// classicState is an instance's state in the words of target groups; empty: it is not registered.
func classicState(shown types.InstanceState) string {
	said := func(text string) bool { return strings.Contains(aws.ToString(shown.Description), text) }
	switch {
	case said(notRegistered):
		return ""
	case said(deregistering):
		return deploy.TargetDraining
	case aws.ToString(shown.State) == "InService":
		return deploy.TargetHealthy
	case said(registering):
		return deploy.TargetInitial
	}
	return "unhealthy"
}

func (c classicBalancers) settings(ctx context.Context, name string) (Settings, error) {
	s := Settings{NoDelay: "no connection draining", DelayBy: "its timeout"}
	out, err := c.reads.DescribeLoadBalancerAttributes(ctx, &classic.DescribeLoadBalancerAttributesInput{LoadBalancerName: &name})
	if err != nil {
		return s, fmt.Errorf("describing the attributes of load balancer %s: %w", name, err)
	}
	if attributes := out.LoadBalancerAttributes; attributes != nil && attributes.ConnectionDraining != nil && attributes.ConnectionDraining.Enabled {
		s.Delay = time.Duration(aws.ToInt32(attributes.ConnectionDraining.Timeout)) * time.Second
	}
	return s, nil
}

// checked is one interval: a newly registered instance is in service after one passed check (aws-facts I5).
func (c classicBalancers) checked(ctx context.Context, names []string) (int, error) {
	if len(names) == 0 { // no names are all that there are
		return 0, nil
	}
	out, err := c.reads.DescribeLoadBalancers(ctx, &classic.DescribeLoadBalancersInput{LoadBalancerNames: names})
	if err != nil {
		return 0, fmt.Errorf("describing the load balancers %v: %w", names, err)
	}
	longest := 0
	for _, balancer := range out.LoadBalancerDescriptions {
		if check := balancer.HealthCheck; check != nil {
			longest = max(longest, int(aws.ToInt32(check.Interval)))
		}
	}
	return longest, nil
}

// classicGone reports whether an error says that a Classic Load Balancer does not exist.
func classicGone(err error) bool {
	var gone *types.AccessPointNotFoundException
	return errors.As(err, &gone)
}

// Gone reports whether an error says that a source, or its load balancer, does not exist.
func Gone(err error) bool { return targetGroupGone(err) || classicGone(err) || gone(err) }
