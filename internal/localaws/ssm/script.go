package ssm

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

type runKey struct{}

// start lets the agent run an invocation's script.
func (c *Commands) start(v *invocation) {
	command := v.command
	v.begun = c.account.Now()
	run := &Run{CommandID: command.id, Script: command.script, At: v.begun}
	c.runs[v.instanceID] = append(c.runs[v.instanceID], run)
	ctx, kill := c.account.Clock.WithTimeout(context.WithValue(context.Background(), runKey{}, run), command.execution)
	v.stop = kill
	executor := c.executor
	c.account.Clock.Go(func() {
		exit, stdout, stderr := executor.Run(ctx, v.instanceID, command.script)
		cut := ctx.Err()
		kill()
		c.account.Lock()
		defer c.account.Unlock()
		run.Ended, run.Exit, run.Finished = c.account.Now(), exit, cut == nil
		v.stop, v.ended = nil, run.Ended
		c.keepLog(v, stdout, stderr)
		c.report(v, c.judge(exit, stdout, stderr, cut))
	})
}

// judge is the outcome of a script that has ended, or that was killed: cut says why. Only of a script that ended by
// itself stdout is shown (API reference, GetCommandInvocation).
func (c *Commands) judge(exit int, stdout, stderr string, cut error) outcome {
	o := outcome{code: int32(exit), stderr: stderr}
	if cut == nil {
		o.stdout = head(stdout, c.settings.OutputKept)
	}
	switch {
	case errors.Is(cut, context.DeadlineExceeded):
		o.status, o.details, o.code = types.CommandInvocationStatusTimedOut, detailsExecutionTimedOut, killed
	case cut != nil:
		o.status, o.details, o.code = types.CommandInvocationStatusCancelled, detailsCancelled, killed
	case exit != 0:
		o.status, o.details = types.CommandInvocationStatusFailed, detailsFailed
		o.stderr += fmt.Sprintf("failed to run commands: exit status %d", exit)
	default:
		o.status, o.details = types.CommandInvocationStatusSuccess, detailsSuccess
	}
	o.stderr = head(o.stderr, c.settings.ErrorKept)
	return o
}

// report lets the agent tell the service how a script ended. An instance that has ended tells nothing.
func (c *Commands) report(v *invocation, o outcome) {
	a := c.agents[v.instanceID]
	run := a.run
	c.after(c.settings.Report, func() {
		switch {
		case a.run != run || !a.managed():
		case a.lost:
			v.unreported = &o
		default:
			c.close(v, o)
		}
	})
}

// stopScripts kills what runs on an instance.
func (c *Commands) stopScripts(instanceID string) {
	for _, v := range c.openOn(instanceID) {
		if v.stop != nil {
			v.stop()
		}
	}
}

// head is the first n characters of text.
func head(text string, n int) string {
	if len(text) <= n {
		return text
	}
	characters := []rune(text)
	return string(characters[:min(n, len(characters))])
}
