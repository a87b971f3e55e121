package elb_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/elb"
	localelb "bluegreen/internal/localaws/elbv2"
	"bluegreen/internal/localaws/wire"
)

// world is an account with instances and Classic Load Balancers, and a client of them. Instances run after 10 s and answer
// after 20 s more. Load balancers check an instance 15 s after its registration for the first time, notice an ended
// instance after 5 s and forget it 60 s later; requests last 8 s; DescribeInstanceHealth lags by 1 s.
type world struct {
	*testing.T
	clock     *clock.Virtual
	account   *account.Account
	compute   *localec2.Compute
	balancers *elb.LoadBalancers
	client    *sdk.Client
	v2        *elasticloadbalancingv2.Client
	start     time.Time
	image     string
}

// run runs a test in a new world, on virtual time.
func run(t *testing.T, test func(*world)) {
	t.Helper()
	runIn(t, account.DefaultRegion, test)
}

func runIn(t *testing.T, region string, test func(*world)) {
	t.Helper()
	start := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	w := &world{T: t, clock: clock.NewVirtual(start), start: start}
	defer w.clock.Close()
	w.account = account.New("000000000000", region, w.clock, 1)
	instances := localec2.DefaultSettings()
	instances.Pending, instances.Boot = account.Constant(10*time.Second), account.Constant(20*time.Second)
	instances.ShuttingDown = account.Constant(30 * time.Second)
	w.compute = localec2.New(w.account, instances)
	w.balancers = elb.New(w.account, w.compute, elb.Settings{
		Registration: account.Constant(15 * time.Second), Naming: account.Constant(45 * time.Second), InFlight: 8 * time.Second,
		Notice: account.Constant(5 * time.Second), TerminatedGone: account.Constant(60 * time.Second), DescribeLag: time.Second,
		MaxLoadBalancers: 3,
	})
	front := wire.DefaultSettings()
	front.Latency, front.Latencies, front.Buckets = account.Constant(time.Millisecond), nil, nil
	endpoint := wire.NewEndpoint(w.account, front, nil)
	endpoint.Add(w.compute.Service())
	endpoint.Add(localelb.New(w.account, w.compute, localelb.DefaultSettings()).Service())
	endpoint.Add(w.balancers.Service())
	w.client = sdk.NewFromConfig(endpoint.Config(wire.Caller{}))
	w.v2 = elasticloadbalancingv2.NewFromConfig(endpoint.Config(wire.Caller{}))
	w.clock.Run(func() {
		out, err := ec2.NewFromConfig(endpoint.Config(wire.Caller{})).RegisterImage(context.Background(), &ec2.RegisterImageInput{Name: aws.String("app-1")})
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

// refused expects a call to fail with an error of AWS, whose message has a part.
func refused[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In, code, message string) {
	w.Helper()
	_, err := call(context.Background(), in)
	var answered smithy.APIError
	if !errors.As(err, &answered) {
		w.Errorf("%T: got %v, want %s", in, err, code)
		return
	}
	if answered.ErrorCode() != code || !strings.Contains(answered.ErrorMessage(), message) {
		w.Errorf("%T: got %s: %s\nwant %s: …%s…", in, answered.ErrorCode(), answered.ErrorMessage(), code, message)
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
func (w *world) launch(zone string, n int) []string {
	w.Helper()
	ids := make([]string, n)
	w.do(func() {
		subnet, _ := w.compute.DefaultSubnet(zone)
		for k := range ids {
			i, err := w.compute.Launch(localec2.LaunchRequest{ImageID: w.image, InstanceType: "t3.micro", SubnetID: subnet.ID})
			if err != nil {
				w.Fatal(err)
			}
			ids[k] = i.ID
		}
	})
	return ids
}

const (
	zoneA = "ap-northeast-1a"
	zoneC = "ap-northeast-1c"
)

// input is a load balancer over HTTP in two zones.
func input(name string) *sdk.CreateLoadBalancerInput {
	return &sdk.CreateLoadBalancerInput{
		LoadBalancerName: &name, AvailabilityZones: []string{zoneA, zoneC},
		Listeners: []types.Listener{{LoadBalancerPort: 80, InstancePort: aws.Int32(8080), Protocol: aws.String("HTTP")}},
	}
}

// balancer makes a load balancer whose instances are checked every 10 s, out of service after two checks and back after
// three, and drain for 30 s.
func (w *world) balancer(name string) {
	w.Helper()
	must(w, w.client.CreateLoadBalancer, input(name))
	must(w, w.client.ConfigureHealthCheck, &sdk.ConfigureHealthCheckInput{LoadBalancerName: &name, HealthCheck: &types.HealthCheck{
		Target: aws.String("HTTP:8080/health"), Interval: aws.Int32(10), Timeout: aws.Int32(2), HealthyThreshold: aws.Int32(3), UnhealthyThreshold: aws.Int32(2),
	}})
	must(w, w.client.ModifyLoadBalancerAttributes, &sdk.ModifyLoadBalancerAttributesInput{LoadBalancerName: &name,
		LoadBalancerAttributes: &types.LoadBalancerAttributes{ConnectionDraining: &types.ConnectionDraining{Enabled: true, Timeout: aws.Int32(30)}}})
}

func (w *world) register(name, id string) {
	w.Helper()
	must(w, w.client.RegisterInstancesWithLoadBalancer, &sdk.RegisterInstancesWithLoadBalancerInput{
		LoadBalancerName: &name, Instances: []types.Instance{{InstanceId: &id}}})
}

func (w *world) deregister(name, id string) {
	w.Helper()
	must(w, w.client.DeregisterInstancesFromLoadBalancer, &sdk.DeregisterInstancesFromLoadBalancerInput{
		LoadBalancerName: &name, Instances: []types.Instance{{InstanceId: &id}}})
}

// health is what DescribeInstanceHealth says of an instance among all that are registered.
func (w *world) health(name, id string) string {
	w.Helper()
	for _, s := range must(w, w.client.DescribeInstanceHealth, &sdk.DescribeInstanceHealthInput{LoadBalancerName: &name}).InstanceStates {
		if *s.InstanceId == id {
			return *s.State + " " + *s.ReasonCode + " " + *s.Description
		}
	}
	return "absent"
}
