package observe

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/text"
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

	courses map[string]*Course // of each execution, by ARN
	groups  map[string]string  // each as it was seen last, by name
	fleets  string             // all of them
	mails   int                // that were seen
}

// Mail shows what the operator was sent since it looked last: all is everything that was sent, each with its subject as its
// first line. Its lines are left as they are: commands stay whole. What SNS adds below is left out.
func (c *Changes) Mail(all []string) {
	for _, mail := range all[min(c.mails, len(all)):] {
		mail, _, _ = strings.Cut(mail, "\n--\n")
		subject, body, _ := strings.Cut(mail, "\n")
		c.Say(subject)
		for _, line := range strings.Split(strings.TrimSpace(body), "\n") {
			c.Out.Line("%s", strings.TrimRight("         "+line, " "))
		}
	}
	c.mails = len(all)
}

// Executions shows what each execution did since it looked last: several go on at once when one is started beside another, or
// recovers it.
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

// Execution shows what an execution did since it looked last: each stage in its own sentence, and each failure where it
// happened.
func (c *Changes) Execution(ctx context.Context, o Observer, arn string) error {
	if c.courses == nil {
		c.courses = make(map[string]*Course)
	}
	of, known := c.courses[arn]
	if !known {
		of = &Course{}
		c.courses[arn] = of
		c.Say("execution " + short(deploy.ExecutionName(arn)) + " is " + arn)
	}
	said, err := of.Next(ctx, o.sfn, arn)
	for _, sentence := range said {
		c.Say(short(deploy.ExecutionName(arn)) + " " + sentence.Text)
	}
	return err
}

// short is an execution's name, of which the beginning tells it from others.
func short(name string) string {
	const most = 15
	if letters := []rune(name); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return name
}

// Fleets shows each group of the lineage that has changed.
func (c *Changes) Fleets(ctx context.Context, o Observer) error {
	v, err := o.Look(ctx)
	if err != nil {
		return err
	}
	seen := make(map[string]string)
	for _, g := range v.Groups {
		seen[g.Name] = g.Text()
		if c.groups[g.Name] != seen[g.Name] {
			c.Say(seen[g.Name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.groups)) {
		if seen[name] == "" {
			c.Say(name + ": deleted")
		}
	}
	c.groups, c.fleets = seen, v.Text()
	return nil
}

// Say shows a sentence with the deployment's clock before it, in lines of a terminal's width.
func (c *Changes) Say(sentence string) {
	clock := elapsed(c.Clock.Now().Sub(c.Since))
	for _, line := range text.Wrap(clock+"  ", strings.Repeat(" ", len(clock)+4), sentence) {
		c.Out.Line("%s", line)
	}
}

// elapsed is minutes and seconds, and from an hour on hours too.
func elapsed(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s < 3600 {
		return fmt.Sprintf("%02d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// Seen is how the fleets were shown last.
func (c *Changes) Seen() string { return c.fleets }

// Last is an execution as it was shown last; the zero view before that.
func (c *Changes) Last(arn string) ExecutionView {
	if of, known := c.courses[arn]; known {
		return of.View
	}
	return ExecutionView{}
}
