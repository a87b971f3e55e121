package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/clock"
)

// changeLog prints what is seen when it differs from what was seen last.
type changeLog struct {
	clock     clock.Clock
	since     time.Time                // its lines count from here
	executing string                   // ARN of the execution that the lines before are about
	states    map[string]executionView // of each execution, by ARN, as it was seen last
	text      string                   // of the fleets
	mails     int                      // that were seen
}

// mail prints the subject of what the operator was sent since it looked last.
func (c *changeLog) mail(out *progress, h *house) {
	all := h.mail()
	for _, mail := range all[min(c.mails, len(all)):] {
		if mail.Token == "" {
			c.say(out, "mail to "+mail.To+": "+mail.Subject)
		}
	}
	c.mails = len(all)
}

// executions prints the state of each execution whose state has changed: several go on at once when one is started beside
// another, or recovers it.
func (c *changeLog) executions(ctx context.Context, out *progress, o observer) error {
	arns, err := o.newest(ctx)
	if err != nil {
		return err
	}
	for _, arn := range arns {
		if err := c.execution(ctx, out, o, arn); err != nil {
			return err
		}
	}
	return nil
}

// execution prints an execution's state if it has changed.
func (c *changeLog) execution(ctx context.Context, out *progress, o observer, arn string) error {
	now, err := o.execution(ctx, arn)
	if err != nil {
		return err
	}
	before, seen := c.states[arn]
	if seen && now.Stage == before.Stage && now.Status == before.Status {
		return nil
	}
	if arn != c.executing {
		c.say(out, "execution "+arn)
	}
	if c.states == nil {
		c.states = make(map[string]executionView)
	}
	c.executing, c.states[arn] = arn, now
	if now.Status == sfntypes.ExecutionStatusRunning {
		if now.Stage != "" {
			c.say(out, "stage "+now.Stage)
		}
		return nil
	}
	c.say(out, strings.TrimSpace(fmt.Sprintf("execution %s %s", now.Status, now.Error)))
	return nil
}

// fleets prints the fleets if they have changed.
func (c *changeLog) fleets(ctx context.Context, out *progress, o observer) error {
	v, err := o.look(ctx)
	if err != nil {
		return err
	}
	if text := v.text(); text != c.text {
		c.text = text
		c.say(out, text)
	}
	return nil
}

// say prints a line with the deployment's clock before it.
func (c *changeLog) say(out *progress, text string) {
	passed := c.clock.Now().Sub(c.since).Round(time.Second)
	out.line("%02d:%02d  %s", int(passed.Minutes()), int(passed.Seconds())%60, text)
}
