package deployments

import (
	"context"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/observe"
)

// Progress is what a look at a deployment shows.
type Progress struct {
	Deployment
	Fleets  []Fleet        // blue's and green's
	Said    []observe.Said // since the look before
	Trouble error          // why this look shows what the one before did; nil: it is new
}

// patience is how many looks in a row may fail before nothing is followed any more.
const patience = 10

// Follow looks at an execution again and again until it has ended, and returns how. Each look is shown. An error of the context, or of
// many looks in a row, ends it, and not the deployment.
func (r Reader) Follow(ctx context.Context, c clock.Clock, arn string, every time.Duration, show func(Progress)) (Deployment, error) {
	var course observe.Course
	var seen Progress
	for failed := 0; ; {
		p, err := r.look(ctx, c.Now(), arn, &course)
		switch {
		case ctx.Err() != nil:
			return seen.Deployment, ctx.Err()
		case err == nil:
			seen, failed = p, 0
		default:
			if failed++; failed == patience {
				return seen.Deployment, err
			}
			seen.Said, seen.Trouble = p.Said, err
		}
		show(seen)
		if err == nil && seen.State != Running {
			return seen.Deployment, nil
		}
		if err := c.Sleep(ctx, every); err != nil {
			return seen.Deployment, err
		}
	}
}

// look is one look, which goes on where a course is. What the history said is told, whatever fails then: nobody reads it again.
func (r Reader) look(ctx context.Context, now time.Time, arn string, course *observe.Course) (Progress, error) {
	var p Progress
	d, err := r.describe(ctx, arn, now) // first: when it has ended, so has the history
	if err != nil {
		return p, err
	}
	if p.Said, err = course.Next(ctx, r.sfn, arn); err != nil {
		return p, ask(err, "read the history of %s", d.Name)
	}
	p.Deployment = d
	p.follow(*course, now)
	p.Fleets, err = r.fleets(ctx, p.Blue, p.Green, p.Group)
	return p, err
}
