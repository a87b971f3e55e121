package balancer_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/balancer"
	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/wire"
)

// account is an account in the model of AWS, and clients of it.
type account struct {
	*testing.T
	clock     *clock.Virtual
	ec2       *ec2.Client
	elb       *elb.Client
	classic   *classic.Client
	groups    *autoscaling.Client
	tables    *dynamodb.Client
	balancers balancer.Balancers
}

func meet(t *testing.T, test func(*account)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer v.Close()
	a := localaws.New(localaws.Options{Clock: v, Seed: 1})
	defer a.Close()
	config := a.Endpoint.Config(wire.Caller{})
	v.Run(func() {
		test(&account{t, v, ec2.NewFromConfig(config), elb.NewFromConfig(config), classic.NewFromConfig(config), autoscaling.NewFromConfig(config), dynamodb.NewFromConfig(config), balancer.New(config)})
	})
}

func (a *account) sleep(d time.Duration) { _ = a.clock.Sleep(context.Background(), d) }

// must is the answer of a call that succeeds.
func must[In, Out, Options any](a *account, call func(context.Context, *In, ...func(*Options)) (*Out, error), in *In) *Out {
	a.Helper()
	out, err := call(context.Background(), in)
	if err != nil {
		a.Fatalf("%T: %v", in, err)
	}
	return out
}

// fence lets a deployment of the lineage web write.
func (a *account) fence() ledger.Fence {
	a.Helper()
	must(a, a.tables.CreateTable, &dynamodb.CreateTableInput{
		TableName: aws.String("ledger"), BillingMode: dynamodbtypes.BillingModePayPerRequest,
		KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String(ledger.KeyAttribute), KeyType: dynamodbtypes.KeyTypeHash}},
		AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String(ledger.KeyAttribute), AttributeType: dynamodbtypes.ScalarAttributeTypeS}},
	})
	a.sleep(time.Minute)
	l := ledger.Ledger{Table: "ledger", Items: a.tables}
	lock := &ledger.Lock{Execution: "mine", Stage: ledger.Leaving, Deployment: deploy.Deployment{Execution: "mine"}}
	if _, err := l.Put(context.Background(), ledger.Record{Lineage: "web", Lock: lock}); err != nil {
		a.Fatal(err)
	}
	return ledger.Holder{Ledger: l, Lineage: "web", Execution: "mine", Deployment: "mine"}.At(ledger.Leaving)
}

// launch runs n instances, whose application answers on every port.
func (a *account) launch(n int32) []string {
	a.Helper()
	image := must(a, a.ec2.RegisterImage, &ec2.RegisterImageInput{Name: aws.String("app")}).ImageId
	var ids []string
	for _, instance := range must(a, a.ec2.RunInstances, &ec2.RunInstancesInput{
		ImageId: image, InstanceType: ec2types.InstanceTypeT3Micro, MinCount: &n, MaxCount: &n,
	}).Instances {
		ids = append(ids, *instance.InstanceId)
	}
	a.sleep(2 * time.Minute)
	return ids
}

// targetGroup is a target group that drains for 5 minutes, behind a listener of its own.
func (a *account) targetGroup(name string) string {
	a.Helper()
	var subnets []string
	var vpc *string
	for _, subnet := range must(a, a.ec2.DescribeSubnets, &ec2.DescribeSubnetsInput{}).Subnets {
		subnets, vpc = append(subnets, *subnet.SubnetId), subnet.VpcId
	}
	group := must(a, a.elb.CreateTargetGroup, &elb.CreateTargetGroupInput{
		Name: &name, Protocol: types.ProtocolEnumHttp, Port: aws.Int32(8080), VpcId: vpc, HealthCheckIntervalSeconds: aws.Int32(10),
	}).TargetGroups[0].TargetGroupArn
	balancer := must(a, a.elb.CreateLoadBalancer, &elb.CreateLoadBalancerInput{Name: &name, Subnets: subnets}).LoadBalancers[0].LoadBalancerArn
	must(a, a.elb.CreateListener, &elb.CreateListenerInput{
		LoadBalancerArn: balancer, Protocol: types.ProtocolEnumHttp, Port: aws.Int32(80),
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: group}},
	})
	a.sleep(5 * time.Minute)
	return *group
}

// networkGroup is a target group of a network load balancer, that drains for 5 seconds.
func (a *account) networkGroup(name string) string {
	a.Helper()
	vpc := must(a, a.ec2.DescribeSubnets, &ec2.DescribeSubnetsInput{}).Subnets[0].VpcId
	group := must(a, a.elb.CreateTargetGroup, &elb.CreateTargetGroupInput{Name: &name, Protocol: types.ProtocolEnumTcp, Port: aws.Int32(8080), VpcId: vpc}).TargetGroups[0].TargetGroupArn
	must(a, a.elb.ModifyTargetGroupAttributes, &elb.ModifyTargetGroupAttributesInput{
		TargetGroupArn: group, Attributes: []types.TargetGroupAttribute{{Key: aws.String("deregistration_delay.timeout_seconds"), Value: aws.String("5")}},
	})
	return *group
}

func (a *account) register(group, id string, ports ...int32) {
	a.Helper()
	for _, port := range ports {
		must(a, a.elb.RegisterTargets, &elb.RegisterTargetsInput{TargetGroupArn: &group, Targets: []types.TargetDescription{{Id: &id, Port: &port}}})
	}
}

func (a *account) deregister(group, id string, port int32) {
	a.Helper()
	must(a, a.elb.DeregisterTargets, &elb.DeregisterTargetsInput{TargetGroupArn: &group, Targets: []types.TargetDescription{{Id: &id, Port: &port}}})
}

// template is the id of a new launch template.
func (a *account) template() *string {
	a.Helper()
	image := must(a, a.ec2.RegisterImage, &ec2.RegisterImageInput{Name: aws.String("app")}).ImageId
	return must(a, a.ec2.CreateLaunchTemplate, &ec2.CreateLaunchTemplateInput{
		LaunchTemplateName: aws.String("app"),
		LaunchTemplateData: &ec2types.RequestLaunchTemplateData{ImageId: image, InstanceType: ec2types.InstanceTypeT3Micro},
	}).LaunchTemplate.LaunchTemplateId
}
