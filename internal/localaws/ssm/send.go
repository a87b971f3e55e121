package ssm

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/localaws/wire"
)

// The defaults of SendCommand (API reference): one hour for the delivery, 50 at once, no error.
const (
	defaultTimeoutSeconds = 3600
	defaultConcurrency    = "50"
	defaultMaxErrors      = "0"
)

func (c *Commands) sendCommand(_ *wire.Call, in *sdk.SendCommandInput) (*sdk.SendCommandOutput, error) {
	if err := checkSend(in); err != nil {
		return nil, err
	}
	o, err := readOrder(in)
	if err != nil {
		return nil, err
	}
	log, err := readLog(in)
	if err != nil {
		return nil, err
	}
	ids, err := c.targeted(in)
	if err != nil {
		return nil, err
	}
	now := c.account.Now()
	sent := &command{
		id: c.account.UUID(), comment: aws.ToString(in.Comment), documentName: *in.DocumentName,
		documentVersion: aws.ToString(in.DocumentVersion), parameters: in.Parameters, targets: in.Targets,
		instanceIDs: in.InstanceIds, script: o.script, execution: o.execution,
		requested: now, visible: now.Add(c.account.Draw(c.settings.Visible)), timeoutSeconds: defaultTimeoutSeconds,
		log: log, concurrency: newRate(orDefault(in.MaxConcurrency, defaultConcurrency)), maxErrors: newRate(orDefault(in.MaxErrors, defaultMaxErrors)),
	}
	if sent.documentVersion == "" {
		sent.documentVersion = "$DEFAULT"
	}
	if in.TimeoutSeconds != nil {
		sent.timeoutSeconds = *in.TimeoutSeconds
	}
	sent.deliverBy = now.Add(time.Duration(sent.timeoutSeconds) * time.Second)
	sent.expires = sent.deliverBy.Add(sent.execution)
	for _, id := range ids {
		v := &invocation{command: sent, instanceID: id, outcome: undone(types.CommandInvocationStatusPending, detailsPending)}
		sent.invocations = append(sent.invocations, v)
	}
	answer := sent.view() // as it was received: everything is pending
	c.begin(sent)
	return &sdk.SendCommandOutput{Command: &answer}, nil
}

func orDefault(value *string, otherwise string) string {
	if value == nil {
		return otherwise
	}
	return *value
}

// targeted are the ids of the instances that a request names, or that have what its targets ask for.
func (c *Commands) targeted(in *sdk.SendCommandInput) ([]string, error) {
	switch {
	case len(in.InstanceIds) > 0 && len(in.Targets) > 0:
		return nil, wire.Errorf("ValidationException", "You can specify either Targets or InstanceIds, not both.")
	case len(in.InstanceIds) > 0:
		return in.InstanceIds, c.checkManaged(in.InstanceIds)
	case len(in.Targets) == 0:
		return nil, wire.Errorf("ValidationException", "You must specify either Targets or InstanceIds.")
	}
	var ids []string
	for n, target := range in.Targets {
		found, err := c.having(target)
		if err != nil {
			return nil, err
		}
		if n > 0 { // instances that meet all of them
			found = slices.DeleteFunc(found, func(id string) bool { return !slices.Contains(ids, id) })
		}
		ids = found
	}
	return ids, nil
}

// having are the instances that one target names.
func (c *Commands) having(target types.Target) ([]string, error) {
	key := aws.ToString(target.Key)
	if key == "InstanceIds" {
		return slices.Clone(target.Values), c.checkManaged(target.Values)
	}
	name, ok := strings.CutPrefix(key, "tag:")
	if !ok {
		return nil, wire.NotModelled("the target key %s; it models InstanceIds and tag:<key>", key)
	}
	var ids []string
	for _, a := range c.order {
		i, exists := c.compute.Instance(a.instanceID)
		if !exists || !a.managed() {
			continue
		}
		if value, tagged := i.Tags[name]; tagged && slices.Contains(target.Values, value) {
			ids = append(ids, a.instanceID)
		}
	}
	return ids, nil
}

// checkManaged refuses instances whose agent has not registered, or that don't run.
func (c *Commands) checkManaged(ids []string) error {
	var invalid []string
	for _, id := range ids {
		if a := c.agents[id]; a == nil || !a.managed() {
			invalid = append(invalid, id)
		}
	}
	if invalid != nil {
		return wire.Errorf("InvalidInstanceId", "Instances [[%s]] not in a valid state for account %s", strings.Join(invalid, ", "), c.account.ID)
	}
	return nil
}

// cancelCommand cancels what has not ended. What runs is killed once its agent hears of it.
func (c *Commands) cancelCommand(_ *wire.Call, in *sdk.CancelCommandInput) (*sdk.CancelCommandOutput, error) {
	var b broken
	b.commandID(in.CommandId)
	b.instanceIDs(in.InstanceIds)
	if err := b.err(); err != nil {
		return nil, err
	}
	cancelled := c.find(*in.CommandId)
	if cancelled == nil {
		return nil, wire.Errorf("InvalidCommandId", "")
	}
	for _, id := range in.InstanceIds {
		if !slices.ContainsFunc(cancelled.invocations, func(v *invocation) bool { return v.instanceID == id }) {
			return nil, wire.Errorf("InvalidInstanceId", "")
		}
	}
	cancelled.cancelled = !cancelled.ended()
	var started []*invocation
	for _, v := range cancelled.invocations {
		switch {
		case v.terminal() || (len(in.InstanceIds) > 0 && !slices.Contains(in.InstanceIds, v.instanceID)):
		case v.begun.IsZero():
			v.outcome = undone(types.CommandInvocationStatusCancelled, detailsCancelled)
		default:
			started = append(started, v)
		}
	}
	for _, v := range started {
		c.cancel(v)
	}
	c.dispatch(cancelled)
	return &sdk.CancelCommandOutput{}, nil
}

// cancel asks the agent to kill an invocation's script.
func (c *Commands) cancel(v *invocation) {
	v.cancelling = true
	v.status, v.details = types.CommandInvocationStatusCancelling, detailsCancelling
	c.after(c.settings.Delivery, func() {
		if a := c.agents[v.instanceID]; a.managed() && !a.lost && v.stop != nil {
			v.stop()
		}
	})
}

// find returns a command that its readers may see, or nil.
func (c *Commands) find(id string) *command {
	for _, command := range c.commands {
		if command.id == id && !c.account.Now().Before(command.visible) {
			return command
		}
	}
	return nil
}
