package ssm

import (
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/localaws/wire"
)

func (c *Commands) getCommandInvocation(_ *wire.Call, in *sdk.GetCommandInvocationInput) (*sdk.GetCommandInvocationOutput, error) {
	var b broken
	b.commandID(in.CommandId)
	b.pattern(in.InstanceId, instanceID, "instanceId")
	if err := b.err(); err != nil {
		return nil, err
	}
	if command := c.find(*in.CommandId); command != nil {
		for _, v := range command.invocations {
			switch {
			case v.instanceID != *in.InstanceId:
			case in.PluginName != nil && *in.PluginName != plugin:
				return nil, wire.Errorf("InvalidPluginName", "")
			default:
				return v.output(), nil
			}
		}
	}
	return nil, wire.Errorf("InvocationDoesNotExist", "")
}

// listCommands lists commands, the youngest first.
func (c *Commands) listCommands(_ *wire.Call, in *sdk.ListCommandsInput) (*sdk.ListCommandsOutput, error) {
	wanted, err := c.wanted(in.CommandId, in.InstanceId, in.Filters, in.MaxResults)
	if err != nil {
		return nil, err
	}
	var found []types.Command
	for _, command := range wanted.commands {
		view := command.view()
		if !wanted.status(string(view.Status)) {
			continue
		}
		if in.InstanceId != nil && !slices.ContainsFunc(command.invocations, func(v *invocation) bool { return v.instanceID == *in.InstanceId }) {
			continue
		}
		found = append(found, view)
	}
	commands, next, err := page(found, in.MaxResults, 50, in.NextToken)
	return &sdk.ListCommandsOutput{Commands: commands, NextToken: next}, err
}

// listCommandInvocations lists invocations, the youngest command's first. It finds nothing of a command that is not
// visible yet.
func (c *Commands) listCommandInvocations(_ *wire.Call, in *sdk.ListCommandInvocationsInput) (*sdk.ListCommandInvocationsOutput, error) {
	wanted, err := c.wanted(in.CommandId, in.InstanceId, in.Filters, in.MaxResults)
	if err != nil {
		return nil, err
	}
	var found []types.CommandInvocation
	for _, command := range wanted.commands {
		for _, v := range command.invocations {
			if wanted.status(string(v.status)) && (in.InstanceId == nil || *in.InstanceId == v.instanceID) {
				found = append(found, v.view(in.Details, c.settings.PluginOutputKept))
			}
		}
	}
	invocations, next, err := page(found, in.MaxResults, 50, in.NextToken)
	return &sdk.ListCommandInvocationsOutput{CommandInvocations: invocations, NextToken: next}, err
}

// wanted is what a listing asks for.
type wanted struct {
	commands []*command
	statuses []string
}

// status reports whether a status is asked for.
func (w wanted) status(status string) bool {
	return w.statuses == nil || slices.Contains(w.statuses, status)
}

// wanted finds the commands that a listing asks for, the youngest first.
func (c *Commands) wanted(commandID, instance *string, filters []types.CommandFilter, maxResults *int32) (wanted, error) {
	var b broken
	b.commandID(commandID)
	b.pattern(instance, instanceID, "instanceId")
	b.between(maxResults, 1, 50, "maxResults")
	w := wanted{}
	if err := b.err(); err != nil {
		return w, err
	}
	after, before, name := time.Time{}, c.account.Now(), ""
	for _, filter := range filters {
		value, err := aws.ToString(filter.Value), error(nil)
		switch filter.Key {
		case types.CommandFilterKeyStatus:
			w.statuses = append(w.statuses, value)
		case types.CommandFilterKeyInvokedAfter:
			after, err = time.Parse(time.RFC3339, value)
		case types.CommandFilterKeyInvokedBefore:
			before, err = time.Parse(time.RFC3339, value)
		case types.CommandFilterKeyDocumentName:
			name = value
		default:
			return w, wire.Errorf("InvalidFilterKey", "")
		}
		if err != nil {
			return w, wire.Errorf("ValidationException", "Value '%s' of the filter %s is not a time such as 2021-07-07T00:00:00Z", value, filter.Key)
		}
	}
	for _, command := range slices.Backward(c.commands) {
		if command.visible.After(c.account.Now()) || command.requested.Before(after) || command.requested.After(before) ||
			(commandID != nil && command.id != *commandID) || (name != "" && command.documentName != name) {
			continue
		}
		w.commands = append(w.commands, command)
	}
	return w, nil
}

// page cuts out the page that a request asks for, and returns the token of the next one.
func page[T any](items []T, maxResults *int32, size int, token *string) ([]T, *string, error) {
	from := 0
	if token != nil && *token != "" {
		decoded, _ := base64.StdEncoding.DecodeString(*token)
		var err error
		if from, err = strconv.Atoi(string(decoded)); err != nil || from < 0 {
			return nil, nil, wire.Errorf("InvalidNextToken", "")
		}
	}
	if maxResults != nil {
		size = int(*maxResults)
	}
	items = items[min(from, len(items)):]
	if len(items) <= size {
		return items, nil, nil
	}
	return items[:size], aws.String(base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(from + size)))), nil
}
