package elb

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/localaws/wire"
)

// listener is a listener of a load balancer.
type listener struct {
	Listener
	policies []string // names
}

// Listener is what a listener does.
type Listener struct {
	Port, InstancePort         int32
	Protocol, InstanceProtocol string // HTTP, HTTPS, TCP, SSL
	Certificate                string // ARN; empty without
}

func secure(protocol string) bool { return protocol == "HTTPS" || protocol == "SSL" }

// layer is the OSI layer of a protocol: 4 or 7. Front and back end are of one.
func layer(protocol string) int {
	if protocol == "HTTP" || protocol == "HTTPS" {
		return 7
	}
	return 4
}

// addListener gives the load balancer a listener; one that is there already, with the same settings, is no error.
func (b *balancer) addListener(wanted types.Listener) error {
	x := Listener{
		Port: wanted.LoadBalancerPort, InstancePort: aws.ToInt32(wanted.InstancePort), Protocol: strings.ToUpper(aws.ToString(wanted.Protocol)),
		Certificate: aws.ToString(wanted.SSLCertificateId),
	}
	// Where a request does not say it, the back end speaks what the front end does, without encryption.
	x.InstanceProtocol = cmp.Or(strings.ToUpper(aws.ToString(wanted.InstanceProtocol)), map[int]string{4: "TCP", 7: "HTTP"}[layer(x.Protocol)])
	if err := b.checkListener(x); err != nil {
		return err
	}
	if b.listener(x.Port) != nil {
		return nil
	}
	added := &listener{Listener: x}
	if secure(x.Protocol) {
		b.addPolicy(defaultPolicy())
		added.policies = []string{*defaultPolicy().PolicyName}
	}
	b.listeners = append(b.listeners, added)
	slices.SortFunc(b.listeners, func(a, b *listener) int { return cmp.Compare(a.Port, b.Port) })
	return nil
}

func (b *balancer) checkListener(x Listener) error {
	for _, protocol := range []string{x.Protocol, x.InstanceProtocol} {
		if !slices.Contains([]string{"HTTP", "HTTPS", "TCP", "SSL"}, protocol) {
			return wire.Errorf("UnsupportedProtocol", "Protocol '%s' must be one of HTTP, HTTPS, TCP, SSL", protocol)
		}
	}
	switch {
	case x.Port < 1 || x.Port > 65535:
		return misconfigured("Listener port '%d' must be between 1 and 65535", x.Port)
	case x.InstancePort < 1 || x.InstancePort > 65535:
		return misconfigured("Instance port '%d' must be between 1 and 65535", x.InstancePort)
	case layer(x.Protocol) != layer(x.InstanceProtocol):
		return misconfigured("Protocol for Listener and Instance must be at the same OSI layer")
	case secure(x.Protocol) && x.Certificate == "":
		return misconfigured("Secure Listeners need to specify a SSLCertificateId")
	case !secure(x.Protocol) && x.Certificate != "":
		return misconfigured("SSLCertificateId is only valid for secure listeners")
	}
	if err := checkCertificate(x.Certificate); x.Certificate != "" && err != nil {
		return err
	}
	for _, other := range b.listeners {
		if other.Port == x.Port && other.Listener != x {
			return wire.Errorf("DuplicateListener", "A listener already exists for %s with LoadBalancerPort %d, "+
				"but with a different InstancePort, Protocol, or SSLCertificateId", b.name, x.Port)
		}
		if other.InstancePort == x.InstancePort && secure(other.InstanceProtocol) != secure(x.InstanceProtocol) {
			return misconfigured("Listeners with the instance port %d must all be secure towards the instances, or none", x.InstancePort)
		}
	}
	return nil
}

// checkCertificate refuses what cannot be a certificate. The model has no ACM: any ARN of one is a certificate.
func checkCertificate(arn string) error {
	if strings.HasPrefix(arn, "arn:aws:acm:") || strings.HasPrefix(arn, "arn:aws:iam::") && strings.Contains(arn, ":server-certificate/") {
		return nil
	}
	return wire.Errorf("CertificateNotFound", "Server Certificate not found for the key: %s", arn)
}

func (b *balancer) listener(port int32) *listener {
	at := slices.IndexFunc(b.listeners, func(x *listener) bool { return x.Port == port })
	if at < 0 {
		return nil
	}
	return b.listeners[at]
}

func (b *balancer) listenerAt(port int32) (*listener, error) {
	if x := b.listener(port); x != nil {
		return x, nil
	}
	return nil, wire.Errorf("ListenerNotFound", "LoadBalancer %s does not have a listener configured for the port %d", b.name, port)
}

func (x *listener) describe() types.ListenerDescription {
	described := types.ListenerDescription{
		Listener: &types.Listener{
			LoadBalancerPort: x.Port, InstancePort: &x.InstancePort, Protocol: &x.Protocol, InstanceProtocol: &x.InstanceProtocol,
		},
		PolicyNames: slices.Clone(x.policies),
	}
	if x.Certificate != "" {
		described.Listener.SSLCertificateId = &x.Certificate
	}
	return described
}

func (l *LoadBalancers) createListeners(_ *wire.Call, in *sdk.CreateLoadBalancerListenersInput) (*sdk.CreateLoadBalancerListenersOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	before := *b // all of the listeners or none
	b.listeners, b.policies = slices.Clone(b.listeners), slices.Clone(b.policies)
	for _, wanted := range in.Listeners {
		if err := b.addListener(wanted); err != nil {
			*b = before
			return nil, err
		}
	}
	l.changed()
	return &sdk.CreateLoadBalancerListenersOutput{}, nil
}

// deleteListeners deletes the listeners of ports; a port without one is no error.
func (l *LoadBalancers) deleteListeners(_ *wire.Call, in *sdk.DeleteLoadBalancerListenersInput) (*sdk.DeleteLoadBalancerListenersOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	b.listeners = slices.DeleteFunc(b.listeners, func(x *listener) bool { return slices.Contains(in.LoadBalancerPorts, x.Port) })
	l.changed()
	return &sdk.DeleteLoadBalancerListenersOutput{}, nil
}

func (l *LoadBalancers) setCertificate(_ *wire.Call, in *sdk.SetLoadBalancerListenerSSLCertificateInput) (*sdk.SetLoadBalancerListenerSSLCertificateOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	x, err := b.listenerAt(in.LoadBalancerPort)
	if err != nil {
		return nil, err
	}
	if !secure(x.Protocol) {
		return nil, misconfigured("SSLCertificateId is only valid for secure listeners")
	}
	if err := checkCertificate(*in.SSLCertificateId); err != nil {
		return nil, err
	}
	x.Certificate = *in.SSLCertificateId
	return &sdk.SetLoadBalancerListenerSSLCertificateOutput{}, nil
}
