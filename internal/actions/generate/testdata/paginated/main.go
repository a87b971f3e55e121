// Command paginated has the SDK make the calls: by a paginator and by a waiter.
package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

func main() {
	ctx := context.Background()
	pages := autoscaling.NewDescribeScalingActivitiesPaginator(&autoscaling.Client{}, nil)
	for pages.HasMorePages() {
		_, _ = pages.NextPage(ctx)
	}
	_ = elb.NewTargetInServiceWaiter(&elb.Client{}).Wait(ctx, nil, time.Minute)
}
