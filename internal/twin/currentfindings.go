package twin

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/text"
)

func (a currentAPI) findings(ctx context.Context, b Balancer, blue deploy.Fleet) ([]string, error) {
	c := b.whole.(*current)
	if b.Kind != Application && b.Kind != Network {
		return []string{fmt.Sprintf("its load balancer %s is of type %s, of which no twin is made: %s", b.Name, b.Kind, instead)}, nil
	}
	findings := slices.Concat(c.shared(b.Name), c.withoutCopy(b.Name), c.addresses(b.Name), c.tagFindings(b.Name))
	for _, g := range c.groups {
		out, err := a.reads.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn})
		if err != nil {
			return nil, fmt.Errorf("describing the targets of %s: %w", aws.ToString(g.TargetGroupArn), err)
		}
		var ids []string
		for _, target := range out.TargetHealthDescriptions {
			if health := target.TargetHealth; target.Target != nil && health != nil && health.State != types.TargetHealthStateEnumDraining && health.State != types.TargetHealthStateEnumUnused {
				ids = append(ids, aws.ToString(target.Target.Id))
			}
		}
		findings = append(findings, strangers("its target group "+g.of, ids, blue)...)
	}
	return findings, nil
}

// places are what a balancer's listeners and rules do, by where each says so.
func (c *current) places(see func(place string, actions []types.Action)) {
	for _, x := range c.listeners {
		place := fmt.Sprintf("listener %d", aws.ToInt32(x.Port))
		see(place, x.DefaultActions)
		for _, r := range x.rules {
			see(place+", rule "+aws.ToString(r.Priority), r.Actions)
		}
	}
}

// shared is the finding on target groups that are not blue's: a target group belongs to one balancer, so a twin could not forward to them.
func (c *current) shared(name string) []string {
	own := make(map[string]bool)
	for _, g := range c.groups {
		own[aws.ToString(g.TargetGroupArn)] = true
	}
	var others []string
	c.places(func(place string, actions []types.Action) {
		for _, action := range actions {
			arns := []*string{action.TargetGroupArn}
			if action.ForwardConfig != nil {
				for _, tuple := range action.ForwardConfig.TargetGroups {
					arns = append(arns, tuple.TargetGroupArn)
				}
			}
			for _, arn := range arns {
				if id := aws.ToString(arn); id != "" && !own[id] {
					own[id] = true
					others = append(others, fmt.Sprintf("%s (%s)", groupName(id), place))
				}
			}
		}
	})
	if len(others) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("its load balancer %s forwards to target groups too that blue is not attached to, and green's could not: %s; give blue a load balancer of its own, or %s",
		name, text.Few(others), instead)}
}

// groupName is the name in a target group's ARN.
func groupName(arn string) string {
	if _, path, found := strings.Cut(arn, ":targetgroup/"); found {
		name, _, _ := strings.Cut(path, "/")
		return name
	}
	return arn
}

// withoutCopy are the findings on what AWS does not show whole.
func (c *current) withoutCopy(name string) []string {
	var findings []string
	c.places(func(place string, actions []types.Action) {
		if slices.ContainsFunc(actions, func(action types.Action) bool { return action.Type == types.ActionTypeEnumAuthenticateOidc }) {
			findings = append(findings, fmt.Sprintf("its load balancer %s has clients log in by OpenID Connect (%s), and AWS shows the secret for that to nobody, so green's could not: %s",
				name, place, instead))
		}
	})
	for _, x := range c.listeners {
		if mutual := x.MutualAuthentication; mutual != nil && aws.ToString(mutual.Mode) != "" && aws.ToString(mutual.Mode) != "off" {
			findings = append(findings, fmt.Sprintf("its load balancer %s asks clients for certificates (listener %d, mutual TLS), which is not copied: %s", name, aws.ToInt32(x.Port), instead))
		}
	}
	return findings
}

// addresses is the finding on addresses of the balancer's own, which are in use by it.
func (c *current) addresses(name string) []string {
	var own []string
	for _, zone := range c.balancer.AvailabilityZones {
		for _, address := range zone.LoadBalancerAddresses {
			for _, one := range []*string{address.AllocationId, address.PrivateIPv4Address, address.IPv6Address} {
				if one != nil {
					own = append(own, *one)
				}
			}
		}
	}
	if len(own) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("its load balancer %s has addresses of its own (%s), which green's could not have, and clients who know them would stay: %s", name, text.Few(own), instead)}
}

func (c *current) tagFindings(name string) []string {
	findings := tagsFit("its load balancer "+name, c.tags)
	for _, g := range c.groups {
		findings = append(findings, tagsFit("its target group "+g.of, g.tags)...)
	}
	for _, x := range c.listeners {
		of := fmt.Sprintf("listener %d of its load balancer %s", aws.ToInt32(x.Port), name)
		findings = append(findings, tagsFit(of, x.tags)...)
		for _, r := range x.rules {
			findings = append(findings, tagsFit("rule "+aws.ToString(r.Priority)+" of "+of, r.tags)...)
		}
	}
	return findings
}

// quotas looks whether the account may have the twins besides what it has.
func (a currentAPI) quotas(ctx context.Context, balancers []Balancer) ([]string, error) {
	groups := count(balancers, func(_ Balancer, thing ledger.Made) bool { return thing.What == ledger.MadeTargetGroup })
	if groups == 0 {
		return nil, nil
	}
	most, err := a.limits(ctx)
	if err != nil {
		return nil, err
	}
	there := make(map[Kind]int)
	all := elb.NewDescribeLoadBalancersPaginator(a.reads, &elb.DescribeLoadBalancersInput{})
	for all.HasMorePages() {
		page, err := all.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("counting the load balancers: %w", err)
		}
		for _, b := range page.LoadBalancers {
			there[Kind(b.Type)]++
		}
	}
	var findings []string
	for _, kind := range []Kind{Application, Network} {
		more := count(balancers, func(b Balancer, thing ledger.Made) bool { return b.Kind == kind && thing.What == ledger.MadeBalancer })
		if limit, known := most[string(kind)+"-load-balancers"]; known {
			findings = append(findings, quota(string(kind)+" load balancer", there[kind], more, limit)...)
		}
	}
	stand := 0
	listed := elb.NewDescribeTargetGroupsPaginator(a.reads, &elb.DescribeTargetGroupsInput{})
	for listed.HasMorePages() {
		page, err := listed.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("counting the target groups: %w", err)
		}
		stand += len(page.TargetGroups)
	}
	if limit, known := most["target-groups"]; known {
		findings = append(findings, quota("target group", stand, groups, limit)...)
	}
	return findings, nil
}

// limits are the account's quotas by AWS's names.
func (a currentAPI) limits(ctx context.Context) (map[string]int, error) {
	most := make(map[string]int)
	pages := elb.NewDescribeAccountLimitsPaginator(a.reads, &elb.DescribeAccountLimitsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing the quotas of load balancers: %w", err)
		}
		for _, limit := range page.Limits {
			if n, err := strconv.Atoi(aws.ToString(limit.Max)); err == nil {
				most[aws.ToString(limit.Name)] = n
			}
		}
	}
	return most, nil
}
