package elb

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/localaws/wire"
)

// desync is the one additional attribute that load balancers have.
const desync = "elb.http.desyncmitigationmode"

// defaultAttributes are those of a load balancer that the API made: the console would have set cross-zone and draining.
func defaultAttributes() types.LoadBalancerAttributes {
	return types.LoadBalancerAttributes{
		AccessLog:              &types.AccessLog{},
		ConnectionDraining:     &types.ConnectionDraining{Timeout: aws.Int32(300)},
		ConnectionSettings:     &types.ConnectionSettings{IdleTimeout: aws.Int32(60)},
		CrossZoneLoadBalancing: &types.CrossZoneLoadBalancing{},
		AdditionalAttributes:   []types.AdditionalAttribute{{Key: aws.String(desync), Value: aws.String("defensive")}},
	}
}

// modifyAttributes replaces the attributes that are set, each as a whole.
func (l *LoadBalancers) modifyAttributes(_ *wire.Call, in *sdk.ModifyLoadBalancerAttributesInput) (*sdk.ModifyLoadBalancerAttributesOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	wanted, changed := in.LoadBalancerAttributes, b.attributes
	if wanted.AccessLog != nil {
		if changed.AccessLog, err = l.accessLog(*wanted.AccessLog); err != nil {
			return nil, err
		}
	}
	if draining := wanted.ConnectionDraining; draining != nil {
		whole := types.ConnectionDraining{Enabled: draining.Enabled, Timeout: changed.ConnectionDraining.Timeout}
		if draining.Timeout != nil {
			if *draining.Timeout < 1 || *draining.Timeout > 3600 {
				return nil, misconfigured("Connection draining timeout must be between 1 and 3600 seconds")
			}
			whole.Timeout = draining.Timeout
		}
		changed.ConnectionDraining = &whole
	}
	if settings := wanted.ConnectionSettings; settings != nil {
		if idle := aws.ToInt32(settings.IdleTimeout); idle < 1 || idle > 4000 {
			return nil, misconfigured("Idle timeout must be between 1 and 4000 seconds")
		}
		changed.ConnectionSettings = settings
	}
	if wanted.CrossZoneLoadBalancing != nil {
		changed.CrossZoneLoadBalancing = wanted.CrossZoneLoadBalancing
	}
	if wanted.AdditionalAttributes != nil {
		if err := checkAdditional(wanted.AdditionalAttributes); err != nil {
			return nil, err
		}
		changed.AdditionalAttributes = wanted.AdditionalAttributes
	}
	b.attributes = changed
	l.changed()
	return &sdk.ModifyLoadBalancerAttributesOutput{LoadBalancerName: in.LoadBalancerName, LoadBalancerAttributes: wanted}, nil
}

func (l *LoadBalancers) accessLog(wanted types.AccessLog) (*types.AccessLog, error) {
	if !wanted.Enabled {
		return &types.AccessLog{}, nil
	}
	bucket := aws.ToString(wanted.S3BucketName)
	switch interval := aws.ToInt32(wanted.EmitInterval); {
	case bucket == "":
		return nil, misconfigured("S3 bucket name must be specified when access logs are enabled")
	case l.refused[bucket]:
		return nil, misconfigured("Access Denied for bucket: %s. Please check S3bucket permission", bucket)
	case wanted.EmitInterval == nil:
		wanted.EmitInterval = aws.Int32(60)
	case interval != 5 && interval != 60:
		return nil, misconfigured("Access log emit interval must be 5 or 60 minutes")
	}
	return &wanted, nil
}

func checkAdditional(attributes []types.AdditionalAttribute) error {
	for _, a := range attributes {
		if aws.ToString(a.Key) != desync {
			return wire.Errorf("LoadBalancerAttributeNotFound", "The load balancer attribute '%s' is not known", aws.ToString(a.Key))
		}
		if !slices.Contains([]string{"monitor", "defensive", "strictest"}, aws.ToString(a.Value)) {
			return misconfigured("'%s' is not a valid value for %s", aws.ToString(a.Value), desync)
		}
	}
	return nil
}

func (l *LoadBalancers) describeAttributes(_ *wire.Call, in *sdk.DescribeLoadBalancerAttributesInput) (*sdk.DescribeLoadBalancerAttributesOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	attributes := b.attributes
	return &sdk.DescribeLoadBalancerAttributesOutput{LoadBalancerAttributes: &attributes}, nil
}

// Draining is how long a load balancer lets requests under way finish at most, 0 without connection draining; false without
// one of the name.
func (l *LoadBalancers) Draining(name string) (time.Duration, bool) {
	b := l.balancer(name)
	if b == nil || !b.attributes.ConnectionDraining.Enabled {
		return 0, b != nil
	}
	return time.Duration(*b.attributes.ConnectionDraining.Timeout) * time.Second, true
}
