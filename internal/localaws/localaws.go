// Package localaws is a model of the AWS services that a blue/green deployment meets: one account in one Region, with a
// clock, that speaks the real wire protocols. On a Virtual clock a run is a function of its seed and needs no sockets;
// on a Scaled clock the same model serves the aws CLI, Lambda processes and real traffic (package dataplane).
package localaws

import (
	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	localasg "bluegreen/internal/localaws/autoscaling"
	localcloudwatch "bluegreen/internal/localaws/cloudwatch"
	localcommit "bluegreen/internal/localaws/codecommit"
	localpipeline "bluegreen/internal/localaws/codepipeline"
	localdynamodb "bluegreen/internal/localaws/dynamodb"
	localec2 "bluegreen/internal/localaws/ec2"
	localedge "bluegreen/internal/localaws/edge"
	localclassic "bluegreen/internal/localaws/elb"
	localelb "bluegreen/internal/localaws/elbv2"
	localevents "bluegreen/internal/localaws/events"
	"bluegreen/internal/localaws/faults"
	localiam "bluegreen/internal/localaws/iam"
	locallambda "bluegreen/internal/localaws/lambda"
	localroute53 "bluegreen/internal/localaws/route53"
	localsns "bluegreen/internal/localaws/sns"
	localsqs "bluegreen/internal/localaws/sqs"
	localssm "bluegreen/internal/localaws/ssm"
	localstates "bluegreen/internal/localaws/states"
	localsts "bluegreen/internal/localaws/sts"
	"bluegreen/internal/localaws/wire"
	localxray "bluegreen/internal/localaws/xray"
)

// The account and Region of README's ARNs.
const (
	DefaultRegion    = account.DefaultRegion
	DefaultAccountID = "000000000000"
)

// Settings are the time models of all services, and of the API's front end.
type Settings struct {
	Wire        wire.Settings
	EC2         localec2.Settings
	ELBv2       localelb.Settings
	Classic     localclassic.Settings
	AutoScaling localasg.Settings
	SNS         localsns.Settings
	SQS         localsqs.Settings
	SSM         localssm.Settings
	DynamoDB    localdynamodb.Settings
	Lambda      locallambda.Settings
	States      localstates.Settings
	Events      localevents.Settings
	Commits     localcommit.Settings
	Pipelines   localpipeline.Settings
	XRay        localxray.Settings
	CloudWatch  localcloudwatch.Settings
	Route53     localroute53.Settings
}

// DefaultSettings are the settings closest to AWS.
func DefaultSettings() Settings {
	return Settings{
		Wire:        wire.DefaultSettings(),
		EC2:         localec2.DefaultSettings(),
		ELBv2:       localelb.DefaultSettings(),
		Classic:     localclassic.DefaultSettings(),
		AutoScaling: localasg.DefaultSettings(),
		SNS:         localsns.DefaultSettings(),
		SQS:         localsqs.DefaultSettings(),
		SSM:         localssm.DefaultSettings(),
		DynamoDB:    localdynamodb.DefaultSettings(),
		Lambda:      locallambda.DefaultSettings(),
		States:      localstates.DefaultSettings(),
		Events:      localevents.DefaultSettings(),
		Commits:     localcommit.DefaultSettings(),
		Pipelines:   localpipeline.DefaultSettings(),
		XRay:        localxray.DefaultSettings(),
		CloudWatch:  localcloudwatch.DefaultSettings(),
		Route53:     localroute53.DefaultSettings(),
	}
}

// Options say what kind of AWS New makes.
type Options struct {
	Clock     clock.Clock  // required
	Seed      uint64       // of every random draw
	Region    string       // default DefaultRegion
	AccountID string       // default DefaultAccountID
	Settings  *Settings    // default DefaultSettings
	Faults    *faults.Plan // default none; its log of calls is kept only when it says so
}

// AWS is one account in one Region. The services' own methods are called with the account's lock held, unless they say
// otherwise; the endpoint takes the lock itself.
type AWS struct {
	Account   *account.Account
	Endpoint  *wire.Endpoint // serves all of them over HTTP, and in memory (Endpoint.Config)
	Faults    *faults.Plan
	Compute   *localec2.Compute
	Balancers *localelb.LoadBalancers
	Classic   *localclassic.LoadBalancers // Classic Load Balancers
	Groups    *localasg.Groups
	Commands  *localssm.Commands
	Topics    *localsns.Topics
	Queues    *localsqs.Queues
	Tables    *localdynamodb.Tables
	Functions *locallambda.Functions
	Machines  *localstates.Machines
	Events    *localevents.Buses
	Roles     *localiam.Roles // those that have policies, which hold for every call of who has them

	Repositories *localcommit.Repositories
	Pipelines    *localpipeline.Pipelines
	Traces       *localxray.Traces
	Alarms       *localcloudwatch.Alarms
	Zones        *localroute53.Zones
	Edge         *localedge.Edge
	Loads        *Loads
}

// New returns an AWS in which nothing stands but the default VPC and Amazon's images.
func New(options Options) *AWS {
	if options.Region == "" {
		options.Region = DefaultRegion
	}
	if options.AccountID == "" {
		options.AccountID = DefaultAccountID
	}
	if options.Settings == nil {
		defaults := DefaultSettings()
		options.Settings = &defaults
	}
	if options.Faults == nil {
		options.Faults = faults.NewPlan()
	}
	settings := options.Settings
	a := &AWS{Account: account.New(options.AccountID, options.Region, options.Clock, options.Seed), Faults: options.Faults}
	a.Endpoint = wire.NewEndpoint(a.Account, settings.Wire, a.Faults)
	a.Compute = localec2.New(a.Account, settings.EC2)
	a.Balancers = localelb.New(a.Account, a.Compute, settings.ELBv2)
	a.Classic = localclassic.New(a.Account, a.Compute, settings.Classic)
	a.Groups = localasg.New(a.Account, a.Compute, a.Balancers, a.Classic, settings.AutoScaling)
	a.Commands = localssm.New(a.Account, a.Compute, settings.SSM)
	a.Topics = localsns.New(a.Account, settings.SNS)
	a.Queues = localsqs.New(a.Account, settings.SQS)
	a.Topics.SetQueues(a.Queues)
	a.Tables = localdynamodb.New(a.Account, settings.DynamoDB)
	a.Functions = locallambda.New(a.Account, settings.Lambda)
	a.Machines = localstates.New(a.Account, a.Functions, a.Topics, settings.States)
	a.Events = localevents.New(a.Account, a.Machines, a.Functions, a.Topics, a.Queues, settings.Events)
	a.Repositories = localcommit.New(a.Account, settings.Commits)
	a.Pipelines = localpipeline.New(a.Account, a.Repositories, a.Machines, a.Topics, settings.Pipelines)
	a.Traces = localxray.New(a.Account, settings.XRay)
	a.Alarms = localcloudwatch.New(a.Account, settings.CloudWatch)
	a.Zones = localroute53.New(a.Account, settings.Route53)
	a.Edge = localedge.New(a.Account, a.balancerExists)
	a.Loads = newLoads(a)
	a.Functions.TraceTo(a.Traces)
	a.Machines.TraceTo(a.Traces)
	for _, service := range append(a.Edge.Services(),
		localsts.Service(a.Account), a.Compute.Service(), a.Balancers.Service(), a.Classic.Service(), a.Groups.Service(), a.Topics.Service(),
		a.Tables.Service(), a.Functions.Service(), a.Machines.Service(), a.Commands.Service(), a.Queues.Service(),
		a.Events.Service(), a.Repositories.Service(), a.Pipelines.Service(), a.Traces.Service(),
		a.Alarms.Service(), a.Zones.Service(),
	) {
		a.Endpoint.Add(service)
	}
	a.Endpoint.AddDocument(localsns.CertificatePath, localsns.Certificate)
	a.joinFunctions()
	a.joinEvents()
	a.Roles = localiam.New(a.Account, resources{a})
	a.Endpoint.Authorize(a.Roles.Authorize)
	return a
}

// joinFunctions lets functions call the endpoint: each invocation is a caller of its own, that faults can kill.
func (a *AWS) joinFunctions() {
	a.Functions.SetConnect(a.Endpoint.Config)
	a.Faults.OnKill(func(caller string) { a.Functions.Kill(caller) })
	a.Endpoint.Identify(func(caller string) wire.Principal {
		if function, ok := a.Functions.Principal(caller); ok {
			return function
		}
		return wire.Principal{ARN: "arn:aws:iam::" + a.Account.ID + ":user/" + caller, UserID: caller}
	})
}

// joinEvents has services tell EventBridge what happens, and lifecycle hooks notify their targets.
func (a *AWS) joinEvents() {
	a.Account.Lock()
	defer a.Account.Unlock()
	a.Compute.OnEvent(a.Events.Source("aws.ec2"))
	a.Groups.OnEvent(a.Events.Source("aws.autoscaling"))
	a.Groups.NotifyThrough(a.Topics, a.Queues)
	a.Repositories.OnEvent(a.Events.Source("aws.codecommit"))
	a.Pipelines.OnEvent(a.Events.Source("aws.codepipeline"))
	a.Events.SetPipelines(a.Pipelines)
	a.Alarms.ActThrough(a.Topics, a.Groups)
	a.Groups.AlarmThrough(a.Alarms)
	a.Zones.EvaluateBy(a.healthyBalancer)
}

// Close ends what runs by itself: functions' processes, and the executions of state machines.
func (a *AWS) Close() {
	a.Functions.Close()
}
