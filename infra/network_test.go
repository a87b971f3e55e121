package main

import (
	"slices"
	"strings"
	"testing"
)

// Instances reach Systems Manager and S3 without a way to the internet, and who talked to whom is kept.
func TestNetwork(t *testing.T) {
	if n := len(resources(t, "Network", "AWS::EC2::NatGateway")); n > 0 {
		t.Errorf("%d NAT gateways", n)
	}
	if n := len(resources(t, "Network", "AWS::EC2::Subnet")); n != 4 {
		t.Errorf("%d subnets, want two for the load balancer and two for instances", n)
	}
	only(t, resources(t, "Network", "AWS::EC2::FlowLog"))
	var services []string
	for _, endpoint := range resources(t, "Network", "AWS::EC2::VPCEndpoint") {
		service := at(t, endpoint.Properties, "ServiceName", "Fn::Join", 1, 2)
		services = append(services, service)
		if dns := at(t, endpoint.Properties, "PrivateDnsEnabled"); service != ".s3" && dns != "true" {
			t.Errorf("agents would not find %s: its private DNS is %s", service, dns)
		}
	}
	slices.Sort(services)
	if got := strings.Join(services, " "); got != ".s3 .ssm .ssmmessages" {
		t.Errorf("endpoints of %s", got)
	}
	var told []string
	for _, parameter := range resources(t, "Network", "AWS::SSM::Parameter") {
		if name := strings.TrimPrefix(at(t, parameter.Properties, "Name"), "/ec/mqagt/dev/"); name != "given/Network" {
			told = append(told, name)
		}
	}
	slices.Sort(told)
	if got, want := strings.Join(told, " "), "load-balancer-security-group load-balancer-subnets security-group subnets vpc"; got != want {
		t.Errorf("the Fleet stack is told %s, want %s", got, want)
	}
}

// Only the load balancer is reached from outside, and only it reaches the instances.
func TestWhoReachesTheInstances(t *testing.T) {
	rule := only(t, resources(t, "Network", "AWS::EC2::SecurityGroupIngress")).Properties
	if from, port := at(t, rule, "SourceSecurityGroupId", "Fn::GetAtt", 0), at(t, rule, "FromPort"); from != "LoadBalancerGroup" || port != "8080" {
		t.Errorf("%s reaches the instances on port %s", from, port)
	}
	for _, group := range resources(t, "Network", "AWS::EC2::SecurityGroup") {
		if at(t, group.Properties, "SecurityGroupEgress") == "null" {
			t.Errorf("%s may reach everything: it has no egress rule of its own", at(t, group.Properties, "GroupDescription"))
		}
		if strings.HasPrefix(at(t, group.Properties, "GroupDescription"), "Instances") && at(t, group.Properties, "SecurityGroupIngress") != "null" {
			t.Error("the instances are reached past the load balancer")
		}
	}
}
