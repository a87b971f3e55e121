package elb

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/localaws/wire"
)

// describeAccountLimits shows the quotas of an account: of load balancers its own, of the others those of an account that has asked for no
// more (CLB-UG limits). They are three, and fit on one page.
func (l *LoadBalancers) describeAccountLimits(_ *wire.Call, in *sdk.DescribeAccountLimitsInput) (*sdk.DescribeAccountLimitsOutput, error) {
	if in.Marker != nil {
		return nil, invalid("Marker '%s' is invalid", *in.Marker)
	}
	out := &sdk.DescribeAccountLimitsOutput{}
	for _, limit := range []struct {
		name string
		most int
	}{{"classic-listeners", 100}, {"classic-load-balancers", l.settings.MaxLoadBalancers}, {"classic-registered-instances", 1000}} {
		out.Limits = append(out.Limits, types.Limit{Name: aws.String(limit.name), Max: aws.String(strconv.Itoa(limit.most))})
	}
	return out, nil
}
