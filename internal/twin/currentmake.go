package twin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/ledger"
)

func never(string) bool { return false }

// make makes what is missing: the balancer first, which takes minutes, then its target groups, without which it has no listeners, and so on
// (aws-facts I3).
func (a currentAPI) make(ctx context.Context, l *look, blue Balancer, twin *Balancer) error {
	original, made := blue.whole.(*current), &current{}
	if twin != nil {
		made = twin.whole.(*current)
	}
	if made.balancer.LoadBalancerArn == nil {
		return a.create(ctx, l, blue, original)
	}
	if len(made.groups) < len(original.groups) {
		return a.createGroups(ctx, l, original, made)
	}
	if err := a.setGroupAttributes(ctx, l, original, made); err != nil {
		return err
	}
	if err := a.set(ctx, l, original, made); err != nil {
		return err
	}
	if err := a.makeListeners(ctx, l, original, made); err != nil {
		return err
	}
	if err := a.setLogs(ctx, l, original, made); err != nil {
		return err
	}
	return a.reserve(ctx, l, original, made)
}

// create makes the balancer and its target groups, of which each is looked at before it is given anything: of one that somebody else has
// made alike meanwhile AWS says that we have made it.
func (a currentAPI) create(ctx context.Context, l *look, blue Balancer, original *current) error {
	input := copyBalancer(original.balancer)
	input.Name = aws.String(l.names[ledger.Made{What: ledger.MadeBalancer, Name: blue.Name}])
	input.Tags = tagsFor(original.tags, l.Deployment, currentTag)
	_, err := write(ctx, l, a.writes, currentWrites.CreateLoadBalancer, input)
	var exists *types.DuplicateLoadBalancerNameException
	if errors.As(err, &exists) {
		return later("it exists, but is not shown yet")
	}
	if err != nil {
		return fmt.Errorf("creating load balancer %s: %w", *input.Name, err)
	}
	if err := a.createGroups(ctx, l, original, &current{}); err != nil {
		return err
	}
	return later("its listeners are to be made")
}

func currentTag(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }

func (a currentAPI) createGroups(ctx context.Context, l *look, original, made *current) error {
	for _, g := range original.groups {
		if slices.ContainsFunc(made.groups, func(twin group) bool { return twin.of == g.of }) {
			continue
		}
		input := copyGroup(g.TargetGroup)
		input.Name = aws.String(l.names[ledger.Made{What: ledger.MadeTargetGroup, Name: g.of}])
		input.Tags = tagsFor(g.tags, l.Deployment, currentTag)
		_, err := write(ctx, l, a.writes, currentWrites.CreateTargetGroup, input)
		var exists *types.DuplicateTargetGroupNameException
		if err != nil && !errors.As(err, &exists) {
			return fmt.Errorf("creating target group %s: %w", *input.Name, err)
		}
	}
	return later("its listeners are to be made")
}

func (a currentAPI) setGroupAttributes(ctx context.Context, l *look, original, made *current) error {
	for i, g := range original.groups { // those of the twin are in the same order
		set := changed(g.attributes, made.groups[i].attributes, never)
		if len(set) == 0 {
			continue
		}
		_, err := write(ctx, l, a.writes, currentWrites.ModifyTargetGroupAttributes, &elb.ModifyTargetGroupAttributesInput{
			TargetGroupArn: made.groups[i].TargetGroupArn,
			Attributes: attributesOf(set, func(key, value *string) types.TargetGroupAttribute {
				return types.TargetGroupAttribute{Key: key, Value: value}
			}),
		})
		if err != nil {
			return fmt.Errorf("setting the attributes of target group %s: %w", aws.ToString(made.groups[i].TargetGroupName), err)
		}
	}
	return nil
}

// aboutLogs reports whether an attribute says where logs go: a bucket may refuse them.
func aboutLogs(key string) bool { return strings.Contains(key, "_logs.s3.") }

// set gives the balancer what its creation could not take.
func (a currentAPI) set(ctx context.Context, l *look, original, made *current) error {
	set := changed(original.attributes, made.attributes, func(key string) bool { return key == protection || aboutLogs(key) })
	if err := a.setAttributes(ctx, l, made.balancer.LoadBalancerArn, set); err != nil {
		return err
	}
	rules := aws.ToString(original.balancer.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic)
	if rules == aws.ToString(made.balancer.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic) {
		return nil
	}
	_, err := write(ctx, l, a.writes, currentWrites.SetSecurityGroups, &elb.SetSecurityGroupsInput{
		LoadBalancerArn: made.balancer.LoadBalancerArn, SecurityGroups: original.balancer.SecurityGroups,
		EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: types.EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum(rules),
	})
	if err != nil {
		return fmt.Errorf("setting whether the rules of its security groups hold for PrivateLink: %w", err)
	}
	return nil
}

func (a currentAPI) setAttributes(ctx context.Context, l *look, balancer *string, set map[string]string) error {
	if len(set) == 0 {
		return nil
	}
	_, err := write(ctx, l, a.writes, currentWrites.ModifyLoadBalancerAttributes, &elb.ModifyLoadBalancerAttributesInput{
		LoadBalancerArn: balancer,
		Attributes: attributesOf(set, func(key, value *string) types.LoadBalancerAttribute {
			return types.LoadBalancerAttribute{Key: key, Value: value}
		}),
	})
	if err != nil {
		return fmt.Errorf("setting its attributes: %w", err)
	}
	return nil
}

// setLogs comes late: where the bucket refuses a twin's logs, all else is there.
func (a currentAPI) setLogs(ctx context.Context, l *look, original, made *current) error {
	set := changed(original.attributes, made.attributes, func(key string) bool { return !aboutLogs(key) })
	err := a.setAttributes(ctx, l, made.balancer.LoadBalancerArn, set)
	if refusesLogs(err) {
		l.refusedLogs(err)
		return nil
	}
	return err
}

// refusesLogs recognises a bucket that takes no logs; its policy may not be seen for minutes after it was written (aws-facts I3).
func refusesLogs(err error) bool {
	return err != nil && strings.Contains(err.Error(), "Access Denied for bucket")
}

// makeListeners makes the listeners with their certificates, attributes and rules.
func (a currentAPI) makeListeners(ctx context.Context, l *look, original, made *current) error {
	groups := make(map[string]string)
	for i, g := range original.groups {
		groups[aws.ToString(g.TargetGroupArn)] = aws.ToString(made.groups[i].TargetGroupArn)
	}
	for _, x := range original.listeners {
		var twin listener
		at := slices.IndexFunc(made.listeners, func(y listener) bool { return aws.ToInt32(y.Port) == aws.ToInt32(x.Port) })
		if at >= 0 {
			twin = made.listeners[at]
		} else {
			created, err := a.createListener(ctx, l, x, made.balancer.LoadBalancerArn, groups)
			if err != nil {
				return err
			}
			twin.Listener = created
		}
		if err := a.equip(ctx, l, x, twin, groups); err != nil {
			return fmt.Errorf("equipping its listener on port %d: %w", aws.ToInt32(x.Port), err)
		}
	}
	return nil
}

func (a currentAPI) createListener(ctx context.Context, l *look, x listener, balancer *string, groups map[string]string) (types.Listener, error) {
	input := copyListener(x.Listener, groups)
	input.LoadBalancerArn, input.Tags = balancer, tagsFor(x.tags, l.Deployment, currentTag)
	out, err := write(ctx, l, a.writes, currentWrites.CreateListener, input)
	var exists *types.DuplicateListenerException
	switch {
	case errors.As(err, &exists):
		return types.Listener{}, later(fmt.Sprintf("its listener on port %d is not shown yet", aws.ToInt32(x.Port)))
	case err != nil:
		return types.Listener{}, fmt.Errorf("creating its listener on port %d: %w", aws.ToInt32(x.Port), err)
	case len(out.Listeners) == 0:
		return types.Listener{}, later("AWS has not said which listener it made")
	}
	return out.Listeners[0], nil
}

// equip gives a listener what its creation could not take.
func (a currentAPI) equip(ctx context.Context, l *look, x, twin listener, groups map[string]string) error {
	for _, arn := range x.further {
		if slices.Contains(twin.further, arn) {
			continue
		}
		_, err := write(ctx, l, a.writes, currentWrites.AddListenerCertificates, &elb.AddListenerCertificatesInput{
			ListenerArn: twin.ListenerArn, Certificates: []types.Certificate{{CertificateArn: &arn}},
		})
		if err != nil {
			return fmt.Errorf("adding certificate %s: %w", arn, err)
		}
	}
	if twin.attributes == nil { // it was made a moment ago: what it has by itself is not known
		return later("its listeners are to be completed")
	}
	if set := changed(x.attributes, twin.attributes, never); len(set) > 0 {
		_, err := write(ctx, l, a.writes, currentWrites.ModifyListenerAttributes, &elb.ModifyListenerAttributesInput{
			ListenerArn: twin.ListenerArn,
			Attributes: attributesOf(set, func(key, value *string) types.ListenerAttribute {
				return types.ListenerAttribute{Key: key, Value: value}
			}),
		})
		if err != nil {
			return fmt.Errorf("setting its attributes: %w", err)
		}
	}
	for _, r := range x.rules {
		if slices.ContainsFunc(twin.rules, func(other rule) bool { return aws.ToString(other.Priority) == aws.ToString(r.Priority) }) {
			continue
		}
		input := copyRule(r.Rule, groups)
		input.ListenerArn, input.Tags = twin.ListenerArn, tagsFor(r.tags, l.Deployment, currentTag)
		_, err := write(ctx, l, a.writes, currentWrites.CreateRule, input)
		var taken *types.PriorityInUseException // by an earlier call
		if err != nil && !errors.As(err, &taken) {
			return fmt.Errorf("creating its rule %s: %w", aws.ToString(r.Priority), err)
		}
	}
	return nil
}

// reserve reserves capacity as blue's has it, once the balancer is active.
func (a currentAPI) reserve(ctx context.Context, l *look, original, made *current) error {
	if original.reserved == 0 || original.reserved == made.reserved {
		return nil
	}
	if made.state().waits != "" {
		return later("capacity is reserved for it once it is active")
	}
	_, err := write(ctx, l, a.writes, currentWrites.ModifyCapacityReservation, &elb.ModifyCapacityReservationInput{
		LoadBalancerArn: made.balancer.LoadBalancerArn, MinimumLoadBalancerCapacity: &types.MinimumLoadBalancerCapacity{CapacityUnits: &original.reserved},
	})
	if err != nil {
		return fmt.Errorf("reserving %d capacity units: %w", original.reserved, err)
	}
	return nil
}

func (a currentAPI) protect(ctx context.Context, l *look, twin Balancer) error {
	return a.setAttributes(ctx, l, &twin.ID, map[string]string{protection: "true"})
}
