package twin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// describedAtOnce is how many resources one call of Describe takes at most.
const describedAtOnce = 20

func (a currentAPI) behind(ctx context.Context, sources []deploy.Source) ([]Balancer, error) {
	named := make(map[string]deploy.Source)
	var arns []string
	for _, s := range sources {
		if s.Type == deploy.TargetGroup {
			named[s.ID], arns = s, append(arns, s.ID)
		}
	}
	groups := make(map[string][]types.TargetGroup)
	var balancers []string
	for batch := range slices.Chunk(arns, describedAtOnce) {
		out, err := a.reads.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: batch})
		if err != nil {
			return nil, fmt.Errorf("describing the target groups %v: %w", batch, err)
		}
		for _, g := range out.TargetGroups {
			for _, arn := range g.LoadBalancerArns {
				if groups[arn] = append(groups[arn], g); !slices.Contains(balancers, arn) {
					balancers = append(balancers, arn)
				}
			}
		}
	}
	var all []Balancer
	for batch := range slices.Chunk(slices.Sorted(slices.Values(balancers)), describedAtOnce) {
		out, err := a.reads.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerArns: batch})
		if err != nil {
			return nil, fmt.Errorf("describing the load balancers %v: %w", batch, err)
		}
		for _, b := range out.LoadBalancers {
			own := groups[aws.ToString(b.LoadBalancerArn)]
			slices.SortFunc(own, func(x, y types.TargetGroup) int { return compare(x.TargetGroupName, y.TargetGroupName) })
			c := &current{balancer: b}
			for _, g := range own {
				c.groups = append(c.groups, group{TargetGroup: g, of: aws.ToString(g.TargetGroupName)})
			}
			if kind := Kind(b.Type); kind == Application || kind == Network { // of others there is a finding alone
				if err := a.complete(ctx, c); err != nil {
					return nil, err
				}
			}
			all = append(all, c.as(func(arn string) deploy.Source { return named[arn] }))
		}
	}
	return all, nil
}

func compare(a, b *string) int {
	switch x, y := aws.ToString(a), aws.ToString(b); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// as is the balancer as callers see it. source is how a group is attached to a target group of it.
func (c *current) as(source func(arn string) deploy.Source) Balancer {
	b := Balancer{
		Kind: Kind(c.balancer.Type), ID: aws.ToString(c.balancer.LoadBalancerArn), Name: aws.ToString(c.balancer.LoadBalancerName),
		DNSName: aws.ToString(c.balancer.DNSName), ZoneID: aws.ToString(c.balancer.CanonicalHostedZoneId), whole: c,
	}
	for _, g := range c.groups {
		b.Sources = append(b.Sources, source(aws.ToString(g.TargetGroupArn)))
	}
	return b
}

// complete reads what hangs on a balancer that is described, and on its target groups.
func (a currentAPI) complete(ctx context.Context, c *current) error {
	if arn := c.balancer.LoadBalancerArn; arn != nil {
		attributes, err := a.reads.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: arn})
		if err != nil {
			return fmt.Errorf("describing the attributes of %s: %w", *arn, err)
		}
		c.attributes = make(map[string]string)
		for _, at := range attributes.Attributes {
			c.attributes[aws.ToString(at.Key)] = aws.ToString(at.Value)
		}
		reservation, err := a.reads.DescribeCapacityReservation(ctx, &elb.DescribeCapacityReservationInput{LoadBalancerArn: arn})
		if err != nil {
			return fmt.Errorf("describing the capacity that is reserved for %s: %w", *arn, err)
		}
		if reserved := reservation.MinimumLoadBalancerCapacity; reserved != nil {
			c.reserved = aws.ToInt32(reserved.CapacityUnits)
		}
		if c.listeners, err = a.listeners(ctx, arn); err != nil {
			return err
		}
	}
	for i := range c.groups {
		g := &c.groups[i]
		out, err := a.reads.DescribeTargetGroupAttributes(ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: g.TargetGroupArn})
		if err != nil {
			return fmt.Errorf("describing the attributes of %s: %w", aws.ToString(g.TargetGroupArn), err)
		}
		g.attributes = make(map[string]string)
		for _, at := range out.Attributes {
			g.attributes[aws.ToString(at.Key)] = aws.ToString(at.Value)
		}
	}
	return a.readTags(ctx, c)
}

func (a currentAPI) listeners(ctx context.Context, balancer *string) ([]listener, error) {
	var all []listener
	pages := elb.NewDescribeListenersPaginator(a.reads, &elb.DescribeListenersInput{LoadBalancerArn: balancer})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing the listeners of %s: %w", *balancer, err)
		}
		for _, described := range page.Listeners {
			x := listener{Listener: described}
			if err := a.completeListener(ctx, &x); err != nil {
				return nil, fmt.Errorf("describing listener %s: %w", aws.ToString(x.ListenerArn), err)
			}
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(x, y listener) int { return int(aws.ToInt32(x.Port)) - int(aws.ToInt32(y.Port)) })
	return all, nil
}

func (a currentAPI) completeListener(ctx context.Context, x *listener) error {
	out, err := a.reads.DescribeListenerAttributes(ctx, &elb.DescribeListenerAttributesInput{ListenerArn: x.ListenerArn})
	if err != nil {
		return err
	}
	x.attributes = make(map[string]string)
	for _, at := range out.Attributes {
		x.attributes[aws.ToString(at.Key)] = aws.ToString(at.Value)
	}
	if len(x.Certificates) > 0 {
		certificates := elb.NewDescribeListenerCertificatesPaginator(a.reads, &elb.DescribeListenerCertificatesInput{ListenerArn: x.ListenerArn})
		for certificates.HasMorePages() {
			page, err := certificates.NextPage(ctx)
			if err != nil {
				return err
			}
			for _, c := range page.Certificates {
				if !aws.ToBool(c.IsDefault) {
					x.further = append(x.further, aws.ToString(c.CertificateArn))
				}
			}
		}
		slices.Sort(x.further)
	}
	rules := elb.NewDescribeRulesPaginator(a.reads, &elb.DescribeRulesInput{ListenerArn: x.ListenerArn})
	for rules.HasMorePages() {
		page, err := rules.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, r := range page.Rules {
			if !aws.ToBool(r.IsDefault) {
				x.rules = append(x.rules, rule{Rule: r})
			}
		}
	}
	return nil
}

// readTags reads the tags of everything.
func (a currentAPI) readTags(ctx context.Context, c *current) error {
	into := make(map[string]*map[string]string)
	if arn := c.balancer.LoadBalancerArn; arn != nil {
		into[*arn] = &c.tags
	}
	for i := range c.listeners {
		x := &c.listeners[i]
		into[aws.ToString(x.ListenerArn)] = &x.tags
		for k := range x.rules {
			into[aws.ToString(x.rules[k].RuleArn)] = &x.rules[k].tags
		}
	}
	for i := range c.groups {
		into[aws.ToString(c.groups[i].TargetGroupArn)] = &c.groups[i].tags
	}
	var arns []string
	for arn := range into {
		arns = append(arns, arn)
	}
	slices.Sort(arns)
	tags, err := a.tagsOf(ctx, arns)
	for arn, found := range tags {
		*into[arn] = found
	}
	return err
}

func (a currentAPI) tagsOf(ctx context.Context, arns []string) (map[string]map[string]string, error) {
	all := make(map[string]map[string]string)
	for batch := range slices.Chunk(arns, describedAtOnce) {
		out, err := a.reads.DescribeTags(ctx, &elb.DescribeTagsInput{ResourceArns: batch})
		if err != nil {
			return nil, fmt.Errorf("describing the tags of %v: %w", batch, err)
		}
		for _, described := range out.TagDescriptions {
			tags := make(map[string]string)
			for _, tag := range described.Tags {
				tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
			}
			all[aws.ToString(described.ResourceArn)] = tags
		}
	}
	return all, nil
}

// find reads the twin. What is not ours there is a fault before anything of it is read further.
func (a currentAPI) find(ctx context.Context, l *look, blue Balancer) (*Balancer, error) {
	original := blue.whole.(*current)
	twin := &current{}
	named := make(map[string]deploy.Source)
	described, err := a.balancerNamed(ctx, l.names[ledger.Made{What: ledger.MadeBalancer, Name: blue.Name}])
	if err != nil {
		return nil, err
	}
	arns := make(map[string]ledger.Made)
	if described != nil {
		twin.balancer = *described
		arns[aws.ToString(described.LoadBalancerArn)] = ledger.Made{What: ledger.MadeBalancer, Name: aws.ToString(described.LoadBalancerName)}
	}
	for i, g := range original.groups {
		found, err := a.groupNamed(ctx, l.names[ledger.Made{What: ledger.MadeTargetGroup, Name: g.of}])
		if err != nil {
			return nil, err
		}
		if found != nil {
			twin.groups = append(twin.groups, group{TargetGroup: *found, of: g.of})
			arn := aws.ToString(found.TargetGroupArn)
			arns[arn] = ledger.Made{What: ledger.MadeTargetGroup, Name: aws.ToString(found.TargetGroupName)}
			named[arn] = deploy.Source{Type: deploy.TargetGroup, ID: arn, Named: blue.Sources[i].Named}
		}
	}
	if len(arns) == 0 {
		return nil, nil
	}
	if err := a.checkOurs(ctx, l, arns); err != nil {
		return nil, err
	}
	if err := a.complete(ctx, twin); err != nil {
		return nil, err
	}
	as := twin.as(func(arn string) deploy.Source { return named[arn] })
	return &as, nil
}

// checkOurs looks whether things that have our names are this deployment's.
func (a currentAPI) checkOurs(ctx context.Context, l *look, arns map[string]ledger.Made) error {
	var sorted []string
	for arn := range arns {
		sorted = append(sorted, arn)
	}
	slices.Sort(sorted)
	tags, err := a.tagsOf(ctx, sorted)
	if err != nil {
		return err
	}
	for _, arn := range sorted {
		if err := l.ours(arns[arn].What, arns[arn].Name, tags[arn]); err != nil {
			return err
		}
	}
	return nil
}

// balancerNamed is the load balancer of a name; nil: there is none.
func (a currentAPI) balancerNamed(ctx context.Context, name string) (*types.LoadBalancer, error) {
	out, err := a.reads.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{Names: []string{name}})
	var none *types.LoadBalancerNotFoundException
	switch {
	case errors.As(err, &none):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("describing load balancer %s: %w", name, err)
	case len(out.LoadBalancers) == 0:
		return nil, nil
	}
	return &out.LoadBalancers[0], nil
}

// groupNamed is the target group of a name; nil: there is none.
func (a currentAPI) groupNamed(ctx context.Context, name string) (*types.TargetGroup, error) {
	out, err := a.reads.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{Names: []string{name}})
	var none *types.TargetGroupNotFoundException
	switch {
	case errors.As(err, &none):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("describing target group %s: %w", name, err)
	case len(out.TargetGroups) == 0:
		return nil, nil
	}
	return &out.TargetGroups[0], nil
}
