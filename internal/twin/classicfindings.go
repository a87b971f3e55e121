package twin

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

func (a classicAPI) findings(_ context.Context, b Balancer, blue deploy.Fleet) ([]string, error) {
	c := b.whole.(*classic)
	var ids []string
	for _, instance := range c.Instances {
		ids = append(ids, aws.ToString(instance.InstanceId))
	}
	return append(strangers("its load balancer "+b.Name, ids, blue), tagsFit("its load balancer "+b.Name, c.tags)...), nil
}

// quotas looks whether the account may have the twins besides what it has.
func (a classicAPI) quotas(ctx context.Context, balancers []Balancer) ([]string, error) {
	more := count(balancers, func(_ Balancer, thing ledger.Made) bool { return thing.What == ledger.MadeClassic })
	if more == 0 {
		return nil, nil
	}
	limits, err := a.reads.DescribeAccountLimits(ctx, &elb.DescribeAccountLimitsInput{})
	if err != nil {
		return nil, fmt.Errorf("describing the quotas of Classic Load Balancers: %w", err)
	}
	there := 0
	all := elb.NewDescribeLoadBalancersPaginator(a.reads, &elb.DescribeLoadBalancersInput{})
	for all.HasMorePages() {
		page, err := all.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("counting the Classic Load Balancers: %w", err)
		}
		there += len(page.LoadBalancerDescriptions)
	}
	for _, limit := range limits.Limits {
		if most, err := strconv.Atoi(aws.ToString(limit.Max)); err == nil && aws.ToString(limit.Name) == "classic-load-balancers" {
			return quota("Classic Load Balancer", there, more, most), nil
		}
	}
	return nil, nil
}
