// Package fleetreader reads a real fleet into the plan of a model of it. Its calls only describe.
package fleetreader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/text"
)

// Survey is a real fleet as it was read, and what of it the model leaves out.
type Survey struct {
	Group     string   `json:"group"`
	Lineage   string   `json:"lineage"`
	Desired   int      `json:"desired"`
	LeavesOut []string `json:"leaves_out"` // what a rehearsal does not show, by name

	Plan        world.Plan `json:"-"`
	LedgerTable string     `json:"-"` // empty: there is none yet
	At          time.Time  `json:"-"` // when it was read

	hangs        *hangs   // what hangs on the group
	targetGroups []string // ARNs, in the order of the plan's
}

func (s *Survey) leaveOut(format string, args ...any) {
	s.LeavesOut = append(s.LeavesOut, fmt.Sprintf(format, args...))
}

// Options say what the fleet itself does not tell.
type Options struct {
	LedgerTable string        // empty: the one that the Deployer stack makes for a group of the request's name
	Guardrails  string        // file with the operators' policy; empty: there is none
	Boot        time.Duration // how long an application takes to answer once its instance runs; 0: the model draws it
	Hook        time.Duration // how long a lifecycle hook holds an instance that nothing in the model completes
	Now         time.Time
}

// reader reads a fleet.
type reader struct {
	groups  *autoscaling.Client
	targets *elb.Client
	copier  clone.Copier
	classic *classic.Client
	ledger  ledger.Ledger
	options Options
	region  string
}

// Read reads the fleet that serves the request's lineage.
func Read(ctx context.Context, cfg aws.Config, o Options, request deploy.Request) (Survey, error) {
	r := reader{
		groups: autoscaling.NewFromConfig(cfg), targets: elb.NewFromConfig(cfg), classic: classic.NewFromConfig(cfg),
		copier:  clone.New(cfg),
		ledger:  ledger.Open(cfg, cmp.Or(o.LedgerTable, ledgerOf(request.BlueName))),
		options: o, region: cfg.Region,
	}
	s := Survey{Group: request.BlueName, Lineage: request.BlueName, At: o.Now}
	if o.Guardrails == "" {
		s.leaveOut("the operators' guardrails: --guardrails names their file")
	}
	if err := r.lineage(ctx, &s, request); err != nil {
		return s, err
	}
	group, err := r.group(ctx, &s)
	if err != nil {
		return s, err
	}
	s.Plan = world.Plan{
		// The names of what else stands in the model; the fleet has its lineage's.
		Project: "rehearsed", Role: "fleet", Environment: "model", Group: s.Lineage, LedgerTable: "rehearsed-fleet-model-ledger",
		Min: aws.ToInt32(group.MinSize), Max: aws.ToInt32(group.MaxSize), Desired: aws.ToInt32(group.DesiredCapacity),
		HealthCheckType: aws.ToString(group.HealthCheckType), Grace: time.Duration(aws.ToInt32(group.HealthCheckGracePeriod)) * time.Second,
		Tags: make(map[string]string), Protected: aws.ToBool(group.NewInstancesProtectedFromScaleIn), TerminationPolicies: group.TerminationPolicies,
	}
	s.Desired = int(s.Plan.Desired)
	if s.Plan.Grace == 0 {
		s.Plan.Grace = time.Minute
		s.leaveOut("that the health checks have no grace period: the model's have one of %s", s.Plan.Grace)
	}
	for _, tag := range group.Tags {
		if key := aws.ToString(tag.Key); !strings.HasPrefix(key, "aws:") && !strings.HasPrefix(key, "bluegreen:") {
			s.Plan.Tags[key] = aws.ToString(tag.Value)
		}
	}
	for _, process := range group.SuspendedProcesses {
		if name := aws.ToString(process.ProcessName); !slices.Contains(refused, name) {
			s.Plan.Suspended = append(s.Plan.Suspended, name)
		}
	}
	s.Plan.Region = r.region
	s.zones(group)
	s.source(group)
	s.others(group)
	if err := r.loadBalancing(ctx, &s, group); err != nil {
		return s, err
	}
	whole, err := r.copier.Read(ctx, group, nil)
	if err != nil {
		return s, fmt.Errorf("read what hangs on %s: %w", s.Group, err)
	}
	r.hooks(&s, request, whole)
	s.hang(whole)
	s.asks(request.Green)
	return s, s.bootsInTime(o.Boot)
}

// bootsInTime refuses a boot that is longer than the group's health checks put up with: no instance would ever serve.
func (s Survey) bootsInTime(boot time.Duration) error {
	patience := s.Plan.Grace
	for _, target := range s.Plan.Each {
		patience = max(patience, s.Plan.Grace+time.Duration(target.Check.Unhealthy)*target.Check.Interval)
	}
	if !strings.Contains(s.Plan.HealthCheckType, "ELB") || boot <= patience {
		return nil
	}
	return fmt.Errorf("%s: the health checks of %s replace an instance that does not answer after %s (its grace period is %s), so none would ever serve: "+
		"give a shorter --boot, or raise HealthCheckGracePeriod", text.Option("--boot", boot.String()), s.Group, patience, s.Plan.Grace)
}

// lineage finds the group that serves now in the ledger, if there is one.
func (r reader) lineage(ctx context.Context, s *Survey, request deploy.Request) error {
	if r.ledger.Table == "" {
		s.leaveOut("the lineage's history: --ledger-table names the ledger's table")
		return nil
	}
	s.LedgerTable = r.ledger.Table
	names := []string{s.Group}
	if key, _, ok := deploy.SplitName(s.Group); ok {
		names = append(names, key)
	}
	for _, name := range names {
		record, found, err := r.ledger.Get(ctx, name)
		var missing *ddbtypes.ResourceNotFoundException
		switch {
		case errors.As(err, &missing) && r.options.LedgerTable == "":
			s.LedgerTable = ""
			s.leaveOut("the lineage's history: there is no table %s; --ledger-table names another", r.ledger.Table)
			return nil
		case err != nil:
			return fmt.Errorf("read the ledger: %w", err)
		case found:
			s.Lineage, s.Group = record.Lineage, cmp.Or(record.Live, s.Group)
			if record.Lock != nil {
				s.leaveOut("the deployment that holds the lineage's lock since %s: %s", record.Lock.Since.Format("2006-01-02 15:04:05Z"), record.Lock.Execution)
			}
			if record.Previous != nil && request.Action != deploy.ActionRollback {
				s.leaveOut("%s, the fleet that stands by from the last deployment", record.Previous.Name)
			}
			return nil
		}
	}
	return nil
}

func (r reader) group(ctx context.Context, s *Survey) (asgtypes.AutoScalingGroup, error) {
	out, err := r.groups.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{s.Group}})
	if err != nil {
		return asgtypes.AutoScalingGroup{}, fmt.Errorf("describe %s: %w", s.Group, err)
	}
	if len(out.AutoScalingGroups) == 0 {
		return asgtypes.AutoScalingGroup{}, fmt.Errorf("there is no Auto Scaling group %s in %s%s; "+
			"\"aws autoscaling describe-auto-scaling-groups --query AutoScalingGroups[].AutoScalingGroupName\" lists those that are",
			s.Group, r.region, fleet.DidYouMean(ctx, r.groups, s.Group, []string{fleet.Any}))
	}
	return out.AutoScalingGroups[0], nil
}

// refused are suspended processes with which the preflight refuses a fleet: the rehearsals take them for resumed.
var refused = []string{"Launch", "Terminate", "AddToLoadBalancer"}

// zones counts the zones that the group spreads over.
func (s *Survey) zones(group asgtypes.AutoScalingGroup) {
	const most = 3 // that the model has
	s.Plan.Zones = min(len(group.AvailabilityZones), most)
	if len(group.AvailabilityZones) > most {
		s.leaveOut("%d of the group's %d zones: the model has %d", len(group.AvailabilityZones)-most, len(group.AvailabilityZones), most)
	}
}

// source finds what the group launches from.
func (s *Survey) source(group asgtypes.AutoScalingGroup) {
	template := group.LaunchTemplate
	switch {
	case group.MixedInstancesPolicy != nil:
		s.Plan.Source = world.FromPolicy
		policy := group.MixedInstancesPolicy
		if policy.LaunchTemplate != nil {
			template = policy.LaunchTemplate.LaunchTemplateSpecification
			if n := len(policy.LaunchTemplate.Overrides); n > 1 {
				s.leaveOut("%d of the mixed instances policy's %d overrides, and Spot interruptions", n-1, n)
			}
		}
	case group.LaunchConfigurationName != nil:
		s.Plan.Source = world.FromConfiguration
	}
	if template != nil {
		if version := aws.ToString(template.Version); strings.HasPrefix(version, "$") {
			s.Plan.TemplateVersion = version
		} else {
			s.Plan.TemplateVersion = "1" // the only one that the model has when blue starts
		}
	}
	s.leaveOut("what the launch template says of disks, networks and roles, and whether green's image boots: it is taken to; --boot says how fast")
}

// others names what of a group the model has no part for.
func (s *Survey) others(group asgtypes.AutoScalingGroup) {
	if sick := slices.DeleteFunc(slices.Clone(group.Instances), func(i asgtypes.Instance) bool {
		return i.LifecycleState == asgtypes.LifecycleStateInService && aws.ToString(i.HealthStatus) == "Healthy"
	}); len(sick) > 0 {
		s.leaveOut("that %d of %d instances are not healthy and InService now: the model's are", len(sick), len(group.Instances))
	}
}

// loadBalancing reads the target groups and the Classic Load Balancers with their checks and delays.
func (r reader) loadBalancing(ctx context.Context, s *Survey, group asgtypes.AutoScalingGroup) error {
	var arns, names []string
	named := 0
	for _, source := range fleet.Of(group).Sources {
		switch source.Type {
		case deploy.TargetGroup:
			arns = append(arns, source.ID)
		case deploy.ClassicBalancer:
			names = append(names, source.ID)
		default:
			s.leaveOut("the traffic source %s of type %s", source.ID, source.Type)
			continue
		}
		if source.Named {
			named++
		}
	}
	s.Plan.Balanced, s.Plan.TrafficSources = len(arns)+len(names) > 0, named > 0
	if all := len(arns) + len(names); named > 0 && named < all {
		s.leaveOut("that %d of %d are not attached as traffic sources: the model's all are", all-named, all)
	}
	if err := r.classicBalancers(ctx, s, names); err != nil || len(arns) == 0 {
		return err
	}
	out, err := r.targets.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: arns})
	if err != nil {
		return fmt.Errorf("describe the target groups of %s: %w", s.Group, err)
	}
	networks := 0
	for _, target := range out.TargetGroups {
		spec, err := r.targetGroup(ctx, s, target)
		if err != nil {
			return err
		}
		s.Plan.Each, s.targetGroups = append(s.Plan.Each, spec), append(s.targetGroups, aws.ToString(target.TargetGroupArn))
		if !strings.HasPrefix(string(target.Protocol), "HTTP") {
			networks++
		}
	}
	s.Plan.Network = networks > 0
	if networks > 0 && networks < len(arns) {
		s.leaveOut("that %d of %d target groups belong to Application Load Balancers: all are taken for a Network Load Balancer's, which is slower", len(arns)-networks, len(arns))
	}
	return nil
}

func (r reader) targetGroup(ctx context.Context, s *Survey, target elbtypes.TargetGroup) (world.TargetGroup, error) {
	name := aws.ToString(target.TargetGroupName)
	spec := world.TargetGroup{
		DeregistrationDelay: 300 * time.Second, // unless its attributes say otherwise (aws-facts B)
		Check: world.Check{
			Interval: time.Duration(aws.ToInt32(target.HealthCheckIntervalSeconds)) * time.Second,
			Timeout:  time.Duration(aws.ToInt32(target.HealthCheckTimeoutSeconds)) * time.Second,
			Healthy:  aws.ToInt32(target.HealthyThresholdCount), Unhealthy: aws.ToInt32(target.UnhealthyThresholdCount),
		},
	}
	if len(target.LoadBalancerArns) == 0 {
		s.leaveOut("that no load balancer uses target group %s: its targets are never healthy; the model's has one", name)
	}
	out, err := r.targets.DescribeTargetGroupAttributes(ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: target.TargetGroupArn})
	if err != nil {
		return spec, fmt.Errorf("describe the attributes of target group %s: %w", name, err)
	}
	for _, attribute := range out.Attributes {
		value := aws.ToString(attribute.Value)
		switch aws.ToString(attribute.Key) {
		case "deregistration_delay.timeout_seconds":
			if n, err := strconv.Atoi(value); err == nil {
				spec.DeregistrationDelay = time.Duration(n) * time.Second
			}
		case "stickiness.enabled":
			if value == "true" {
				s.leaveOut("the stickiness of target group %s", name)
			}
		case "slow_start.duration_seconds":
			if value != "0" && value != "" {
				s.leaveOut("the slow start of target group %s (%s s)", name, value)
			}
		}
	}
	return spec, r.health(ctx, s, target, name)
}

// health names the targets that are not healthy now.
func (r reader) health(ctx context.Context, s *Survey, target elbtypes.TargetGroup, name string) error {
	out, err := r.targets.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: target.TargetGroupArn})
	if err != nil {
		return fmt.Errorf("describe the targets of %s: %w", name, err)
	}
	sick := 0
	for _, described := range out.TargetHealthDescriptions {
		if described.TargetHealth != nil && described.TargetHealth.State != elbtypes.TargetHealthStateEnumHealthy {
			sick++
		}
	}
	if sick > 0 {
		s.leaveOut("that %d of %d targets in %s are not healthy now: the model's are", sick, len(out.TargetHealthDescriptions), name)
	}
	return nil
}

// hooks takes in the lifecycle hooks. What completes them is not in the model: each holds an instance for as long as the
// user says, but for the one that the request's drain completes.
func (r reader) hooks(s *Survey, request deploy.Request, whole clone.Whole) {
	for _, described := range whole.Hooks {
		if fleet.IsCodeDeploys(described) { // the preflight refuses it
			s.leaveOut("CodeDeploy's lifecycle hook %s", aws.ToString(described.LifecycleHookName))
			continue
		}
		hook := world.Hook{
			Name:      aws.ToString(described.LifecycleHookName),
			Launching: aws.ToString(described.LifecycleTransition) == "autoscaling:EC2_INSTANCE_LAUNCHING",
			Heartbeat: time.Duration(aws.ToInt32(described.HeartbeatTimeout)) * time.Second,
			Default:   aws.ToString(described.DefaultResult),
		}
		if hook.Launching || len(request.Drain.Command) == 0 {
			hook.Heartbeat, hook.Default = min(hook.Heartbeat, r.options.Hook), "CONTINUE"
			s.leaveOut("what completes lifecycle hook %s: it holds each instance for %s; --hook says otherwise", hook.Name, hook.Heartbeat)
		}
		s.Plan.Hooks = append(s.Plan.Hooks, hook)
	}
}

// ledgerOf is what the Deployer stack calls the ledger's table where a group's name begins with
// <project>-<role>-<environment>-; nothing for a group that is called in another way.
func ledgerOf(group string) string {
	parts := strings.SplitN(group, "-", 4)
	if len(parts) < 4 {
		return ""
	}
	return strings.Join(parts[:3], "-") + "-ledger"
}
