package elbv2

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// mostCertificates is how many a listener can have besides its default one (aws-facts I3).
const mostCertificates = 25

// defaultPolicy is the security policy of a listener that is given none through the API.
const defaultPolicy = "ELBSecurityPolicy-2016-08"

func secure(protocol string) bool { return protocol == "HTTPS" || protocol == "TLS" }

// checkCertificate refuses what cannot be a certificate. The model has no ACM: any ARN of one is a certificate.
func checkCertificate(arn string) error {
	if strings.HasPrefix(arn, "arn:aws:acm:") || strings.HasPrefix(arn, "arn:aws:iam::") && strings.Contains(arn, ":server-certificate/") {
		return nil
	}
	return wire.Errorf("CertificateNotFound", "Certificate ARN '%s' is not valid", arn)
}

// checkTLS refuses what does not fit whether the listener is secure, and completes it.
func (x *listener) checkTLS() error {
	if !secure(x.protocol) {
		if len(x.certificates) > 0 || x.sslPolicy != "" || x.mutual != nil || len(x.alpn) > 0 {
			return invalid("A certificate, a security policy, an ALPN policy or mutual authentication cannot be specified for %s listeners", x.protocol)
		}
		return nil
	}
	switch {
	case len(x.certificates) == 0:
		return invalid("A certificate must be specified for %s listeners", x.protocol)
	case len(x.certificates) > 1:
		return wire.Errorf("TooManyCertificates", "Only one certificate, the default one, can be specified")
	case x.mutual != nil && x.protocol != "HTTPS":
		return invalid("Mutual authentication is only supported for HTTPS listeners")
	case len(x.alpn) > 0 && x.protocol != "TLS":
		return wire.Errorf("ALPNPolicyNotSupported", "ALPN policies are only supported for TLS listeners")
	}
	if x.sslPolicy == "" {
		x.sslPolicy = defaultPolicy
	}
	if x.mutual == nil && x.protocol == "HTTPS" {
		x.mutual = &types.MutualAuthenticationAttributes{Mode: aws.String("off")}
	}
	if x.mutual != nil && aws.ToString(x.mutual.Mode) == "verify" && aws.ToString(x.mutual.TrustStoreArn) == "" {
		return invalid("A trust store must be specified for mutual authentication in mode verify")
	}
	return checkCertificate(aws.ToString(x.certificates[0].CertificateArn))
}

func (l *LoadBalancers) addListenerCertificates(_ *wire.Call, in *sdk.AddListenerCertificatesInput) (*sdk.AddListenerCertificatesOutput, error) {
	x, err := l.listenerNamed(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	if !secure(x.protocol) {
		return nil, wire.Errorf("UnsupportedProtocol", "Certificates cannot be added to %s listeners", x.protocol)
	}
	more := slices.Clone(x.further)
	for _, c := range in.Certificates {
		arn := aws.ToString(c.CertificateArn)
		if err := checkCertificate(arn); err != nil {
			return nil, err
		}
		if !slices.Contains(more, arn) { // repeats succeed
			more = append(more, arn)
		}
	}
	if len(more) > mostCertificates {
		return nil, wire.Errorf("TooManyCertificates", "You've reached the limit on the number of certificates per load balancer.")
	}
	x.further = more
	return &sdk.AddListenerCertificatesOutput{Certificates: in.Certificates}, nil
}

func (l *LoadBalancers) removeListenerCertificates(_ *wire.Call, in *sdk.RemoveListenerCertificatesInput) (*sdk.RemoveListenerCertificatesOutput, error) {
	x, err := l.listenerNamed(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	for _, c := range in.Certificates {
		if arn := aws.ToString(c.CertificateArn); len(x.certificates) > 0 && arn == aws.ToString(x.certificates[0].CertificateArn) {
			return nil, wire.Errorf("OperationNotPermitted", "Default certificate '%s' cannot be removed", arn)
		}
	}
	x.further = slices.DeleteFunc(slices.Clone(x.further), func(arn string) bool {
		return slices.ContainsFunc(in.Certificates, func(c types.Certificate) bool { return aws.ToString(c.CertificateArn) == arn })
	})
	return &sdk.RemoveListenerCertificatesOutput{}, nil
}

// describeListenerCertificates shows the default certificate and the further ones, which clients choose by name (SNI).
func (l *LoadBalancers) describeListenerCertificates(_ *wire.Call, in *sdk.DescribeListenerCertificatesInput) (*sdk.DescribeListenerCertificatesOutput, error) {
	x, err := l.listenerNamed(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	var all []types.Certificate
	for _, c := range x.certificates {
		all = append(all, types.Certificate{CertificateArn: c.CertificateArn, IsDefault: aws.Bool(true)})
	}
	for _, arn := range x.further {
		all = append(all, types.Certificate{CertificateArn: aws.String(arn), IsDefault: aws.Bool(false)})
	}
	all, next, err := page(all, in.PageSize, in.Marker)
	return &sdk.DescribeListenerCertificatesOutput{Certificates: all, NextMarker: next}, err
}
