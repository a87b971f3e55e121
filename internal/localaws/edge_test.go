package localaws_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/globalaccelerator"
	acceleratortypes "github.com/aws/aws-sdk-go-v2/service/globalaccelerator/types"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	shieldtypes "github.com/aws/aws-sdk-go-v2/service/shield/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/smithy-go"

	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/world"
)

// What stands in front of a load balancer is read by the services that put it there.
func TestWhatStandsInFrontOfALoadBalancer(t *testing.T) {
	inAccount(t, localaws.Options{Seed: 1}, func(a *localaws.AWS, config aws.Config) {
		ctx := t.Context()
		plan := world.DefaultPlan()
		plan.Desired, plan.Min = 1, 1
		w, err := (world.Seeder{Config: config, Clock: a.Account.Clock, Pause: 20 * time.Second}).Seed(ctx, plan)
		if err != nil {
			t.Error(err)
			return
		}
		front := &w.LoadBalancerARN
		inFrontWAF(t, config, front)
		inFrontShield(t, config, front)
		inFrontAccelerator(t, config, front)
		services := ec2.NewFromConfig(config)
		_, err = services.CreateVpcEndpointServiceConfiguration(ctx, &ec2.CreateVpcEndpointServiceConfigurationInput{NetworkLoadBalancerArns: []string{*front}})
		wantCode(t, err, "InvalidParameter")
		nlb, err := elasticloadbalancingv2.NewFromConfig(config).CreateLoadBalancer(ctx, &elasticloadbalancingv2.CreateLoadBalancerInput{
			Name: aws.String("net"), Type: "network", Subnets: []string{subnet(a)}})
		if err != nil {
			t.Error(err)
			return
		}
		_, err = services.CreateVpcEndpointServiceConfiguration(ctx, &ec2.CreateVpcEndpointServiceConfigurationInput{NetworkLoadBalancerArns: []string{*nlb.LoadBalancers[0].LoadBalancerArn}})
		wantCode(t, err, "")
		listed, err := services.DescribeVpcEndpointServiceConfigurations(ctx, &ec2.DescribeVpcEndpointServiceConfigurationsInput{})
		if err != nil || len(listed.ServiceConfigurations) != 1 || listed.ServiceConfigurations[0].NetworkLoadBalancerArns[0] != *nlb.LoadBalancers[0].LoadBalancerArn ||
			listed.ServiceConfigurations[0].ServiceState != "Available" {
			t.Errorf("endpoint services: %+v, %v", listed, err)
		}
	})
}

func subnet(a *localaws.AWS) string {
	a.Account.Lock()
	defer a.Account.Unlock()
	found, _ := a.Compute.DefaultSubnet(a.Compute.Zones()[0])
	return found.ID
}

// wantCode expects an error of AWS with a code, or none.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var answered smithy.APIError
	switch {
	case code == "" && err != nil:
		t.Error(err)
	case code != "" && (!errors.As(err, &answered) || answered.ErrorCode() != code):
		t.Errorf("got %v, want %s", err, code)
	}
}

func inFrontWAF(t *testing.T, config aws.Config, front *string) {
	client, ctx := wafv2.NewFromConfig(config), context.Background()
	got, err := client.GetWebACLForResource(ctx, &wafv2.GetWebACLForResourceInput{ResourceArn: front})
	if err != nil || got.WebACL != nil {
		t.Errorf("without a web ACL: %+v, %v", got, err)
	}
	acl := aws.String("arn:aws:wafv2:ap-northeast-1:000000000000:regional/webacl/shop/1")
	_, err = client.AssociateWebACL(ctx, &wafv2.AssociateWebACLInput{WebACLArn: acl, ResourceArn: aws.String(*front + "0")})
	wantCode(t, err, "WAFNonexistentItemException")
	_, err = client.AssociateWebACL(ctx, &wafv2.AssociateWebACLInput{WebACLArn: acl, ResourceArn: front})
	wantCode(t, err, "")
	got, err = client.GetWebACLForResource(ctx, &wafv2.GetWebACLForResourceInput{ResourceArn: front})
	if err != nil || got.WebACL == nil || *got.WebACL.Name != "shop" || *got.WebACL.ARN != *acl {
		t.Errorf("with a web ACL: %+v, %v", got, err)
	}
}

func inFrontShield(t *testing.T, config aws.Config, front *string) {
	client, ctx := shield.NewFromConfig(config), context.Background()
	_, err := client.ListProtections(ctx, &shield.ListProtectionsInput{})
	wantCode(t, err, "ResourceNotFoundException")
	_, err = client.CreateSubscription(ctx, &shield.CreateSubscriptionInput{})
	wantCode(t, err, "")
	_, err = client.DescribeProtection(ctx, &shield.DescribeProtectionInput{ResourceArn: front})
	wantCode(t, err, "ResourceNotFoundException")
	_, err = client.CreateProtection(ctx, &shield.CreateProtectionInput{Name: aws.String("shop"), ResourceArn: front})
	wantCode(t, err, "")
	got, err := client.ListProtections(ctx, &shield.ListProtectionsInput{InclusionFilters: &shieldtypes.InclusionProtectionFilters{ResourceArns: []string{*front}}})
	if err != nil || len(got.Protections) != 1 || *got.Protections[0].ResourceArn != *front {
		t.Errorf("protections: %+v, %v", got, err)
	}
}

func inFrontAccelerator(t *testing.T, config aws.Config, front *string) {
	ctx := context.Background()
	_, err := globalaccelerator.NewFromConfig(config).ListAccelerators(ctx, &globalaccelerator.ListAcceleratorsInput{})
	wantCode(t, err, "NotModelled") // it lives in us-west-2
	client := globalaccelerator.NewFromConfig(config, func(o *globalaccelerator.Options) { o.Region = "us-west-2" })
	made, err := client.CreateAccelerator(ctx, &globalaccelerator.CreateAcceleratorInput{Name: aws.String("shop")})
	if err != nil {
		t.Error(err)
		return
	}
	listener, err := client.CreateListener(ctx, &globalaccelerator.CreateListenerInput{AcceleratorArn: made.Accelerator.AcceleratorArn, Protocol: acceleratortypes.ProtocolTcp,
		PortRanges: []acceleratortypes.PortRange{{FromPort: aws.Int32(80), ToPort: aws.Int32(80)}}})
	if err != nil {
		t.Error(err)
		return
	}
	_, err = client.CreateEndpointGroup(ctx, &globalaccelerator.CreateEndpointGroupInput{ListenerArn: listener.Listener.ListenerArn, EndpointGroupRegion: aws.String("ap-northeast-1"),
		EndpointConfigurations: []acceleratortypes.EndpointConfiguration{{EndpointId: front}}})
	wantCode(t, err, "")
	accelerators, err := client.ListAccelerators(ctx, &globalaccelerator.ListAcceleratorsInput{})
	wantCode(t, err, "")
	listeners, err := client.ListListeners(ctx, &globalaccelerator.ListListenersInput{AcceleratorArn: accelerators.Accelerators[0].AcceleratorArn})
	wantCode(t, err, "")
	groups, err := client.ListEndpointGroups(ctx, &globalaccelerator.ListEndpointGroupsInput{ListenerArn: listeners.Listeners[0].ListenerArn})
	if err != nil || len(groups.EndpointGroups) != 1 || *groups.EndpointGroups[0].EndpointDescriptions[0].EndpointId != *front {
		t.Errorf("endpoints: %+v, %v", groups, err)
	}
}
