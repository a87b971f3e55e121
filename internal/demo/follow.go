package demo

import (
	"context"
	"time"

	"bluegreen/internal/load"
	"bluegreen/internal/local"
	"bluegreen/internal/observe"
)

// interval is how often what stands is looked at, in the clock's time.
const interval = 3 * time.Second

// Follow shows every change of the fleets and executions of a local AWS until ctx ends.
func Follow(ctx context.Context, out observe.Output, e *local.Environment) error {
	o := observe.New(e.Config, e.World.GroupName, e.World.Machine())
	changes := observe.Changes{Out: out, Clock: e.Clock, Since: e.Clock.Now()}
	var work load.Load
	if e.Workers != nil {
		work = load.WatchJobs(e)
	}
	for {
		err := changes.Executions(ctx, o)
		if err == nil {
			err = changes.Fleets(ctx, o)
		}
		changes.Mail(e.Mail())
		if err == nil && work != nil {
			err = show(ctx, work, &changes)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			out.Line("%s", err)
		}
		if err := e.Clock.Sleep(ctx, interval); err != nil {
			return err
		}
	}
}

// show shows how a load goes.
func show(ctx context.Context, l load.Load, changes *observe.Changes) error {
	status, line, err := l.Look(ctx, changes.Seen())
	if err != nil {
		return err
	}
	changes.Out.Show("       " + status)
	if line != "" {
		changes.Say(line)
	}
	return nil
}
