package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/alike"
	"bluegreen/internal/deploy"
	"bluegreen/internal/observe"
)

// Comparison is a group laid beside blue as it was before the deployment.
type Comparison struct {
	Group       string             `json:"group"`
	Places      int                `json:"places"`
	Explained   int                `json:"explained"`   // that differ as they are meant to
	Unexplained []alike.Difference `json:"unexplained"` // that differ for no reason
	table       string
}

// restLimit is how long what a deployment has set in motion may take to come to rest, in the clock's time: instances of a warm
// pool, suspended processes, agents.
const restLimit = 15 * time.Minute

// compare lays a group beside blue, once both have come to rest.
func (d *Demonstration) compare(ctx context.Context, blue alike.Shown, group string) (Comparison, error) {
	reader, began := alike.New(d.Environment.Config), d.Environment.Clock.Now()
	for {
		is, err := reader.Show(ctx, group)
		if err != nil {
			return Comparison{}, err
		}
		all := alike.Compare(blue, is)
		left := alike.Unexplained(all)
		if len(left) > 0 && d.Environment.Clock.Now().Sub(began) < restLimit {
			if err := d.Environment.Clock.Sleep(ctx, margin); err != nil {
				return Comparison{}, err
			}
			continue
		}
		var table strings.Builder
		if err := alike.Table(&table, blue, is); err != nil {
			return Comparison{}, err
		}
		return Comparison{group, strings.Count(table.String(), "\n"), len(all) - len(left), left, table.String()}, nil
	}
}

// copied deploys, lays green beside blue, rolls back, and lays the blue that is back beside the blue that was.
func (d *Demonstration) copied(ctx context.Context, result *Summary) error {
	blue, err := alike.New(d.Environment.Config).Show(ctx, d.Environment.World.GroupName)
	if err != nil {
		return err
	}
	if err := d.deploy(ctx, result); err != nil || result.EndState != deploy.EndSucceeded {
		return err
	}
	for _, group := range result.Stands.Groups {
		if group.Name == d.Environment.World.GroupName {
			continue
		}
		if err := d.add(ctx, result, blue, group.Name); err != nil {
			return err
		}
	}
	if result.Rollback, err = d.rollBack(ctx); err != nil || result.Rollback != deploy.EndSucceeded {
		return err
	}
	return d.add(ctx, result, blue, d.Environment.World.GroupName)
}

func (d *Demonstration) add(ctx context.Context, result *Summary, blue alike.Shown, group string) error {
	comparison, err := d.compare(ctx, blue, group)
	if err == nil {
		result.Comparisons = append(result.Comparisons, comparison)
	}
	return err
}

// rollBack brings blue back and says how that ended.
func (d *Demonstration) rollBack(ctx context.Context) (string, error) {
	e := d.Environment
	request, err := rollbackRequest(d.Request)
	if err != nil {
		return "", err
	}
	o := observe.New(e.Config, e.World.GroupName, e.World.Machine())
	machine := e.World.Machine()
	started, err := sfn.NewFromConfig(e.Config).StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Input: &request})
	if err != nil {
		return "", fmt.Errorf("start the rollback: %w", err)
	}
	changes := observe.Changes{Out: d.Out, Clock: e.Clock, Since: *started.StartDate}
	if err := d.showUntilEnd(ctx, o, &changes, *started.ExecutionArn); err != nil {
		return "", err
	}
	ending, err := o.End(ctx, *started.ExecutionArn, e.Clock.Speed())
	return ending.State, err
}

// judgeCopy fills in the promises of a demonstration that compares.
func (s *Summary) judgeCopy(add func(kept bool, promised, why string, args ...any)) {
	if s.Rollback != "" {
		add(s.Rollback == deploy.EndSucceeded, "the rollback ends "+deploy.EndSucceeded, "it ended %s", s.Rollback)
	}
	for _, c := range s.Comparisons {
		add(len(c.Unexplained) == 0, c.Group+" is what blue was", "%d places, of which %d differ as docs/copy.md says, and %d for no reason",
			c.Places, c.Explained, len(c.Unexplained))
	}
}

// writeCopies writes the groups side by side.
func (s *Summary) writeCopies(w io.Writer) {
	for _, c := range s.Comparisons {
		fmt.Fprintf(w, "\nBlue before, and %s (~ differs as docs/copy.md says, ! for no reason)\n%s", c.Group, c.table)
	}
}
