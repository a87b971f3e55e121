package autoscaling_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	localasg "bluegreen/internal/localaws/autoscaling"
	localec2 "bluegreen/internal/localaws/ec2"
	localclassic "bluegreen/internal/localaws/elb"
	localelb "bluegreen/internal/localaws/elbv2"
	localsns "bluegreen/internal/localaws/sns"
	"bluegreen/internal/localaws/wire"
)

// world is an account with groups, instances and load balancers, and clients of them. Every figure is a round constant,
// so that timelines read easily: a group acts 2 s after a change, an instance runs after 10 s, is in service 1 s later,
// answers 20 s after it runs, and is terminated 30 s after it was told to.
type world struct {
	*testing.T
	clock     *clock.Virtual
	start     time.Time
	account   *account.Account
	compute   *localec2.Compute
	balancers *localelb.LoadBalancers
	classic   *localclassic.LoadBalancers
	groups    *localasg.Groups
	topics    *localsns.Topics
	client    *sdk.Client
	ec2       *ec2.Client
	elb       *elasticloadbalancingv2.Client
	classics  *elasticloadbalancing.Client
	sns       *sns.Client

	template string // id of a launch template
	image    string
	seen     map[string]map[string]string // what the timeline has told of each group: instance or target group → state
	names    map[string]string            // instance id → i1, i2, … in the order of launch
	lines    []string
}

func run(t *testing.T, change func(*localasg.Settings), test func(*world)) {
	t.Helper()
	start := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	w := &world{T: t, clock: clock.NewVirtual(start), start: start, seen: make(map[string]map[string]string), names: make(map[string]string)}
	defer w.clock.Close()
	w.account = account.New("000000000000", "ap-northeast-1", w.clock, 1)
	w.compute = localec2.New(w.account, computeSettings())
	w.balancers = localelb.New(w.account, w.compute, balancerSettings())
	w.classic = localclassic.New(w.account, w.compute, classicSettings())
	settings := localasg.DefaultSettings()
	settings.Tick = account.Constant(2 * time.Second)
	settings.Proceed = account.Constant(time.Second)
	settings.DescribeLag = account.Constant(0)
	settings.HealthCheck = account.Constant(10 * time.Second)
	settings.Attach = account.Constant(5 * time.Second)
	settings.Delete = account.Constant(5 * time.Second)
	settings.RefreshStart = account.Constant(time.Second)
	if change != nil {
		change(&settings)
	}
	w.topics = localsns.New(w.account, localsns.DefaultSettings())
	w.groups = localasg.New(w.account, w.compute, w.balancers, w.classic, settings)
	w.groups.OnChange(w.tell)
	front := wire.DefaultSettings()
	front.Latency, front.Latencies, front.Buckets = account.Constant(time.Microsecond), nil, nil
	endpoint := wire.NewEndpoint(w.account, front, nil)
	for _, service := range []wire.Service{w.compute.Service(), w.balancers.Service(), w.classic.Service(), w.groups.Service(), w.topics.Service()} {
		endpoint.Add(service)
	}
	config := endpoint.Config(wire.Caller{})
	w.client, w.ec2, w.elb = sdk.NewFromConfig(config), ec2.NewFromConfig(config), elasticloadbalancingv2.NewFromConfig(config)
	w.classics = elasticloadbalancing.NewFromConfig(config)
	w.sns = sns.NewFromConfig(config)
	w.clock.Run(func() {
		w.seedTemplate()
		test(w)
	})
}

func computeSettings() localec2.Settings {
	settings := localec2.DefaultSettings()
	settings.Pending = account.Constant(10 * time.Second)
	settings.Boot = account.Constant(20 * time.Second)
	settings.ShuttingDown = account.Constant(30 * time.Second)
	settings.DescribeLag = 0
	return settings
}

func balancerSettings() localelb.Settings {
	settings := localelb.DefaultSettings()
	settings.Provisioning = account.Constant(time.Second)
	settings.Registration = account.Constant(2 * time.Second)
	settings.DescribeLag = 0
	return settings
}

func classicSettings() localclassic.Settings {
	settings := localclassic.DefaultSettings()
	settings.Registration = account.Constant(2 * time.Second)
	settings.DescribeLag = 0
	return settings
}

// seedTemplate makes an image and a launch template of it.
func (w *world) seedTemplate() {
	w.Helper()
	image, err := w.ec2.RegisterImage(context.Background(), &ec2.RegisterImageInput{
		Name: aws.String("app-1"), Architecture: ec2types.ArchitectureValuesX8664, RootDeviceName: aws.String("/dev/xvda")})
	if err != nil {
		w.Fatal(err)
	}
	w.image = *image.ImageId
	template, err := w.ec2.CreateLaunchTemplate(context.Background(), &ec2.CreateLaunchTemplateInput{
		LaunchTemplateName: aws.String("app"),
		LaunchTemplateData: &ec2types.RequestLaunchTemplateData{ImageId: image.ImageId, InstanceType: ec2types.InstanceTypeT3Micro},
	})
	if err != nil {
		w.Fatal(err)
	}
	w.template = *template.LaunchTemplate.LaunchTemplateId
}

// targetGroup makes a target group behind a listener, whose targets drain for 60 s and are checked every 10 s.
func (w *world) targetGroup(name string) string {
	w.Helper()
	ctx := context.Background()
	var subnets []string
	w.account.Lock()
	for _, zone := range w.compute.Zones() {
		subnet, _ := w.compute.DefaultSubnet(zone)
		subnets = append(subnets, subnet.ID)
	}
	w.account.Unlock()
	group, err := w.elb.CreateTargetGroup(ctx, targetGroupInput(w, name))
	if err != nil {
		w.Fatal(err)
	}
	arn := group.TargetGroups[0].TargetGroupArn
	if _, err := w.elb.ModifyTargetGroupAttributes(ctx, &elasticloadbalancingv2.ModifyTargetGroupAttributesInput{TargetGroupArn: arn,
		Attributes: []elbtypes.TargetGroupAttribute{{Key: aws.String("deregistration_delay.timeout_seconds"), Value: aws.String("60")}}}); err != nil {
		w.Fatal(err)
	}
	balancer, err := w.elb.CreateLoadBalancer(ctx, &elasticloadbalancingv2.CreateLoadBalancerInput{Name: &name, Subnets: subnets})
	if err != nil {
		w.Fatal(err)
	}
	if _, err := w.elb.CreateListener(ctx, &elasticloadbalancingv2.CreateListenerInput{
		LoadBalancerArn: balancer.LoadBalancers[0].LoadBalancerArn, Protocol: elbtypes.ProtocolEnumHttp, Port: aws.Int32(80),
		DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: arn}}}); err != nil {
		w.Fatal(err)
	}
	return *arn
}

// group is a request for a group of n instances in the first zones, of the world's template.
func (w *world) group(name string, n int32, zones int) *sdk.CreateAutoScalingGroupInput {
	w.account.Lock()
	defer w.account.Unlock()
	return &sdk.CreateAutoScalingGroupInput{
		AutoScalingGroupName: &name, MinSize: aws.Int32(0), MaxSize: aws.Int32(10), DesiredCapacity: &n,
		LaunchTemplate:    &types.LaunchTemplateSpecification{LaunchTemplateId: &w.template},
		AvailabilityZones: w.compute.Zones()[:zones],
	}
}

// do is the answer of a call that succeeds.
func do[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In) *Out {
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

// until lets time pass until d after the timeline began.
func (w *world) until(d time.Duration) {
	w.Helper()
	if err := w.clock.Sleep(context.Background(), w.start.Add(d).Sub(w.clock.Now())); err != nil {
		w.Fatal(err)
	}
}

// begin starts the timeline again: what has been shown is forgotten, and it is 0 s.
func (w *world) begin() { w.start, w.lines = w.clock.Now(), nil }

// tell notes what has changed about a group. The lock is held.
func (w *world) tell(name string) {
	view, ok := w.groups.View(name)
	before, now := w.seen[name], make(map[string]string)
	if !ok {
		now[name] = "gone"
	}
	order := []string{name}
	for _, i := range slices.Concat(view.Instances, view.Warm) {
		if w.names[i.ID] == "" {
			w.names[i.ID] = fmt.Sprintf("i%d", len(w.names)+1)
		}
		state := i.State
		if !i.Healthy {
			state += " (unhealthy)"
		}
		now[w.names[i.ID]] = state
		order = append(order, w.names[i.ID])
	}
	for _, a := range view.Attachments {
		target := a.LoadBalancerName
		if target == "" {
			target = strings.Split(a.TargetGroupARN, "/")[1]
		}
		now[target] = a.State
		order = append(order, target)
	}
	var left []string
	for what, state := range before {
		if _, still := now[what]; !still && state != "gone" {
			left = append(left, what)
			now[what] = "gone"
		}
	}
	slices.Sort(left)
	for _, what := range append(order, left...) {
		if state := now[what]; state != before[what] && state != "" {
			w.lines = append(w.lines, fmt.Sprintf("%.0fs %s %s", w.clock.Now().Sub(w.start).Seconds(), what, state))
		}
	}
	w.seen[name] = now
}

// told compares the timeline since it began with what is wanted.
func (w *world) told(want string) {
	w.Helper()
	var wanted []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			wanted = append(wanted, line)
		}
	}
	if diff := cmp.Diff(wanted, w.lines); diff != "" {
		w.Errorf("the timeline differs (-want +got):\n%s", diff)
	}
}

// instances are the ids of a group's instances, in the order of their launch.
func (w *world) instances(name string) []string {
	w.account.Lock()
	defer w.account.Unlock()
	view, _ := w.groups.View(name)
	ids := make([]string, len(view.Instances))
	for k, i := range view.Instances {
		ids[k] = i.ID
	}
	return ids
}

// locked does what the model's own methods want the lock for.
func (w *world) locked(f func()) {
	w.account.Lock()
	defer w.account.Unlock()
	f()
}

// activities are a group's activities, the earliest first, one a line: status, description, and the message if any.
func (w *world) activities(name string) string {
	w.Helper()
	out := do(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{AutoScalingGroupName: &name, IncludeDeletedGroups: aws.Bool(true)})
	var lines []string
	for _, a := range slices.Backward(out.Activities) {
		description := *a.Description
		for id, short := range w.names {
			description = strings.ReplaceAll(description, id, short)
		}
		lines = append(lines, fmt.Sprintf("%s %d%%: %s", a.StatusCode, *a.Progress, description))
	}
	return strings.Join(lines, "\n")
}

// idOf is the id of the instance that the timeline calls by the short name.
func (w *world) idOf(short string) string {
	for id, name := range w.names {
		if name == short {
			return id
		}
	}
	w.Fatalf("no instance was ever called %s", short)
	return ""
}

func targetGroupInput(w *world, name string) *elasticloadbalancingv2.CreateTargetGroupInput {
	w.account.Lock()
	defer w.account.Unlock()
	return &elasticloadbalancingv2.CreateTargetGroupInput{
		Name: &name, Protocol: elbtypes.ProtocolEnumHttp, Port: aws.Int32(80), VpcId: aws.String(w.compute.VPCID()),
		HealthCheckIntervalSeconds: aws.Int32(10), HealthCheckTimeoutSeconds: aws.Int32(5)}
}
