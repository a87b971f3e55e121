package twin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/ledger"
)

// make makes what is missing: the balancer with its listeners, then policies, which listeners and instance ports name, and so on (aws-facts I3).
func (a classicAPI) make(ctx context.Context, l *look, blue Balancer, twin *Balancer) error {
	original := blue.whole.(*classic)
	if twin == nil {
		return a.create(ctx, l, blue, original)
	}
	made := twin.whole.(*classic)
	for _, do := range []func(context.Context, *look, *classic, *classic) error{a.makePolicies, a.setPolicies, a.setCheck, a.setAttributes, a.setLogs} {
		if err := do(ctx, l, original, made); err != nil {
			return err
		}
	}
	if l.now.Before(made.state().until) {
		return later("its name may not be in the DNS yet")
	}
	return nil
}

// create makes it, and leaves all else to the next look, which sees whose it is: of one that somebody else has made alike meanwhile AWS says
// that we have made it.
func (a classicAPI) create(ctx context.Context, l *look, blue Balancer, original *classic) error {
	input := copyClassic(original.LoadBalancerDescription)
	input.LoadBalancerName = aws.String(l.names[ledger.Made{What: ledger.MadeClassic, Name: blue.Name}])
	input.Tags = tagsFor(original.tags, l.Deployment, func(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} })
	_, err := write(ctx, l, a.writes, classicWrites.CreateLoadBalancer, input)
	var exists *types.DuplicateAccessPointNameException
	if err != nil && !errors.As(err, &exists) {
		return fmt.Errorf("creating load balancer %s: %w", *input.LoadBalancerName, err)
	}
	return later("its policies are to be made")
}

func (a classicAPI) makePolicies(ctx context.Context, l *look, original, made *classic) error {
	if err := a.makeCookies(ctx, l, original, made); err != nil {
		return err
	}
	policies := slices.Clone(original.policies)
	slices.SortStableFunc(policies, func(x, y types.PolicyDescription) int { // others name the keys
		return rank(y) - rank(x)
	})
	for _, p := range policies {
		if slices.ContainsFunc(made.policies, func(own types.PolicyDescription) bool {
			return aws.ToString(own.PolicyName) == aws.ToString(p.PolicyName)
		}) {
			continue
		}
		input := copyPolicy(p)
		input.LoadBalancerName = made.LoadBalancerName
		if _, err := write(ctx, l, a.writes, classicWrites.CreateLoadBalancerPolicy, input); err != nil && !duplicate(err) {
			return fmt.Errorf("creating policy %s: %w", aws.ToString(p.PolicyName), err)
		}
	}
	return nil
}

func rank(p types.PolicyDescription) int {
	if aws.ToString(p.PolicyTypeName) == publicKey {
		return 1
	}
	return 0
}

// duplicate recognises a policy that an earlier call has made.
func duplicate(err error) bool {
	var exists *types.DuplicatePolicyNameException
	return errors.As(err, &exists)
}

func (a classicAPI) makeCookies(ctx context.Context, l *look, original, made *classic) error {
	if original.Policies == nil {
		return nil
	}
	there := make(map[string]bool)
	if made.Policies != nil {
		for _, p := range made.Policies.AppCookieStickinessPolicies {
			there[aws.ToString(p.PolicyName)] = true
		}
		for _, p := range made.Policies.LBCookieStickinessPolicies {
			there[aws.ToString(p.PolicyName)] = true
		}
	}
	for _, p := range original.Policies.AppCookieStickinessPolicies {
		if there[aws.ToString(p.PolicyName)] {
			continue
		}
		_, err := write(ctx, l, a.writes, classicWrites.CreateAppCookieStickinessPolicy, &elb.CreateAppCookieStickinessPolicyInput{
			LoadBalancerName: made.LoadBalancerName, PolicyName: p.PolicyName, CookieName: p.CookieName,
		})
		if err != nil && !duplicate(err) {
			return fmt.Errorf("creating policy %s: %w", aws.ToString(p.PolicyName), err)
		}
	}
	for _, p := range original.Policies.LBCookieStickinessPolicies {
		if there[aws.ToString(p.PolicyName)] {
			continue
		}
		_, err := write(ctx, l, a.writes, classicWrites.CreateLBCookieStickinessPolicy, &elb.CreateLBCookieStickinessPolicyInput{
			LoadBalancerName: made.LoadBalancerName, PolicyName: p.PolicyName, CookieExpirationPeriod: p.CookieExpirationPeriod,
		})
		if err != nil && !duplicate(err) {
			return fmt.Errorf("creating policy %s: %w", aws.ToString(p.PolicyName), err)
		}
	}
	return nil
}

// setPolicies gives listeners and instance ports the policies of blue's.
func (a classicAPI) setPolicies(ctx context.Context, l *look, original, made *classic) error {
	for _, x := range original.ListenerDescriptions {
		at := slices.IndexFunc(made.ListenerDescriptions, func(y types.ListenerDescription) bool { return port(y) == port(x) })
		if at < 0 || slices.Equal(set(made.ListenerDescriptions[at].PolicyNames), set(x.PolicyNames)) {
			continue
		}
		_, err := write(ctx, l, a.writes, classicWrites.SetLoadBalancerPoliciesOfListener, &elb.SetLoadBalancerPoliciesOfListenerInput{
			LoadBalancerName: made.LoadBalancerName, LoadBalancerPort: port(x), PolicyNames: listed(x.PolicyNames),
		})
		if err != nil {
			return fmt.Errorf("setting the policies of its listener %d: %w", port(x), err)
		}
	}
	for _, server := range original.BackendServerDescriptions {
		same := func(own types.BackendServerDescription) bool {
			return aws.ToInt32(own.InstancePort) == aws.ToInt32(server.InstancePort) && slices.Equal(set(own.PolicyNames), set(server.PolicyNames))
		}
		if slices.ContainsFunc(made.BackendServerDescriptions, same) {
			continue
		}
		_, err := write(ctx, l, a.writes, classicWrites.SetLoadBalancerPoliciesForBackendServer, &elb.SetLoadBalancerPoliciesForBackendServerInput{
			LoadBalancerName: made.LoadBalancerName, InstancePort: server.InstancePort, PolicyNames: listed(server.PolicyNames),
		})
		if err != nil {
			return fmt.Errorf("setting the policies of its instance port %d: %w", aws.ToInt32(server.InstancePort), err)
		}
	}
	return nil
}

// listed is a list that is in the request even where it is empty: that takes away what a listener has by itself.
func listed(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}

func (a classicAPI) setCheck(ctx context.Context, l *look, original, made *classic) error {
	if given(original.HealthCheck) == given(made.HealthCheck) {
		return nil
	}
	_, err := write(ctx, l, a.writes, classicWrites.ConfigureHealthCheck, &elb.ConfigureHealthCheckInput{LoadBalancerName: made.LoadBalancerName, HealthCheck: original.HealthCheck})
	if err != nil {
		return fmt.Errorf("setting its health check: %w", err)
	}
	return nil
}

func (a classicAPI) setAttributes(ctx context.Context, l *look, original, made *classic) error {
	want := copyClassicAttributes(original.attributes)
	if given(want) == given(copyClassicAttributes(made.attributes)) {
		return nil
	}
	return a.modify(ctx, l, made, want)
}

func (a classicAPI) modify(ctx context.Context, l *look, made *classic, want *types.LoadBalancerAttributes) error {
	_, err := write(ctx, l, a.writes, classicWrites.ModifyLoadBalancerAttributes, &elb.ModifyLoadBalancerAttributesInput{
		LoadBalancerName: made.LoadBalancerName, LoadBalancerAttributes: want,
	})
	if err != nil {
		return fmt.Errorf("setting its attributes: %w", err)
	}
	return nil
}

// setLogs comes last: where the bucket refuses a twin's logs, all else is there.
func (a classicAPI) setLogs(ctx context.Context, l *look, original, made *classic) error {
	if given(original.attributes.AccessLog) == given(made.attributes.AccessLog) {
		return nil
	}
	err := a.modify(ctx, l, made, &types.LoadBalancerAttributes{AccessLog: original.attributes.AccessLog})
	if refusesLogs(err) {
		l.refusedLogs(err)
		return nil
	}
	return err
}

// unmake deletes balancers with all that is theirs.
func (a classicAPI) unmake(ctx context.Context, l *look, made []ledger.Made) error {
	for _, thing := range made {
		if thing.What != ledger.MadeClassic {
			continue
		}
		found, err := a.named(ctx, thing.Name)
		if err != nil {
			return err
		}
		if found == nil || !l.lineages(found.tags) {
			continue
		}
		if _, err := write(ctx, l, a.writes, classicWrites.DeleteLoadBalancer, &elb.DeleteLoadBalancerInput{LoadBalancerName: &thing.Name}); err != nil {
			gone := func() (bool, error) {
				left, err := a.named(ctx, thing.Name)
				return left == nil, err
			}
			if err := unlessGone(err, "deleting load balancer "+thing.Name, gone); err != nil {
				return err
			}
		}
	}
	return nil
}
