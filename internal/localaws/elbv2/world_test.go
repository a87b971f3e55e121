package elbv2_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	localelb "bluegreen/internal/localaws/elbv2"
	"bluegreen/internal/localaws/wire"
)

// world is an account with instances and load balancers, and a client of them. Instances run after 10 s and answer
// after 20 s more. Load balancers are active after 1 s, register targets in 5 s (network: 60 s, and send connections to one
// that is deregistered for 110 s), notice an ended instance after 5 s and forget it 60 s later; DescribeTargetHealth lags by
// 1 s.
type world struct {
	*testing.T
	clock     *clock.Virtual
	account   *account.Account
	compute   *localec2.Compute
	balancers *localelb.LoadBalancers
	ec2       *ec2sdk.Client
	client    *sdk.Client
	start     time.Time
	image     string
}

// run runs a test in a new world, on virtual time.
func run(t *testing.T, test func(*world)) {
	t.Helper()
	start := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	w := &world{T: t, clock: clock.NewVirtual(start), start: start}
	defer w.clock.Close()
	w.account = account.New("000000000000", "ap-northeast-1", w.clock, 1)
	instances := localec2.DefaultSettings()
	instances.Pending, instances.Boot = account.Constant(10*time.Second), account.Constant(20*time.Second)
	instances.ShuttingDown = account.Constant(30 * time.Second)
	w.compute = localec2.New(w.account, instances)
	w.balancers = localelb.New(w.account, w.compute, localelb.Settings{
		Provisioning: account.Constant(time.Second), Registration: account.Constant(5 * time.Second),
		NetworkRegistration: account.Constant(60 * time.Second), NetworkLag: account.Constant(110 * time.Second), Notice: account.Constant(5 * time.Second),
		TerminatedGone: account.Constant(60 * time.Second), DescribeLag: time.Second,
	})
	front := wire.DefaultSettings()
	front.Latency, front.Latencies, front.Buckets = account.Constant(time.Millisecond), nil, nil
	endpoint := wire.NewEndpoint(w.account, front, nil)
	endpoint.Add(w.compute.Service())
	endpoint.Add(w.balancers.Service())
	w.ec2 = ec2sdk.NewFromConfig(endpoint.Config(wire.Caller{}))
	w.client = sdk.NewFromConfig(endpoint.Config(wire.Caller{}))
	w.clock.Run(func() {
		out, err := w.ec2.RegisterImage(context.Background(), &ec2sdk.RegisterImageInput{Name: aws.String("app-1")})
		if err != nil {
			t.Fatal(err)
		}
		w.image = *out.ImageId
		test(w)
	})
}

// must is the answer of a call that succeeds.
func must[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In) *Out {
	w.Helper()
	out, err := call(context.Background(), in)
	if err != nil {
		w.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused expects a call to fail with an error of AWS.
func refused[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In, code, message string) {
	w.Helper()
	_, err := call(context.Background(), in)
	var answered smithy.APIError
	if !errors.As(err, &answered) {
		w.Errorf("%T: got %v, want %s", in, err, code)
		return
	}
	if answered.ErrorCode() != code || answered.ErrorMessage() != message {
		w.Errorf("%T: got %s: %s\nwant %s: %s", in, answered.ErrorCode(), answered.ErrorMessage(), code, message)
	}
}

// until lets time pass until d after the world began.
func (w *world) until(d time.Duration) {
	w.Helper()
	left := w.start.Add(d).Sub(w.clock.Now())
	if left < 0 {
		w.Fatalf("it is later than %s", d)
	}
	_ = w.clock.Sleep(context.Background(), left)
}

// do looks at the model, or changes it, behind the API's back.
func (w *world) do(f func()) {
	w.account.Lock()
	defer w.account.Unlock()
	f()
}

// launch runs n instances in a zone.
func (w *world) launch(zone string, n int32) []string {
	w.Helper()
	out, err := w.ec2.RunInstances(context.Background(), &ec2sdk.RunInstancesInput{
		ImageId: aws.String(w.image), InstanceType: ec2types.InstanceTypeT3Micro, MinCount: aws.Int32(n), MaxCount: aws.Int32(n),
		Placement: &ec2types.Placement{AvailabilityZone: aws.String(zone)},
	})
	if err != nil {
		w.Fatal(err)
	}
	var ids []string
	for _, i := range out.Instances {
		ids = append(ids, *i.InstanceId)
	}
	return ids
}

// balancer makes a load balancer in the zones a and c.
func (w *world) balancer(name string, kind types.LoadBalancerTypeEnum) string {
	w.Helper()
	var subnets []string
	w.do(func() {
		for _, zone := range []string{"ap-northeast-1a", "ap-northeast-1c"} {
			subnet, _ := w.compute.DefaultSubnet(zone)
			subnets = append(subnets, subnet.ID)
		}
	})
	return *must(w, w.client.CreateLoadBalancer, &sdk.CreateLoadBalancerInput{Name: aws.String(name), Type: kind, Subnets: subnets}).LoadBalancers[0].LoadBalancerArn
}

// group makes a target group that checks every 10 s, with the thresholds 3 (healthy) and 2, and drains for 30 s.
func (w *world) group(name string, protocol types.ProtocolEnum) string {
	w.Helper()
	arn := *must(w, w.client.CreateTargetGroup, &sdk.CreateTargetGroupInput{
		Name: aws.String(name), Protocol: protocol, Port: aws.Int32(8080), VpcId: aws.String(w.vpc()),
		HealthCheckIntervalSeconds: aws.Int32(10), HealthCheckTimeoutSeconds: aws.Int32(5),
		HealthyThresholdCount: aws.Int32(3), UnhealthyThresholdCount: aws.Int32(2),
	}).TargetGroups[0].TargetGroupArn
	w.attribute(arn, "deregistration_delay.timeout_seconds", "30")
	return arn
}

func (w *world) vpc() (id string) {
	w.do(func() { id = w.compute.VPCID() })
	return id
}

func (w *world) attribute(group, key, value string) {
	w.Helper()
	must(w, w.client.ModifyTargetGroupAttributes, &sdk.ModifyTargetGroupAttributesInput{
		TargetGroupArn: aws.String(group), Attributes: []types.TargetGroupAttribute{{Key: aws.String(key), Value: aws.String(value)}},
	})
}

// forward is the default action to groups with weights.
func forward(weights map[string]int32, groups ...string) []types.Action {
	config := &types.ForwardActionConfig{}
	for _, group := range groups {
		config.TargetGroups = append(config.TargetGroups, types.TargetGroupTuple{TargetGroupArn: aws.String(group), Weight: aws.Int32(weights[group])})
	}
	return []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: config}}
}

// listen makes a listener on port 80 that forwards to the group.
func (w *world) listen(balancer, group string, protocol types.ProtocolEnum) string {
	w.Helper()
	return *must(w, w.client.CreateListener, &sdk.CreateListenerInput{
		LoadBalancerArn: aws.String(balancer), Port: aws.Int32(80), Protocol: protocol,
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: aws.String(group)}},
	}).Listeners[0].ListenerArn
}

func (w *world) register(group string, ids ...string) {
	w.Helper()
	must(w, w.client.RegisterTargets, &sdk.RegisterTargetsInput{TargetGroupArn: aws.String(group), Targets: targets(ids)})
}

func (w *world) deregister(group string, ids ...string) {
	w.Helper()
	must(w, w.client.DeregisterTargets, &sdk.DeregisterTargetsInput{TargetGroupArn: aws.String(group), Targets: targets(ids)})
}

func targets(ids []string) []types.TargetDescription {
	var described []types.TargetDescription
	for _, id := range ids {
		described = append(described, types.TargetDescription{Id: aws.String(id)})
	}
	return described
}

// health is what DescribeTargetHealth says of one target: "state reason", or "absent" if the whole group's list lacks it.
func (w *world) health(group, id string) string {
	w.Helper()
	for _, d := range must(w, w.client.DescribeTargetHealth, &sdk.DescribeTargetHealthInput{TargetGroupArn: aws.String(group)}).TargetHealthDescriptions {
		if *d.Target.Id != id {
			continue
		}
		if d.TargetHealth.Reason == "" {
			return string(d.TargetHealth.State)
		}
		return string(d.TargetHealth.State) + " " + string(d.TargetHealth.Reason)
	}
	return "absent"
}
