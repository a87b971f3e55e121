package twin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

func (a classicAPI) behind(ctx context.Context, sources []deploy.Source) ([]Balancer, error) {
	var all []Balancer
	for _, s := range sources {
		if s.Type != deploy.ClassicBalancer {
			continue
		}
		c, err := a.named(ctx, s.ID)
		switch {
		case err != nil:
			return nil, err
		case c == nil:
			continue // deleted, and the group knows it no more
		}
		if err := a.complete(ctx, c); err != nil {
			return nil, err
		}
		all = append(all, c.as(s.Named))
	}
	slices.SortFunc(all, func(x, y Balancer) int { return cmp.Compare(x.Name, y.Name) })
	return all, nil
}

func (c *classic) as(named bool) Balancer {
	name := aws.ToString(c.LoadBalancerName)
	return Balancer{
		Kind: Classic, ID: name, Name: name, DNSName: aws.ToString(c.DNSName), ZoneID: aws.ToString(c.CanonicalHostedZoneNameID),
		Sources: []deploy.Source{{Type: deploy.ClassicBalancer, ID: name, Named: named}}, whole: c,
	}
}

// named is the Classic Load Balancer of a name; nil: there is none.
func (a classicAPI) named(ctx context.Context, name string) (*classic, error) {
	out, err := a.reads.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerNames: []string{name}})
	var none *types.AccessPointNotFoundException
	switch {
	case errors.As(err, &none):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("describing load balancer %s: %w", name, err)
	case len(out.LoadBalancerDescriptions) == 0:
		return nil, nil
	}
	c := &classic{LoadBalancerDescription: out.LoadBalancerDescriptions[0]}
	tags, err := a.reads.DescribeTags(ctx, &elb.DescribeTagsInput{LoadBalancerNames: []string{name}})
	switch {
	case errors.As(err, &none): // it went a moment ago
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("describing the tags of load balancer %s: %w", name, err)
	}
	c.tags = make(map[string]string)
	for _, described := range tags.TagDescriptions {
		for _, tag := range described.Tags {
			c.tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	return c, nil
}

// complete reads what hangs on one that is described.
func (a classicAPI) complete(ctx context.Context, c *classic) error {
	name := c.LoadBalancerName
	attributes, err := a.reads.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerName: name})
	if err != nil {
		return fmt.Errorf("describing the attributes of load balancer %s: %w", *name, err)
	}
	if attributes.LoadBalancerAttributes != nil {
		c.attributes = *attributes.LoadBalancerAttributes
	}
	policies, err := a.reads.DescribeLoadBalancerPolicies(ctx, &elb.DescribeLoadBalancerPoliciesInput{LoadBalancerName: name})
	if err != nil {
		return fmt.Errorf("describing the policies of load balancer %s: %w", *name, err)
	}
	for _, p := range policies.PolicyDescriptions {
		if kind := aws.ToString(p.PolicyTypeName); kind != appCookie && kind != lbCookie {
			c.policies = append(c.policies, p)
		}
	}
	slices.SortFunc(c.policies, func(x, y types.PolicyDescription) int { return compare(x.PolicyName, y.PolicyName) })
	slices.SortFunc(c.ListenerDescriptions, func(x, y types.ListenerDescription) int { return cmp.Compare(port(x), port(y)) })
	return nil
}

func port(x types.ListenerDescription) int32 {
	if x.Listener == nil {
		return 0
	}
	return x.Listener.LoadBalancerPort
}

func (a classicAPI) find(ctx context.Context, l *look, blue Balancer) (*Balancer, error) {
	c, err := a.named(ctx, l.names[ledger.Made{What: ledger.MadeClassic, Name: blue.Name}])
	if err != nil || c == nil {
		return nil, err
	}
	if err := l.ours(ledger.MadeClassic, aws.ToString(c.LoadBalancerName), c.tags); err != nil {
		return nil, err
	}
	if err := a.complete(ctx, c); err != nil {
		return nil, err
	}
	as := c.as(blue.Sources[0].Named)
	return &as, nil
}
