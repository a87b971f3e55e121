package observe

import (
	"context"
	"fmt"
	"strings"
	"time"

	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/clock"
)

// Output is where what is seen is shown.
type Output interface {
	// Line shows a line that stays.
	Line(format string, args ...any)
	// Show shows text as the status, until the next one; the empty text takes it away.
	Show(text string)
}

// Changes shows what is seen when it differs from what was seen last.
type Changes struct {
	Out   Output
	Clock clock.Clock
	Since time.Time // its lines count from here

	executing string                   // ARN of the execution that the lines before are about
	states    map[string]ExecutionView // of each execution, by ARN, as it was seen last
	text      string                   // of the fleets
	mails     int                      // that were seen
}

// Mail shows what the operator was sent since it looked last; all is everything that was sent, in a line each.
func (c *Changes) Mail(all []string) {
	for _, line := range all[min(c.mails, len(all)):] {
		c.Say(line)
	}
	c.mails = len(all)
}

// Executions shows the state of each execution whose state has changed: several go on at once when one is started beside
// another, or recovers it.
func (c *Changes) Executions(ctx context.Context, o Observer) error {
	arns, err := o.Newest(ctx)
	if err != nil {
		return err
	}
	for _, arn := range arns {
		if err := c.Execution(ctx, o, arn); err != nil {
			return err
		}
	}
	return nil
}

// Execution shows an execution's state if it has changed.
func (c *Changes) Execution(ctx context.Context, o Observer, arn string) error {
	now, err := o.Execution(ctx, arn)
	if err != nil {
		return err
	}
	before, seen := c.states[arn]
	if seen && now.Stage == before.Stage && now.Status == before.Status {
		return nil
	}
	if arn != c.executing {
		c.Say("execution " + arn)
	}
	if c.states == nil {
		c.states = make(map[string]ExecutionView)
	}
	c.executing, c.states[arn] = arn, now
	if now.Status == sfntypes.ExecutionStatusRunning {
		if now.Stage != "" {
			c.Say("stage " + now.Stage)
		}
		return nil
	}
	c.Say(strings.TrimSpace(fmt.Sprintf("execution %s %s", now.Status, now.Error)))
	return nil
}

// Fleets shows the fleets if they have changed.
func (c *Changes) Fleets(ctx context.Context, o Observer) error {
	v, err := o.Look(ctx)
	if err != nil {
		return err
	}
	if text := v.Text(); text != c.text {
		c.text = text
		c.Say(text)
	}
	return nil
}

// Say shows a line with the deployment's clock before it.
func (c *Changes) Say(text string) {
	passed := c.Clock.Now().Sub(c.Since).Round(time.Second)
	c.Out.Line("%02d:%02d  %s", int(passed.Minutes()), int(passed.Seconds())%60, text)
}

// Seen is how the fleets were shown last.
func (c *Changes) Seen() string { return c.text }

// Last is an execution as it was shown last; the zero view before that.
func (c *Changes) Last(arn string) ExecutionView { return c.states[arn] }
