package ec2

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// createEndpointService makes an endpoint service (PrivateLink) of Network Load Balancers. Whether they exist EC2's model cannot
// know: any ARN of one is one.
func (c *Compute) createEndpointService(_ *wire.Call, in *sdk.CreateVpcEndpointServiceConfigurationInput) (*sdk.CreateVpcEndpointServiceConfigurationOutput, error) {
	if len(in.NetworkLoadBalancerArns) == 0 {
		return nil, wire.Errorf("MissingParameter", "The request must contain the parameter NetworkLoadBalancerArns")
	}
	for _, arn := range in.NetworkLoadBalancerArns {
		if !strings.Contains(arn, ":loadbalancer/net/") {
			return nil, wire.Errorf("InvalidParameter", "The load balancer %s is not a Network Load Balancer", arn)
		}
	}
	id := "vpce-svc-" + c.account.Hex(17)
	made := types.ServiceConfiguration{
		ServiceId: &id, ServiceName: aws.String("com.amazonaws.vpce." + c.account.Region + "." + id), ServiceState: types.ServiceStateAvailable,
		ServiceType:             []types.ServiceTypeDetail{{ServiceType: types.ServiceTypeInterface}},
		NetworkLoadBalancerArns: in.NetworkLoadBalancerArns, AcceptanceRequired: aws.Bool(in.AcceptanceRequired == nil || *in.AcceptanceRequired),
		ManagesVpcEndpoints: aws.Bool(false),
	}
	c.endpointServices = append(c.endpointServices, made)
	return &sdk.CreateVpcEndpointServiceConfigurationOutput{ServiceConfiguration: &made, ClientToken: in.ClientToken}, nil
}

// mostEndpointServices is how many one answer has at most.
const mostEndpointServices = 1000

func (c *Compute) describeEndpointServices(_ *wire.Call, in *sdk.DescribeVpcEndpointServiceConfigurationsInput) (*sdk.DescribeVpcEndpointServiceConfigurationsOutput, error) {
	found := c.endpointServices
	if len(in.ServiceIds) > 0 {
		found = nil
		for _, id := range in.ServiceIds {
			before := len(found)
			for _, service := range c.endpointServices {
				if *service.ServiceId == id {
					found = append(found, service)
				}
			}
			if len(found) == before {
				return nil, wire.Errorf("InvalidVpcEndpointServiceId.NotFound", "The VpcEndpointService Id '%s' does not exist", id)
			}
		}
	}
	from := 0
	if in.NextToken != nil {
		var err error
		if from, err = strconv.Atoi(*in.NextToken); err != nil || from < 0 || from > len(found) {
			return nil, wire.Errorf("InvalidNextToken", "The token '%s' is not valid", *in.NextToken)
		}
	}
	until := min(len(found), from+mostEndpointServices)
	if in.MaxResults != nil && *in.MaxResults > 0 {
		until = min(until, from+int(*in.MaxResults))
	}
	out := &sdk.DescribeVpcEndpointServiceConfigurationsOutput{ServiceConfigurations: found[from:until]}
	if until < len(found) {
		out.NextToken = aws.String(strconv.Itoa(until))
	}
	return out, nil
}
