package dataplane_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/dataplane"
	localec2 "bluegreen/internal/localaws/ec2"
	localclassic "bluegreen/internal/localaws/elb"
	localelb "bluegreen/internal/localaws/elbv2"
	"bluegreen/internal/localaws/wire"
)

// speed is how many times faster than the wall the tests' clock runs.
const speed = 100

// fixture is an account with a data plane, whose instances boot in seconds.
type fixture struct {
	t       *testing.T
	acct    *account.Account
	clock   *clock.Scaled
	compute *localec2.Compute
	plane   *dataplane.Plane
	ec2     *ec2.Client
	classic *localclassic.LoadBalancers
	elbv2   *elbv2.Client
	elb     *elb.Client
	image   string
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, clock: clock.NewScaled(speed)}
	f.acct = account.New("000000000000", "ap-northeast-1", f.clock, 1)
	computing := localec2.DefaultSettings()
	computing.Pending, computing.Boot = account.Constant(2*time.Second), account.Constant(3*time.Second)
	f.compute = localec2.New(f.acct, computing)
	balancing := localelb.DefaultSettings()
	balancing.Registration, balancing.NetworkRegistration = account.Constant(time.Second), account.Constant(time.Second)
	balancing.Provisioning = account.Constant(time.Second)
	balancers := localelb.New(f.acct, f.compute, balancing)
	endpoint := wire.NewEndpoint(f.acct, wire.DefaultSettings(), nil)
	endpoint.Add(f.compute.Service())
	endpoint.Add(balancers.Service())
	classic := localclassic.DefaultSettings()
	classic.Registration, classic.Naming = account.Constant(time.Second), account.Constant(time.Second)
	f.classic = localclassic.New(f.acct, f.compute, classic)
	endpoint.Add(f.classic.Service())
	f.plane = dataplane.New(f.acct, f.clock, f.compute, dataplane.DefaultSettings(), balancers, f.classic)
	t.Cleanup(f.plane.Close)
	config := endpoint.Config(wire.Caller{})
	f.ec2, f.elbv2, f.elb = ec2.NewFromConfig(config), elbv2.NewFromConfig(config), elb.NewFromConfig(config)
	image, err := f.ec2.RegisterImage(t.Context(), &ec2.RegisterImageInput{Name: aws.String("app-1")})
	f.must(err)
	f.image = *image.ImageId
	return f
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// until waits for a condition, a few minutes of the clock at most.
func (f *fixture) until(what string, condition func() bool) {
	f.t.Helper()
	for range 600 {
		if condition() {
			return
		}
		f.must(f.clock.Sleep(f.t.Context(), time.Second/2))
	}
	f.t.Fatalf("it never came to this: %s", what)
}

// launch starts n instances and returns their ids.
func (f *fixture) launch(n int) []string {
	f.t.Helper()
	f.acct.Lock()
	defer f.acct.Unlock()
	subnet, _ := f.compute.DefaultSubnet(f.compute.Zones()[0])
	ids := make([]string, n)
	for k := range ids {
		i, err := f.compute.Launch(localec2.LaunchRequest{
			ImageID: f.image, InstanceType: "t3.micro", InstanceProfile: "app", SubnetID: subnet.ID,
			Tags: map[string]string{"aws:autoscaling:groupName": "app-asg"},
		})
		f.must(err)
		ids[k] = i.ID
	}
	return ids
}

// launchAnswering starts n instances and waits until they answer.
func (f *fixture) launchAnswering(n int) []string {
	f.t.Helper()
	ids := f.launch(n)
	f.until("all instances answer", func() bool {
		for _, id := range ids {
			if _, ok := f.plane.InstanceAddress(id); !ok {
				return false
			}
		}
		return true
	})
	return ids
}

// change does something to the compute model with the lock held.
func (f *fixture) change(do func(*localec2.Compute)) {
	f.acct.Lock()
	defer f.acct.Unlock()
	do(f.compute)
}

// targetGroup creates a target group whose deregistration delay is a number of seconds.
func (f *fixture) targetGroup(name, delay string, protocol types.ProtocolEnum) string {
	f.t.Helper()
	vpcs, err := f.ec2.DescribeVpcs(f.t.Context(), &ec2.DescribeVpcsInput{})
	f.must(err)
	input := &elbv2.CreateTargetGroupInput{
		Name: &name, Protocol: protocol, Port: aws.Int32(8080), VpcId: vpcs.Vpcs[0].VpcId,
		HealthCheckIntervalSeconds: aws.Int32(5), HealthCheckTimeoutSeconds: aws.Int32(2), UnhealthyThresholdCount: aws.Int32(2),
	}
	created, err := f.elbv2.CreateTargetGroup(f.t.Context(), input)
	f.must(err)
	arn := created.TargetGroups[0].TargetGroupArn
	_, err = f.elbv2.ModifyTargetGroupAttributes(f.t.Context(), &elbv2.ModifyTargetGroupAttributesInput{
		TargetGroupArn: arn,
		Attributes:     []types.TargetGroupAttribute{{Key: aws.String("deregistration_delay.timeout_seconds"), Value: &delay}},
	})
	f.must(err)
	return *arn
}

// listener creates a load balancer with one listener that forwards to target groups by weight, and returns its ARN.
func (f *fixture) listener(kind types.LoadBalancerTypeEnum, protocol types.ProtocolEnum, forward ...types.TargetGroupTuple) string {
	f.t.Helper()
	subnets, err := f.ec2.DescribeSubnets(f.t.Context(), &ec2.DescribeSubnetsInput{})
	f.must(err)
	var ids []string
	for _, subnet := range subnets.Subnets {
		ids = append(ids, *subnet.SubnetId)
	}
	balancer, err := f.elbv2.CreateLoadBalancer(f.t.Context(), &elbv2.CreateLoadBalancerInput{Name: aws.String("app"), Type: kind, Subnets: ids})
	f.must(err)
	listener, err := f.elbv2.CreateListener(f.t.Context(), &elbv2.CreateListenerInput{
		LoadBalancerArn: balancer.LoadBalancers[0].LoadBalancerArn, Protocol: protocol, Port: aws.Int32(80),
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: forward}}},
	})
	f.must(err)
	return *listener.Listeners[0].ListenerArn
}

func (f *fixture) register(targetGroup string, ids ...string) {
	f.t.Helper()
	_, err := f.elbv2.RegisterTargets(f.t.Context(), &elbv2.RegisterTargetsInput{TargetGroupArn: &targetGroup, Targets: targets(ids)})
	f.must(err)
}

func (f *fixture) deregister(targetGroup string, ids ...string) {
	f.t.Helper()
	_, err := f.elbv2.DeregisterTargets(f.t.Context(), &elbv2.DeregisterTargetsInput{TargetGroupArn: &targetGroup, Targets: targets(ids)})
	f.must(err)
}

func targets(ids []string) []types.TargetDescription {
	described := make([]types.TargetDescription, len(ids))
	for k, id := range ids {
		described[k].Id = aws.String(id)
	}
	return described
}

// untilTargets waits until every target of a group is in a state.
func (f *fixture) untilTargets(targetGroup string, n int, state types.TargetHealthStateEnum) {
	f.t.Helper()
	f.until("targets are "+string(state), func() bool {
		health, err := f.elbv2.DescribeTargetHealth(f.t.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: &targetGroup})
		f.must(err)
		found := 0
		for _, target := range health.TargetHealthDescriptions {
			if target.TargetHealth.State == state {
				found++
			}
		}
		return found == n
	})
}

// answer is what a client got.
type answer struct {
	status   int // 0: the connection broke
	instance string
	group    string
}

// ask sends one POST, which nobody sends twice, to a path at a listener or an instance.
func (f *fixture) ask(address, path string) answer {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+address+path, nil)
	if err != nil {
		return answer{}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}
	}
	defer response.Body.Close()
	if _, err := io.ReadAll(response.Body); err != nil {
		return answer{}
	}
	return answer{response.StatusCode, response.Header.Get(dataplane.InstanceHeader), response.Header.Get(dataplane.GroupHeader)}
}

// address is where a listener listens, once it does.
func (f *fixture) address(listener string) (at string) {
	f.t.Helper()
	f.until("the listener listens", func() (ok bool) {
		at, ok = f.plane.Address(listener)
		return ok
	})
	return at
}

// asked are requests in flight.
type asked struct {
	answers chan answer
	n       int
}

// askInBackground sends n requests at once and returns when all of them are in flight.
func (f *fixture) askInBackground(address, path string, n int) asked {
	f.t.Helper()
	before := f.plane.InFlight()
	a := asked{make(chan answer, n), n}
	for range n {
		go func() { a.answers <- f.ask(address, path) }()
	}
	f.until("the requests are in flight", func() bool { return f.plane.InFlight() == before+n })
	return a
}

// wait returns how many requests ended with which status.
func (a asked) wait() map[int]int {
	statuses := make(map[int]int)
	for range a.n {
		statuses[(<-a.answers).status]++
	}
	return statuses
}

// failures counts the requests that a group's load balancer answers itself from now on.
func (f *fixture) failures() func(group string) int {
	counted := make(map[string]int)
	f.change(func(*localec2.Compute) { f.plane.OnFailure(func(group string) { counted[group]++ }) })
	return func(group string) (n int) {
		f.change(func(*localec2.Compute) { n = counted[group] })
		return n
	}
}
