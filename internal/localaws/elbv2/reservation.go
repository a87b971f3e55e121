package elbv2

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// modifyReservation reserves capacity for a load balancer, or gives it up. In the model it is provisioned at once, and nothing
// has too little.
func (l *LoadBalancers) modifyReservation(_ *wire.Call, in *sdk.ModifyCapacityReservationInput) (*sdk.ModifyCapacityReservationOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	reset, wanted := aws.ToBool(in.ResetCapacityReservation), in.MinimumLoadBalancerCapacity
	if reset == (wanted != nil) || wanted != nil && aws.ToInt32(wanted.CapacityUnits) < 1 {
		return nil, invalid("You must specify either a minimum capacity of at least one unit or to reset the reservation")
	}
	out := &sdk.ModifyCapacityReservationOutput{MinimumLoadBalancerCapacity: wanted, LastModifiedTime: aws.Time(l.account.Now())}
	for _, subnet := range b.subnets {
		if wanted == nil {
			break
		}
		out.CapacityReservationState = append(out.CapacityReservationState, types.ZonalCapacityReservationState{
			AvailabilityZone: aws.String(subnet.Zone), State: &types.CapacityReservationStatus{Code: types.CapacityReservationStateEnumProvisioned},
			EffectiveCapacityUnits: aws.Float64(float64(*wanted.CapacityUnits) / float64(len(b.subnets))),
		})
	}
	b.reservation = out
	return out, nil
}

func (l *LoadBalancers) describeReservation(_ *wire.Call, in *sdk.DescribeCapacityReservationInput) (*sdk.DescribeCapacityReservationOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	was := b.reservation
	if was == nil {
		return &sdk.DescribeCapacityReservationOutput{}, nil
	}
	return &sdk.DescribeCapacityReservationOutput{
		CapacityReservationState: was.CapacityReservationState, LastModifiedTime: was.LastModifiedTime, MinimumLoadBalancerCapacity: was.MinimumLoadBalancerCapacity,
	}, nil
}
