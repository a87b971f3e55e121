// Package network is the Network stack: where the Fleet stack's fleets live. Who has a network already gives its ids as
// parameters, and this stack is not made.
package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/given"
	"bluegreen/infra/loggroup"
	"bluegreen/infra/settings"
	"bluegreen/infra/trust"
)

// zones is how many Availability Zones there are: one may fail, and the endpoints are paid for in each.
const zones = 2

// SSM parameters by which the Fleet stack finds what this stack made (settings.Parameter).
const (
	VPC                       = "vpc"
	Subnets                   = "subnets" // of the instances
	LoadBalancerSubnets       = "load-balancer-subnets"
	SecurityGroup             = "security-group" // of the instances
	LoadBalancerSecurityGroup = "load-balancer-security-group"
)

// New makes the stack: public subnets for the load balancer; private ones for the instances, that reach Systems Manager
// (drains, sessions) and S3 (Amazon Linux's packages) through endpoints and nothing else. Two interface endpoints in
// two zones cost less than half of what two NAT gateways do, and no instance has a way out. Fleets that need the
// internet live in a network of their own: parameters vpc, subnets, load_balancer_subnets.
func New(scope constructs.Construct, s settings.Settings) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String("Network"), &awscdk.StackProps{
		StackName:   jsii.String(s.Name("network")),
		Description: jsii.String("bluegreen: the network that " + s.Prefix() + "'s fleets live in"),
	})
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		VpcName:     jsii.String(s.Name("vpc")),
		IpAddresses: awsec2.IpAddresses_Cidr(jsii.String("10.0.0.0/16")),
		MaxAzs:      jsii.Number(zones),
		NatGateways: jsii.Number(0),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("load-balancer"), SubnetType: awsec2.SubnetType_PUBLIC, CidrMask: jsii.Number(24), MapPublicIpOnLaunch: jsii.Bool(false)},
			// Wide enough for blue and green of the largest fleet at the same time.
			{Name: jsii.String("instances"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED, CidrMask: jsii.Number(20)},
		},
		FlowLogs: &map[string]*awsec2.FlowLogOptions{"Flows": {Destination: awsec2.FlowLogDestination_ToCloudWatchLogs(
			loggroup.New(stack, "FlowLog", s, &awslogs.LogGroupProps{Retention: awslogs.RetentionDays_ONE_MONTH}), flowLogRole(stack))}},
	})
	given.Remember(stack, s)
	endpoints(stack, vpc)
	tell(stack, s, vpc, NewGroups(stack, s, vpc.VpcId()))
	return stack
}

// flowLogRole lets the flow logs of this account, of which none has its id yet, write to the log that they are given.
func flowLogRole(stack awscdk.Stack) awsiam.Role {
	logs := stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("ec2"), Resource: jsii.String("vpc-flow-log"), ResourceName: jsii.String("*")})
	return awsiam.NewRole(stack, jsii.String("FlowLogRole"), &awsiam.RoleProps{
		Description: jsii.String("Lets the VPC's flow log write to its log group"),
		AssumedBy:   trust.Service("vpc-flow-logs.amazonaws.com", logs),
	})
}

// endpoints are the instances' way to AWS. SSM Agent from 3.3.40 on needs no ec2messages: Amazon Linux 2023 has it.
func endpoints(stack awscdk.Stack, vpc awsec2.Vpc) {
	instances := &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	group := awsec2.NewSecurityGroup(stack, jsii.String("Endpoints"), &awsec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      jsii.String("Who may use the endpoints: whatever lives in the VPC"),
		AllowAllOutbound: jsii.Bool(false),
	})
	for _, zone := range *vpc.IsolatedSubnets() {
		group.AddIngressRule(awsec2.Peer_Ipv4(zone.Ipv4CidrBlock()), awsec2.Port_Tcp(jsii.Number(443)), jsii.String("Instances"), nil)
	}
	for _, endpoint := range []struct {
		id      string
		service awsec2.InterfaceVpcEndpointAwsService
	}{
		{"Ssm", awsec2.InterfaceVpcEndpointAwsService_SSM()},
		{"SsmMessages", awsec2.InterfaceVpcEndpointAwsService_SSM_MESSAGES()},
	} {
		vpc.AddInterfaceEndpoint(jsii.String(endpoint.id), &awsec2.InterfaceVpcEndpointOptions{
			Service:        endpoint.service,
			Subnets:        instances,
			SecurityGroups: &[]awsec2.ISecurityGroup{group},
			Open:           jsii.Bool(false),
		})
	}
	vpc.AddGatewayEndpoint(jsii.String("S3"), &awsec2.GatewayVpcEndpointOptions{
		Service: awsec2.GatewayVpcEndpointAwsService_S3(),
		Subnets: &[]*awsec2.SubnetSelection{instances},
	})
}

// tell leaves the ids where the Fleet stack reads them: an export would bind the two stacks to each other.
func tell(stack awscdk.Stack, s settings.Settings, vpc awsec2.Vpc, groups Groups) {
	one := func(name string, value *string) {
		awsssm.NewStringParameter(stack, jsii.String(name), &awsssm.StringParameterProps{
			ParameterName: jsii.String(s.Parameter(name)),
			StringValue:   value,
		})
	}
	one(VPC, vpc.VpcId())
	one(SecurityGroup, groups.Instances)
	one(LoadBalancerSecurityGroup, groups.LoadBalancer)
	for _, list := range []struct {
		name    string
		subnets *[]awsec2.ISubnet
	}{{Subnets, vpc.IsolatedSubnets()}, {LoadBalancerSubnets, vpc.PublicSubnets()}} {
		var ids []*string
		for _, subnet := range *list.subnets {
			ids = append(ids, subnet.SubnetId())
		}
		awsssm.NewStringListParameter(stack, jsii.String(list.name), &awsssm.StringListParameterProps{
			ParameterName:   jsii.String(s.Parameter(list.name)),
			StringListValue: &ids,
		})
	}
}
