package elbv2

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// limits are the quotas of an account that has asked for no more, as the aws CLI's example of the call shows them, but for
// the wildcards: they have been one more since.
var limits = []struct {
	name string
	most int
}{
	{"target-groups", 3000}, {"targets-per-application-load-balancer", 1000}, {"listeners-per-application-load-balancer", 50},
	{"rules-per-application-load-balancer", 100}, {"network-load-balancers", 50}, {"targets-per-network-load-balancer", 3000},
	{"targets-per-availability-zone-per-network-load-balancer", 500}, {"listeners-per-network-load-balancer", 50},
	{"condition-values-per-alb-rule", 5}, {"condition-wildcards-per-alb-rule", 6}, {"target-groups-per-application-load-balancer", 100},
	{"target-groups-per-action-on-application-load-balancer", 5}, {"target-groups-per-action-on-network-load-balancer", 1},
	{"certificates-per-application-load-balancer", 25}, {"certificates-per-network-load-balancer", 25}, {"targets-per-target-group", 1000},
	{"target-id-registrations-per-application-load-balancer", 1000}, {"network-load-balancer-enis-per-vpc", 1200},
	{"application-load-balancers", 50}, {"gateway-load-balancers", 100}, {"gateway-load-balancers-per-vpc", 100}, {"geneve-target-groups", 100},
	{"targets-per-availability-zone-per-gateway-load-balancer", 300},
}

// most is a quota by its name.
func most(name string) int {
	for _, limit := range limits {
		if limit.name == name {
			return limit.most
		}
	}
	panic("elbv2: there is no limit " + name)
}

// checkQuota refuses one more of what there are so many of.
func checkQuota(there int, quota, code, what string) error {
	if there < most(quota) {
		return nil
	}
	return wire.Errorf(code, "The maximum number of %s has been reached", what)
}

func (l *LoadBalancers) describeAccountLimits(_ *wire.Call, in *sdk.DescribeAccountLimitsInput) (*sdk.DescribeAccountLimitsOutput, error) {
	listed, next, err := page(limits, in.PageSize, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &sdk.DescribeAccountLimitsOutput{NextMarker: next}
	for _, limit := range listed {
		out.Limits = append(out.Limits, types.Limit{Name: aws.String(limit.name), Max: aws.String(strconv.Itoa(limit.most))})
	}
	return out, nil
}
