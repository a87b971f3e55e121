// Package world puts into an AWS account what a demonstration of a blue/green deployment needs, through the API and
// with the real SDK clients, as an operator's scripts would: a fleet behind a load balancer, the ledger's table, the
// Lambda functions and the state machine.
package world

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"bluegreen/internal/clock"
)

// Plan is what to put into the account. Names follow one rule: <project>-<role>-<environment>.
type Plan struct {
	Project, Role, Environment string
	Group                      string            // the fleet's name; empty is <project>-<role>-<environment>-asg
	Min, Max, Desired          int32             // sizes of the fleet
	Balanced                   bool              // the fleet stands behind a load balancer
	TargetGroups               int               // that a balanced fleet serves; 0 is one, or none where it serves Classic Load Balancers
	Classics                   int               // Classic Load Balancers that a balanced fleet serves
	TrafficSources             bool              // all of these are attached as traffic sources
	Record                     string            // name by which clients know the fleet's first load balancer, in a zone of its own; empty: none
	PrivateZone                bool              // that zone is a private one
	Network                    bool              // the load balancer is a Network Load Balancer, not an Application one; a Classic one listens over TCP
	Guarded                    bool              // the load balancer is made with a security group; without, a Network one never gets any, an Application one AWS's default
	DeregistrationDelay        time.Duration     // of each target group, whole seconds; connection draining of Classic Load Balancers
	Check                      Check             // of each target group and Classic Load Balancer; the zero Check is DefaultCheck
	Each                       []TargetGroup     // the target groups one by one, in place of the three above
	HealthCheckType            string            // of the group; empty is ELB when it is balanced, else EC2
	Grace                      time.Duration     // of the group's health checks, whole seconds; 0 is a minute
	Region                     string            // of the account; empty is the default
	Zones                      int               // that the fleet spreads over; 0 is all of the Region's
	Hooks                      []Hook            // lifecycle hooks that nobody completes
	Source                     Source            // what the fleet launches from; empty is a launch template
	Weights                    []string          // of a policy's types, one after the other; none: it has one type, without a weight
	CapacityType               string            // what the sizes count, where the source is requirements; empty: instances
	TemplateVersion            string            // that the group names: a number, $Latest or $Default; empty is $Latest
	NextImage                  string            // that the template's newest version names; empty is one that the application is in. A parameter (resolve:ssm:…) is made, and stands for that one
	Tags                       map[string]string // of the group, besides its own
	Protected                  bool              // new instances are protected from scale-in
	TerminationPolicies        []string          // of the group; none: AWS's default
	Suspended                  []string          // processes of the group, suspended once it serves
	Metrics                    []string          // that the group publishes
	LedgerTable                string
	Operator                   string            // e-mail address that subscribes to what people are told; empty: none
	Machine                    string            // name of the state machine
	PlaceMachine               string            // name of the one that replaces in place
	Functions                  []Function        // none: no functions and no state machine
	Variables                  map[string]string // of the functions' environment, besides its own
	InPlace                    bool              // the deployer may add versions to the launch template, for a group that stays
	Builds                     bool              // the deployer may build images
	BuilderZones               []string          // letters of those whose subnets builders are launched in; none: blue's
	Traced                     bool              // by X-Ray: the state machines and the functions

	// Equipped is what hangs on the group besides, once it serves: by its world, and the time then. nil: nothing.
	Equipped func(World, time.Time) Equipment

	// Definition is the state machine's, asked with the functions' ARNs by name.
	Definition func(arns map[string]string) (string, error)
	// Place is the definition of the machine that replaces in place, likewise; nil: there is none.
	Place func(arns map[string]string) (string, error)
}

// Source is what a fleet launches its instances from.
type Source string

// The sources.
const (
	FromTemplate      Source = "template"      // a launch template
	FromConfiguration Source = "configuration" // a launch configuration
	FromPolicy        Source = "policy"        // a mixed instances policy over a launch template
	FromRequirements  Source = "requirements"  // one that says what its types must have
)

// Check is a target group's health check.
type Check struct {
	Interval, Timeout  time.Duration // whole seconds
	Healthy, Unhealthy int32         // checks in a row
}

// TargetGroup is one of several that differ.
type TargetGroup struct {
	DeregistrationDelay time.Duration // whole seconds
	Check               Check
}

// DefaultCheck is a check that is quick to notice.
func DefaultCheck() Check {
	return Check{Interval: 10 * time.Second, Timeout: 5 * time.Second, Healthy: 2, Unhealthy: 2}
}

// Hook is a lifecycle hook.
type Hook struct {
	Name      string
	Launching bool          // it holds instances that launch; else those that terminate
	Heartbeat time.Duration // after which its default result stands, whole seconds
	Default   string        // that result, CONTINUE or ABANDON; empty is CONTINUE
}

// Function is one Lambda function.
type Function struct {
	Name    string        // e.g. DescribeBlue; it is deployed as <project>-<role>-<environment>-<name>
	Timeout time.Duration // whole seconds
	Code    []byte        // deployment package: a zip file with an executable named bootstrap

	Environment map[string]string // besides the ledger's table and the operators' topic
}

// DefaultPlan is README's fleet: ec-mqagt-dev-asg, four instances behind an Application Load Balancer.
func DefaultPlan() Plan {
	return Plan{
		Project: "ec", Role: "mqagt", Environment: "dev",
		Min: 2, Max: 8, Desired: 4,
		Balanced:            true,
		DeregistrationDelay: 120 * time.Second,
		LedgerTable:         "ec-mqagt-dev-ledger",
		Operator:            "operator@example.com",
	}
}

// targetGroups are the fleet's target groups, one by one.
func (p Plan) targetGroups() []TargetGroup {
	if len(p.Each) > 0 {
		return p.Each
	}
	least := 1
	if !p.Balanced || p.Classics > 0 {
		least = 0
	}
	return slices.Repeat([]TargetGroup{{p.DeregistrationDelay, p.check()}}, max(p.TargetGroups, least))
}

func (p Plan) check() Check {
	if p.Check == (Check{}) {
		return DefaultCheck()
	}
	return p.Check
}

// classics is how many Classic Load Balancers the fleet serves.
func (p Plan) classics() int {
	if !p.Balanced {
		return 0
	}
	return p.Classics
}

func (p Plan) prefix() string { return p.Project + "-" + p.Role + "-" + p.Environment }

// World is what stands in the account.
type World struct {
	AccountID         string
	GroupName         string // of blue
	TemplateName      string
	TemplateID        string // empty where blue launches from a configuration
	TargetGroupARN    string // the first of TargetGroupARNs; empty when the fleet has none
	TargetGroupARNs   []string
	LoadBalancerARN   string
	LoadBalancerNames []string // of the Classic Load Balancers
	HostedZoneID      string   // of the record's zone; empty without one
	Record            string   // name that is an alias of the first load balancer
	ListenerARN       string   // the first of ListenerARNs
	ListenerARNs      []string // one for each target group, then name:port for each Classic Load Balancer
	LedgerTable       string
	OperatorTopic     string   // ARN of the topic that tells people
	OperatorQueue     string   // URL of a queue that has subscribed to it
	Operator          string   // e-mail address that has subscribed to it, once Confirm was called
	MachineARN        string   // empty when the plan has no functions
	InPlaceARN        string   // of the machine that replaces in place; empty where the deployer may not
	Traced            bool     // as the plan has it
	BuilderSubnets    []string // ids of those that the plan's zones have
	InstanceType      string
	InstanceProfile   string // of blue's instances, by name
	BlueImage         string // the application's image that blue runs
	GreenImage        string // what the launch template's latest version runs
	FunctionNames     []string
	DesiredCapacity   int32
	DeregistrationSec int32
}

// Machine is the ARN of the machine that deploys the fleet: that which replaces in place, where there is one.
func (w World) Machine() string { return cmp.Or(w.InPlaceARN, w.MachineARN) }

// Machines are those that deploy, by ARN.
func (w World) Machines() []string {
	if w.InPlaceARN == "" {
		return []string{w.MachineARN}
	}
	return []string{w.MachineARN, w.InPlaceARN}
}

// Request is a request, in which GREEN_IMAGE stands for the image that is deployed, and HOSTED_ZONE for the zone of the record.
func (w World) Request(text string) string {
	return strings.NewReplacer("GREEN_IMAGE", w.GreenImage, "HOSTED_ZONE", w.HostedZoneID).Replace(text)
}

// Seeder writes a world through the API.
type Seeder struct {
	Config aws.Config    // endpoint, Region, credentials
	Clock  clock.Clock   // waits between looks
	Pause  time.Duration // between two looks at the fleet that starts; 0 is 5 s

	ec2         *ec2.Client
	autoscaling *autoscaling.Client
	elb         *elb.Client
	elbv2       *elbv2.Client
	dynamodb    *dynamodb.Client
	lambda      *lambda.Client
	sfn         *sfn.Client
	ssm         *ssm.Client

	weights map[string]int // of the instances that were seen, in the group's units
}

// Seed puts the plan into the account and returns once the fleet serves and a new version of its launch template, with
// a newer image, waits to be deployed.
func (s Seeder) Seed(ctx context.Context, plan Plan) (World, error) {
	s.ec2 = ec2.NewFromConfig(s.Config)
	s.autoscaling = autoscaling.NewFromConfig(s.Config)
	s.elb = elb.NewFromConfig(s.Config)
	s.elbv2 = elbv2.NewFromConfig(s.Config)
	s.dynamodb = dynamodb.NewFromConfig(s.Config)
	s.lambda = lambda.NewFromConfig(s.Config)
	s.sfn = sfn.NewFromConfig(s.Config)
	s.ssm = ssm.NewFromConfig(s.Config)
	s.weights = make(map[string]int)
	w := World{
		GroupName:       cmp.Or(plan.Group, plan.prefix()+"-asg"),
		TemplateName:    plan.prefix(),
		LedgerTable:     plan.LedgerTable,
		DesiredCapacity: plan.Desired,
		Operator:        plan.Operator,
		Traced:          plan.Traced,
	}
	steps := []struct {
		what string
		do   func(context.Context, Plan, *World) error
	}{
		{"account", s.account},
		{"images", s.images},
		{"builders' subnets", s.builders},
		{"launch template", s.launchTemplate},
		{"launch configuration", s.launchConfiguration},
		{"load balancer", s.loadBalancer},
		{"Classic Load Balancers", s.classicBalancers},
		{"Auto Scaling group", s.group},
		{"ledger table", s.ledger},
		{"operators' topic", s.operators},
		{"records", s.records},
		{"state machine", s.machine},
		{"serving fleet", s.serving},
		{"agents", s.agents},
		{"group's equipment", s.equip},
		{"next template version", s.nextVersion},
	}
	for _, step := range steps {
		if err := step.do(ctx, plan, &w); err != nil {
			return World{}, fmt.Errorf("seed the %s: %w", step.what, err)
		}
	}
	return w, nil
}

func (s Seeder) account(ctx context.Context, _ Plan, w *World) error {
	caller, err := sts.NewFromConfig(s.Config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return err
	}
	w.AccountID = *caller.Account
	return nil
}

// role is the ARN of the role that the function or state machine of that name runs with.
func (w World) role(name string) string { return "arn:aws:iam::" + w.AccountID + ":role/" + name }
