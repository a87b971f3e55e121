package fleet

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/network"
	"bluegreen/infra/settings"
)

// place is the network that the fleet lives in, by ids.
type place struct {
	vpc                 *string
	subnets             *[]*string
	loadBalancerSubnets *[]*string
	groups              network.Groups
}

// find takes the network that the parameters name, with security groups of this stack's own; or else the Network
// stack's, by the SSM parameters that it left.
func find(stack awscdk.Stack, s settings.Settings) place {
	if s.VPC != "" {
		return place{
			vpc:                 &s.VPC,
			subnets:             jsii.Strings(s.Subnets...),
			loadBalancerSubnets: jsii.Strings(s.LoadBalancerSubnets...),
			groups:              network.NewGroups(stack, s, &s.VPC),
		}
	}
	told := func(id, name, kind string) awscdk.CfnParameter {
		return awscdk.NewCfnParameter(stack, jsii.String(id), &awscdk.CfnParameterProps{
			Type:        jsii.String("AWS::SSM::Parameter::Value<" + kind + ">"),
			Default:     s.Parameter(name),
			Description: jsii.String("Left by the Network stack"),
		})
	}
	return place{
		vpc:                 told("Vpc", network.VPC, "AWS::EC2::VPC::Id").ValueAsString(),
		subnets:             told("Subnets", network.Subnets, "List<AWS::EC2::Subnet::Id>").ValueAsList(),
		loadBalancerSubnets: told("LoadBalancerSubnets", network.LoadBalancerSubnets, "List<AWS::EC2::Subnet::Id>").ValueAsList(),
		groups: network.Groups{
			Instances:    told("InstanceGroup", network.SecurityGroup, "AWS::EC2::SecurityGroup::Id").ValueAsString(),
			LoadBalancer: told("LoadBalancerGroup", network.LoadBalancerSecurityGroup, "AWS::EC2::SecurityGroup::Id").ValueAsString(),
		},
	}
}
