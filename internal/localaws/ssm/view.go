package ssm

import (
	"cmp"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// plugin is the name of the one step of AWS-RunShellScript.
const plugin = "aws:runShellScript"

// view is the command as the API describes it.
func (c *command) view() types.Command {
	status, details := c.status()
	t := c.tally()
	return types.Command{
		CommandId: &c.id, Comment: &c.comment, DocumentName: &c.documentName, DocumentVersion: &c.documentVersion,
		Parameters: c.parameters, Targets: c.targets, InstanceIds: c.instanceIDs,
		MaxConcurrency: &c.concurrency.text, MaxErrors: &c.maxErrors.text, TimeoutSeconds: &c.timeoutSeconds,
		RequestedDateTime: &c.requested, ExpiresAfter: &c.expires, Status: status, StatusDetails: &details,
		CloudWatchOutputConfig: c.log,
		TargetCount:            int32(t.targets), CompletedCount: int32(t.completed), ErrorCount: int32(t.errored),
		DeliveryTimedOutCount: int32(t.deliveryTimedOut),
	}
}

// view is the invocation as ListCommandInvocations describes it.
func (v *invocation) view(withPlugins bool, kept int) types.CommandInvocation {
	c := v.command
	described := types.CommandInvocation{
		CommandId: &c.id, InstanceId: &v.instanceID, InstanceName: aws.String(""), Comment: &c.comment,
		DocumentName: &c.documentName, DocumentVersion: &c.documentVersion, RequestedDateTime: &c.requested,
		Status: v.status, StatusDetails: aws.String(v.details), StandardOutputUrl: aws.String(""), StandardErrorUrl: aws.String(""),
		TraceOutput: aws.String(""), CloudWatchOutputConfig: c.log,
	}
	if withPlugins && v.sent {
		described.CommandPlugins = []types.CommandPlugin{v.plugin(kept)}
	}
	return described
}

// plugin is the one step of the invocation.
func (v *invocation) plugin(kept int) types.CommandPlugin {
	output := v.stdout
	if v.stderr != "" {
		output += "\n----------ERROR-------\n" + v.stderr
	}
	step := types.CommandPlugin{
		Name: aws.String(plugin), Status: pluginStatus(v.status), StatusDetails: aws.String(v.details), ResponseCode: v.code,
		Output: aws.String(head(output, kept)), StandardOutputUrl: aws.String(""), StandardErrorUrl: aws.String(""),
	}
	if begun, ended := v.shown(); !begun.IsZero() {
		step.ResponseStartDateTime = &begun
		if !ended.IsZero() {
			step.ResponseFinishDateTime = &ended
		}
	}
	return step
}

// pluginStatus is the status of a step, for which the API has fewer names.
func pluginStatus(status types.CommandInvocationStatus) types.CommandPluginStatus {
	switch status {
	case types.CommandInvocationStatusDelayed:
		return types.CommandPluginStatusPending
	case types.CommandInvocationStatusCancelling:
		return types.CommandPluginStatusInProgress
	}
	return types.CommandPluginStatus(status)
}

// shown are the times of the script that the service knows: it learns them from the agent's report.
func (v *invocation) shown() (begun, ended time.Time) {
	switch {
	case !v.terminal():
		return v.begun, time.Time{}
	case v.code == -1:
		return time.Time{}, time.Time{}
	}
	return v.begun, v.ended
}

// output is the invocation as GetCommandInvocation describes it.
func (v *invocation) output() *sdk.GetCommandInvocationOutput {
	c := v.command
	begun, ended := v.shown()
	elapsed := ""
	if !ended.IsZero() {
		elapsed = fmt.Sprintf("PT%gS", ended.Sub(begun).Round(time.Millisecond).Seconds())
	}
	return &sdk.GetCommandInvocationOutput{
		CommandId: &c.id, InstanceId: &v.instanceID, Comment: &c.comment, DocumentName: &c.documentName,
		DocumentVersion: &c.documentVersion, PluginName: aws.String(plugin), ResponseCode: v.code,
		ExecutionStartDateTime: aws.String(timestamp(begun)), ExecutionEndDateTime: aws.String(timestamp(ended)),
		ExecutionElapsedTime: &elapsed, Status: v.status, StatusDetails: aws.String(v.details),
		StandardOutputContent: aws.String(v.stdout), StandardErrorContent: aws.String(v.stderr),
		StandardOutputUrl: aws.String(""), StandardErrorUrl: aws.String(""),
		CloudWatchOutputConfig: cmp.Or(c.log, &types.CloudWatchOutputConfig{CloudWatchLogGroupName: aws.String("")}),
	}
}

// timestamp is a time as ISO 8601 writes it; "" is none.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
