package elbv2

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// listener is a listener with its rules: by priority, the default rule last.
type listener struct {
	arn          string
	balancer     *balancer
	port         int32
	protocol     string
	certificates []types.Certificate // the default one
	further      []string            // ARNs of certificates for other names
	sslPolicy    string
	alpn         []string
	mutual       *types.MutualAuthenticationAttributes
	attributes   map[string]string
	rules        []*rule
	tags         map[string]string
}

func (l *LoadBalancers) listener(arn string) *listener {
	for _, listener := range l.listeners {
		if listener.arn == arn {
			return listener
		}
	}
	return nil
}

func (l *LoadBalancers) listenersOf(b *balancer) []*listener {
	return slices.DeleteFunc(slices.Clone(l.listeners), func(x *listener) bool { return x.balancer != b })
}

// defaultRule is the one that applies when no other does.
func (x *listener) defaultRule() *rule { return x.rules[len(x.rules)-1] }

// path is the part of the ARN that a listener shares with its rules.
func (x *listener) path() string {
	_, path, _ := strings.Cut(x.arn, ":listener/")
	return path
}

func (l *LoadBalancers) createListener(call *wire.Call, in *sdk.CreateListenerInput) (*sdk.CreateListenerOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Port == nil:
		return nil, invalid("A listener port must be specified")
	case in.Protocol == "":
		return nil, invalid("A listener protocol must be specified")
	}
	created := &listener{
		balancer: b, port: aws.ToInt32(in.Port), protocol: string(in.Protocol),
		certificates: in.Certificates, sslPolicy: aws.ToString(in.SslPolicy), alpn: in.AlpnPolicy, mutual: in.MutualAuthentication,
		attributes: listenerAttributes.of(b.kind).defaults(),
	}
	if err := l.checkListener(created); err != nil {
		return nil, err
	}
	action, err := l.parseAction(in.DefaultActions, created, action{})
	if err != nil {
		return nil, err
	}
	if created.tags, err = tagMap(in.Tags); err != nil {
		return nil, err
	}
	if err := checkQuota(len(l.listenersOf(b)), "listeners-per-"+b.kind+"-load-balancer", "TooManyListeners", "listeners on load balancer '"+b.arn+"'"); err != nil {
		return nil, err
	}
	created.arn = l.account.ARN("elasticloadbalancing", "listener/"+b.path()+"/"+l.account.Hex(16))
	created.rules = []*rule{{arn: l.ruleARN(created), action: action, tags: map[string]string{}}}
	l.listeners = append(l.listeners, created)
	l.refreshUse()
	return &sdk.CreateListenerOutput{Listeners: []types.Listener{created.describe()}}, nil
}

// checkListener refuses a listener whose members do not fit the load balancer or each other.
func (l *LoadBalancers) checkListener(x *listener) error {
	if x.port < 1 || x.port > 65535 {
		return invalid("Listener port '%d' must be between '1' and '65535'", x.port)
	}
	if !slices.Contains(protocols[x.balancer.kind], x.protocol) {
		return invalid("Listener protocol '%s' must be one of '%s'", x.protocol, strings.Join(protocols[x.balancer.kind], ", "))
	}
	if err := x.checkTLS(); err != nil {
		return err
	}
	for _, other := range l.listeners {
		if other.balancer == x.balancer && other.port == x.port && other.arn != x.arn {
			return wire.Errorf("DuplicateListener", "A listener already exists on this port for this load balancer '%s'", x.balancer.arn)
		}
	}
	return nil
}

// modifyListener replaces what is set; default actions are replaced as a whole.
func (l *LoadBalancers) modifyListener(call *wire.Call, in *sdk.ModifyListenerInput) (*sdk.ModifyListenerOutput, error) {
	found, err := l.listenerNamed(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	modified := *found
	if in.Port != nil {
		modified.port = *in.Port
	}
	if in.Protocol != "" {
		modified.protocol = string(in.Protocol)
		if !secure(modified.protocol) {
			modified.certificates, modified.further, modified.sslPolicy, modified.alpn, modified.mutual = nil, nil, "", nil, nil
		}
	}
	if in.AlpnPolicy != nil {
		modified.alpn = in.AlpnPolicy
	}
	if in.MutualAuthentication != nil {
		modified.mutual = in.MutualAuthentication
	}
	if in.Certificates != nil {
		modified.certificates = in.Certificates
	}
	if in.SslPolicy != nil {
		modified.sslPolicy = *in.SslPolicy
	}
	if err := l.checkListener(&modified); err != nil {
		return nil, err
	}
	if in.DefaultActions != nil {
		action, err := l.parseAction(in.DefaultActions, &modified, found.defaultRule().action)
		if err != nil {
			return nil, err
		}
		found.defaultRule().action = action
	}
	*found = modified
	l.refreshUse()
	return &sdk.ModifyListenerOutput{Listeners: []types.Listener{found.describe()}}, nil
}

func (l *LoadBalancers) deleteListener(call *wire.Call, in *sdk.DeleteListenerInput) (*sdk.DeleteListenerOutput, error) {
	found, err := l.listenerNamed(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	l.listeners = slices.DeleteFunc(l.listeners, func(x *listener) bool { return x == found })
	l.refreshUse()
	return &sdk.DeleteListenerOutput{}, nil
}

func (l *LoadBalancers) describeListeners(call *wire.Call, in *sdk.DescribeListenersInput) (*sdk.DescribeListenersOutput, error) {
	if in.LoadBalancerArn == nil && len(in.ListenerArns) == 0 {
		return nil, invalid("You must specify either listener ARNs or a load balancer ARN")
	}
	found := slices.Clone(l.listeners)
	if in.LoadBalancerArn != nil {
		b, err := l.balancerNamed(in.LoadBalancerArn)
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(x *listener) bool { return x.balancer != b })
	}
	for _, arn := range in.ListenerArns {
		if _, err := l.listenerNamed(&arn); err != nil {
			return nil, err
		}
	}
	found, _ = chosen(found, in.ListenerArns, func(x *listener) string { return x.arn })
	found, next, err := page(found, in.PageSize, in.Marker)
	out := &sdk.DescribeListenersOutput{Listeners: []types.Listener{}, NextMarker: next}
	for _, x := range found {
		out.Listeners = append(out.Listeners, x.describe())
	}
	return out, err
}

func (x *listener) describe() types.Listener {
	described := types.Listener{
		ListenerArn: aws.String(x.arn), LoadBalancerArn: aws.String(x.balancer.arn), Port: aws.Int32(x.port),
		Protocol: types.ProtocolEnum(x.protocol), Certificates: x.certificates, DefaultActions: x.defaultRule().action.describe(),
	}
	if x.sslPolicy != "" {
		described.SslPolicy = aws.String(x.sslPolicy)
	}
	described.AlpnPolicy, described.MutualAuthentication = x.alpn, x.mutual
	return described
}
