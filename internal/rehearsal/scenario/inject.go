package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/globalaccelerator"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/smithy-go"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/iam"
)

// call makes any API call as an operator would: "call autoscaling SetDesiredCapacity" with the input as JSON below.
// BLUE, TARGET_GROUP (of several TARGET_GROUP_1, …), LISTENER, TEMPLATE, IMAGE in it stand for the seeded resources, MEMBER for the
// first instance that blue has now, BUILDER for the last one that is of no group, MADE(<name>) for an image by its name, POLICY(<group>/<policy>) for the ARN of a scaling policy, AFTER(<duration>) for the time so long from now,
// TARGET_LABEL for the target group as a policy's resource label names it, ANSWER(<name>.<path>) for what an earlier call with as=<name> was answered.
func (s *Script) call(ctx context.Context, d *datadriven.TestData) (string, error) {
	if len(d.CmdArgs) < 2 {
		return "", fmt.Errorf("call needs a service and an operation")
	}
	clients := map[string]any{
		"autoscaling":       autoscaling.NewFromConfig(s.r.Config),
		"cloudwatch":        cloudwatch.NewFromConfig(s.r.Config),
		"ec2":               ec2.NewFromConfig(s.r.Config),
		"elb":               elb.NewFromConfig(s.r.Config),
		"elbv2":             elbv2.NewFromConfig(s.r.Config),
		"globalaccelerator": globalaccelerator.NewFromConfig(s.r.Config, func(o *globalaccelerator.Options) { o.Region = account.AcceleratorRegion }),
		"route53":           route53.NewFromConfig(s.r.Config),
		"sfn":               s.r.Machines,
		"shield":            shield.NewFromConfig(s.r.Config),
		"sns":               sns.NewFromConfig(s.r.Config),
		"ssm":               ssm.NewFromConfig(s.r.Config),
		"wafv2":             wafv2.NewFromConfig(s.r.Config),
	}
	client, ok := clients[d.CmdArgs[0].Key]
	if !ok {
		return "", fmt.Errorf("call knows no service %q", d.CmdArgs[0].Key)
	}
	method := reflect.ValueOf(client).MethodByName(d.CmdArgs[1].Key)
	if !method.IsValid() {
		return "", fmt.Errorf("%s has no operation %s", d.CmdArgs[0].Key, d.CmdArgs[1].Key)
	}
	input := reflect.New(method.Type().In(1).Elem())
	text, err := s.instants(s.policies(s.madeImages(s.standIns().Replace(d.Input))))
	if err == nil {
		text, err = s.answered(text)
	}
	if err != nil {
		return "", fmt.Errorf("the input of %s: %w", d.CmdArgs[1].Key, err)
	}
	if err := json.Unmarshal([]byte(text), input.Interface()); err != nil {
		return "", fmt.Errorf("the input of %s: %w", d.CmdArgs[1].Key, err)
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(ctx), input})
	if err, failed := results[1].Interface().(error); failed {
		return refusal(err), nil
	}
	if name := argument(d, "as", ""); name != "" {
		return "", s.keepAnswer(name, results[0].Interface())
	}
	return "", nil
}

var instantWord = regexp.MustCompile(`AFTER\(([^)]*)\)`)

// instants puts the time that is so long from now in place of AFTER(<duration>).
func (s *Script) instants(text string) (string, error) {
	var failed error
	now := s.r.Clock.Now()
	return instantWord.ReplaceAllStringFunc(text, func(word string) string {
		length, err := time.ParseDuration(instantWord.FindStringSubmatch(word)[1])
		failed = errors.Join(failed, err)
		return now.Add(length).UTC().Format(time.RFC3339)
	}), failed
}

// exampleZone is the hosted zone of the examples, which stands for the one of the world's record.
const exampleZone = "Z0123456789ABCDEFGHIJ"

// standIns put what was seeded in place of the words that stand for it.
func (s *Script) standIns() *strings.Replacer {
	var words []string
	for i, arn := range slices.Backward(s.r.World.TargetGroupARNs) { // _11 before _1
		words = append(words, fmt.Sprintf("TARGET_GROUP_%d", i+1), arn)
	}
	for i, name := range slices.Backward(s.r.World.LoadBalancerNames) {
		words = append(words, fmt.Sprintf("LOAD_BALANCER_%d", i+1), name)
	}
	if s.r.World.Record != "" {
		words = append(words, exampleZone, s.r.World.HostedZoneID)
	}
	return strings.NewReplacer(append(words, "TARGET_GROUP", s.r.World.TargetGroupARN, "TARGET_LABEL", s.targetLabel(), "BLUE", s.r.World.GroupName, "TEMPLATE", s.r.World.TemplateName,
		"LISTENER", s.r.World.ListenerARN, "BALANCER_ARN", s.r.World.LoadBalancerARN, "GREEN_IMAGE", s.r.World.GreenImage, "IMAGE", s.r.World.BlueImage, "MEMBER", s.firstInstance(), "BUILDER", s.lastAlone(), "NOTED", s.firstNoted(),
		"SHUTDOWN_MACHINE", s.drainMachine, "HOSTED_ZONE", s.r.World.HostedZoneID, "RECORD_NAME", s.r.World.Record)...)
}

// firstInstance is the first instance of the seeded fleet; empty if it has none.
func (s *Script) firstInstance() string {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	if view, _ := s.r.AWS.Groups.View(s.r.World.GroupName); len(view.Instances) > 0 {
		return view.Instances[0].ID
	}
	return ""
}

// lastAlone is the instance of no group that was launched last; empty if there is none.
func (s *Script) lastAlone() string {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	if alone := s.alone(); len(alone) > 0 {
		return alone[len(alone)-1]
	}
	return ""
}

// alone are the instances of no group, the last launched one at the end.
func (s *Script) alone() []string {
	var all []string
	for _, thing := range s.instances(s.groups()) {
		if !thing.used {
			all = append(all, thing.id)
		}
	}
	return all
}

var madeWord = regexp.MustCompile(`MADE\(([^)]*)\)`)

// madeImages puts images' ids in place of MADE(<name>).
func (s *Script) madeImages(text string) string {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	return madeWord.ReplaceAllStringFunc(text, func(word string) string {
		for _, image := range s.r.AWS.Compute.Images() {
			if image.Name == madeWord.FindStringSubmatch(word)[1] {
				return image.ID
			}
		}
		return word
	})
}

// firstNoted is the first instance that note remembered; empty if it remembered none.
func (s *Script) firstNoted() string {
	if len(s.noted) == 0 {
		return ""
	}
	return s.noted[0]
}

// refusal is AWS's error as a person reads it; no error is nothing.
func refusal(err error) string {
	var api smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &api):
		return fmt.Sprintf("%s: %s\n", api.ErrorCode(), api.ErrorMessage())
	}
	return err.Error() + "\n"
}

// fault adds a rule: kind=throttle operation=CreateAutoScalingGroup function=CreateGreen nth=1 times=3 for=60s delay=90s.
func (s *Script) fault(_ context.Context, d *datadriven.TestData) (string, error) {
	kind, ok := faults.KindNamed(argument(d, "kind", ""))
	if !ok {
		return "", fmt.Errorf("fault knows no kind %q", argument(d, "kind", ""))
	}
	rule := faults.Rule{
		Kind: kind, Service: argument(d, "service", ""), Operation: argument(d, "operation", ""),
		Code: argument(d, "code", ""), Message: argument(d, "message", ""),
	}
	switch function := argument(d, "function", ""); function {
	case "", faults.AnyFunction:
		rule.Function = function
	default:
		rule.Function = s.r.FunctionName(function)
	}
	var err error
	if rule.Nth, err = integer(d, "nth", 0); err != nil {
		return "", err
	}
	if rule.Times, err = integer(d, "times", 0); err != nil {
		return "", err
	}
	if length := argument(d, "for", ""); length != "" {
		lasting, err := time.ParseDuration(length)
		if err != nil {
			return "", err
		}
		rule.Times, rule.Until = -1, s.r.Clock.Now().Add(lasting)
	}
	if delay := argument(d, "delay", ""); delay != "" {
		if rule.Delay, err = time.ParseDuration(delay); err != nil {
			return "", err
		}
	}
	s.mend = append(s.mend, s.r.AWS.Faults.Add(rule))
	return "", nil
}

// lag makes IAM see roles' policies (roles=) and tags (tags=) only some time after they are there, and EC2 Auto Scaling launch templates
// and configurations (sources=).
func (s *Script) lag(_ context.Context, d *datadriven.TestData) (string, error) {
	var lag iam.Lag
	var sources time.Duration
	for name, length := range map[string]*time.Duration{"roles": &lag.Roles, "tags": &lag.Tags, "sources": &sources} {
		var err error
		if *length, err = time.ParseDuration(argument(d, name, "0s")); err != nil {
			return "", err
		}
	}
	set := func(lag iam.Lag, sources time.Duration) {
		s.r.AWS.Account.Lock()
		defer s.r.AWS.Account.Unlock()
		s.r.AWS.Roles.SetLag(lag)
		s.r.AWS.Groups.SetSourceLag(sources)
	}
	set(lag, sources)
	s.mend = append(s.mend, func() { set(iam.Lag{}, 0) })
	return "", nil
}

// members are the instance ids of a fleet: blue, or another named by group=. They are InService, or in state=, and in any
// zone, or in those whose names end in zone=.
func (s *Script) members(d *datadriven.TestData) []string {
	name := argument(d, "group", s.r.World.GroupName)
	name = strings.Replace(name, "BLUE", s.r.World.GroupName, 1)
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	view, _ := s.r.AWS.Groups.View(name)
	state := argument(d, "state", "InService")
	var ids []string
	for _, instance := range slices.Concat(view.Instances, view.Warm) {
		if instance.State == state && strings.HasSuffix(instance.Zone, argument(d, "zone", "")) {
			ids = append(ids, instance.ID)
		}
	}
	return ids
}

// strike does something to n instances of a group, none of which is the deployment's fault.
func (s *Script) strike(d *datadriven.TestData, do func(id string)) (string, error) {
	n, err := integer(d, "n", 1)
	if err != nil {
		return "", err
	}
	members := s.members(d)
	members = members[:min(n, len(members))]
	s.struck = append(s.struck, members...)
	for _, id := range members {
		s.r.AWS.Account.Lock()
		do(id)
		s.watch.Changed() // an application that has not started yet falls sick without a sign
		s.r.AWS.Account.Unlock()
	}
	if len(members) < n {
		return fmt.Sprintf("only %d were %s\n", len(members), strings.Replace(argument(d, "state", "InService"), "InService", "in service", 1)), nil
	}
	return "", nil
}

// interruptSpot lets EC2 take n Spot Instances of a group back.
func (s *Script) interruptSpot(_ context.Context, d *datadriven.TestData) (string, error) {
	var problems []string
	answer, err := s.strike(d, func(id string) {
		if err := s.r.AWS.Compute.InterruptSpot(id); err != nil {
			problems = append(problems, refusal(err))
		}
	})
	return strings.Join(problems, "") + answer, err
}

// sicken lets instances fall sick, for a while when for= says so.
func (s *Script) sicken(_ context.Context, d *datadriven.TestData) (string, error) {
	length, err := lasting(d)
	if err != nil {
		return "", err
	}
	return s.strike(d, func(id string) {
		s.r.AWS.Compute.Sicken(id)
		if length > 0 {
			s.r.AWS.Account.After(length, func() { s.r.AWS.Compute.Heal(id) })
		}
	})
}

// impair lets instances fail EC2's status checks.
func (s *Script) impair(_ context.Context, d *datadriven.TestData) (string, error) {
	return s.strike(d, s.r.AWS.Compute.ImpairStatus)
}

func (s *Script) terminate(ctx context.Context, d *datadriven.TestData) (string, error) {
	var ids []string
	answer, err := s.strike(d, func(id string) { ids = append(ids, id) })
	if err != nil || len(ids) == 0 {
		return answer, err
	}
	_, err = ec2.NewFromConfig(s.r.Config).TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: ids})
	return answer + refusal(err), nil
}

// sickImage lets no instance of the image that green will run ever answer.
func (s *Script) sickImage(context.Context, *datadriven.TestData) (string, error) {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	s.r.AWS.Compute.MarkImageSick(s.r.World.GreenImage)
	return "", nil
}

// capacity lets n more instances launch in each zone, or in zone=a, then none; for= a while. n=-1 is no limit.
func (s *Script) capacity(_ context.Context, d *datadriven.TestData) (string, error) {
	n, err := integer(d, "n", 0)
	if err != nil {
		return "", err
	}
	length, err := lasting(d)
	if err != nil {
		return "", err
	}
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	if flag(d, "unoffered") {
		s.eachZone(argument(d, "zone", ""), s.r.AWS.Compute.Unoffer)
		return "", nil
	}
	s.limit(argument(d, "zone", ""), n)
	if length > 0 {
		s.r.AWS.Account.After(length, func() { s.limit(argument(d, "zone", ""), -1) })
	}
	return "", nil
}

// limit sets the capacity of the zones whose names end so. The account's lock is held.
func (s *Script) limit(zoneEnd string, n int) {
	s.eachZone(zoneEnd, func(zone, instanceType string) { s.r.AWS.Compute.SetCapacity(zone, instanceType, n) })
}

// eachZone does something to blue's type in the zones whose names end so.
func (s *Script) eachZone(zoneEnd string, do func(zone, instanceType string)) {
	for _, zone := range s.r.AWS.Compute.Zones() {
		if strings.HasSuffix(zone, zoneEnd) {
			do(zone, s.r.World.InstanceType)
		}
	}
}

// lasting is the duration of for=; none is 0.
func lasting(d *datadriven.TestData) (time.Duration, error) {
	text := argument(d, "for", "")
	if text == "" {
		return 0, nil
	}
	return time.ParseDuration(text)
}
