package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"bluegreen/infra/settings"
)

// Port is where the instances answer the load balancer.
const Port = 8080

// Groups are the ids of a fleet's security groups.
type Groups struct {
	Instances    *string
	LoadBalancer *string
}

// NewGroups makes the security groups of a fleet behind a load balancer in the VPC of that id: the world reaches the
// load balancer, the load balancer reaches the instances, and the instances reach AWS.
func NewGroups(scope constructs.Construct, s settings.Settings, vpc *string) Groups {
	instances := group(scope, "InstanceGroup", "Instances of "+s.Prefix(), vpc)
	instances.SetSecurityGroupEgress(&[]any{&awsec2.CfnSecurityGroup_EgressProperty{
		IpProtocol: jsii.String("tcp"), FromPort: jsii.Number(443), ToPort: jsii.Number(443),
		CidrIp: jsii.String("0.0.0.0/0"), Description: jsii.String("Systems Manager and S3, at addresses of AWS"),
	}})
	balancer := group(scope, "LoadBalancerGroup", "Load balancer of "+s.Prefix(), vpc)
	reached := []any{world(80, "Who uses the service")}
	if s.Certificate != "" {
		reached = []any{world(443, "Who uses the service"), world(80, "Who is sent on to HTTPS")}
	}
	balancer.SetSecurityGroupIngress(&reached)
	balancer.SetSecurityGroupEgress(&[]any{&awsec2.CfnSecurityGroup_EgressProperty{
		IpProtocol: jsii.String("tcp"), FromPort: jsii.Number(Port), ToPort: jsii.Number(Port),
		DestinationSecurityGroupId: instances.AttrGroupId(), Description: jsii.String("Requests and health checks"),
	}})
	cdknag.NagSuppressions_AddResourceSuppressions(balancer, &[]*cdknag.NagPackSuppression{
		{Id: jsii.String("AwsSolutions-EC23"), Reason: jsii.String("The sample is a web site: everybody may use it, through the load balancer alone.")},
	}, nil)
	// By itself: each of the two groups names the other.
	awsec2.NewCfnSecurityGroupIngress(scope, jsii.String("LoadBalancerToInstances"), &awsec2.CfnSecurityGroupIngressProps{
		GroupId: instances.AttrGroupId(), IpProtocol: jsii.String("tcp"), FromPort: jsii.Number(Port), ToPort: jsii.Number(Port),
		SourceSecurityGroupId: balancer.AttrGroupId(), Description: jsii.String("Requests and health checks"),
	})
	return Groups{Instances: instances.AttrGroupId(), LoadBalancer: balancer.AttrGroupId()}
}

func group(scope constructs.Construct, id, description string, vpc *string) awsec2.CfnSecurityGroup {
	return awsec2.NewCfnSecurityGroup(scope, jsii.String(id), &awsec2.CfnSecurityGroupProps{GroupDescription: &description, VpcId: vpc})
}

func world(port float64, description string) any {
	return &awsec2.CfnSecurityGroup_IngressProperty{
		IpProtocol: jsii.String("tcp"), FromPort: &port, ToPort: &port, CidrIp: jsii.String("0.0.0.0/0"), Description: &description,
	}
}
