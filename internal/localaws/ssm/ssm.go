// Package ssm is a model of AWS Systems Manager's Parameter Store and Run Command: the agents of EC2 instances, and the shell scripts that
// SendCommand has them run. What a script does is up to an Executor; the built-in one acts as rehearsals tell it to
// (SetBehaviour), the data plane runs it for real.
//
// An agent registers some time after its instance runs. An invocation is sent, delivered to an agent that is connected,
// run, and reported; each step can fail, as the user guide describes ("Understanding command statuses"). SendCommand
// knows no client token: two calls run the script twice.
//
// Every method is called with the account's lock held, but for Service, whose operations the endpoint runs.
package ssm

import (
	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// Commands is Run Command in one account and Region.
type Commands struct {
	account  *account.Account
	compute  *localec2.Compute
	settings Settings
	executor Executor

	agents    map[string]*agent // by instance id
	order     []*agent          // as their instances were first seen
	agentless map[string]bool   // images without an agent
	refused   map[string]bool   // instance profiles that let no agent register, by name
	routeless map[string]bool   // subnets without a route to Systems Manager
	commands  []*command        // as sent
	logs      map[string][]LogStream
	runs      map[string][]*Run // by instance id
	acting    acting

	parameters *parameters
}

// New returns a Run Command that manages the instances of compute from now on. It is called without the lock.
func New(acct *account.Account, compute *localec2.Compute, settings Settings) *Commands {
	acct.Lock()
	defer acct.Unlock()
	c := &Commands{
		account: acct, compute: compute, settings: settings,
		agents:    map[string]*agent{},
		agentless: map[string]bool{},
		refused:   map[string]bool{},
		routeless: map[string]bool{},
		logs:      map[string][]LogStream{},
		runs:      map[string][]*Run{},
		acting:    newActing(),

		parameters: newParameters(acct, compute),
	}
	c.executor = (*actor)(c)
	compute.OnChange(c.instanceChanged)
	compute.OnImage(c.imaged)
	return c
}

// SetExecutor lets scripts be run by executor from now on.
func (c *Commands) SetExecutor(executor Executor) { c.executor = executor }

// after lets f happen, with the lock held, once a time drawn from d has passed.
func (c *Commands) after(d account.Duration, f func()) { c.account.After(c.account.Draw(d), f) }

// Service is the API of Systems Manager, as far as it is modelled.
func (c *Commands) Service() wire.Service {
	return wire.Service{
		SigningName:  "ssm",
		Protocol:     wire.AWSJSON11,
		TargetPrefix: "AmazonSSM",
		RequestNames: map[string]string{"CommandFilter.Key": "key", "CommandFilter.Value": "value"},
		EmptyLists: map[string]wire.EmptyList{
			"Command.Targets": wire.There, "Command.InstanceIds": wire.There, "NotificationConfig.NotificationEvents": wire.There,
			"CommandInvocation.CommandPlugins": wire.There,
		},
		Operations: append(c.parameters.operations(),
			wire.Op("SendCommand", c.sendCommand, "DocumentName", "DocumentVersion", "InstanceIds", "Targets", "Parameters", "Comment",
				"TimeoutSeconds", "MaxConcurrency", "MaxErrors", "CloudWatchOutputConfig").Requires("DocumentName"),
			wire.Op("CancelCommand", c.cancelCommand, "CommandId", "InstanceIds").Requires("CommandId"),
			wire.Op("ListCommands", c.listCommands, "CommandId", "InstanceId", "Filters", "MaxResults", "NextToken"),
			wire.Op("ListCommandInvocations", c.listCommandInvocations,
				"CommandId", "InstanceId", "Filters", "Details", "MaxResults", "NextToken"),
			wire.Op("GetCommandInvocation", c.getCommandInvocation, "CommandId", "InstanceId", "PluginName").
				Requires("CommandId", "InstanceId"),
			wire.Op("DescribeInstanceInformation", c.describeInstanceInformation, "Filters", "MaxResults", "NextToken"),
		),
	}
}
