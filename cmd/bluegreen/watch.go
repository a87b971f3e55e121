package main

import (
	"context"
	"errors"
	"fmt"

	"bluegreen/internal/awserror"
	"bluegreen/internal/clock"
	"bluegreen/internal/deployments"
	"bluegreen/internal/text"
)

// watch shows how an execution goes until it ends, and says how it ended. Who leaves, and a time that is up, end the watching alone.
func (o *actOptions) watch(ctx context.Context, term terminal, reader deployments.Reader, arn string) error {
	if o.detach {
		return o.detached(term, arn)
	}
	wall := clock.NewScaled(1)
	watched, leave := ctx, context.CancelFunc(func() {})
	if o.timeout > 0 {
		watched, leave = wall.WithTimeout(ctx, o.timeout)
	}
	defer leave()
	screen := openScreen(term)
	d, err := reader.Follow(watched, wall, arn, o.every, func(p deployments.Progress) {
		for _, said := range p.Said {
			for _, line := range deployments.EventLines(p.Began, said) {
				screen.line(line)
			}
		}
		if p.Trouble != nil && !screen.drawn() {
			screen.line("this look failed: " + awserror.Text(p.Trouble))
		}
		screen.show(deployments.Block(p, paint))
	})
	screen.close()
	if err != nil {
		return goesOn(d, arn, err, watched.Err() != nil)
	}
	return o.ended(term, d)
}

// detached says what was started, for who does not watch.
func (o *actOptions) detached(term terminal, arn string) error {
	if o.json {
		return writeJSON(term, map[string]string{"execution": arn})
	}
	fmt.Fprintln(term.out, arn)
	return nil
}

// goesOn is the end of a watching that is not the deployment's: left reports that the watcher left, or the time was up.
func goesOn(d deployments.Deployment, arn string, err error, left bool) error {
	why, code := "you have left", exitRunning
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		why = "the time of --timeout is up"
	case !left:
		why, code = awserror.Text(err), 1
	}
	name := text.Quote(deployments.NameOf(arn))
	watch := "bluegreen show " + name
	if d.Group != "" {
		watch = "bluegreen status " + text.Quote(d.Group) + " --watch"
	}
	return exitError{code, fmt.Sprintf("%s; the deployment goes on. To watch it, or to stop it:\n  %s\n  bluegreen stop %s", why, watch, name)}
}

// codes are the exit codes of the states.
var codes = map[deployments.State]int{
	deployments.Succeeded: 0, deployments.Failed: 1, deployments.RolledBack: exitRolledBack, deployments.Rejected: exitRejected,
	deployments.Stranded: exitStranded, deployments.Stopped: exitStopped, deployments.Running: exitRunning,
}

// ended says how a deployment ended.
func (o *actOptions) ended(term terminal, d deployments.Deployment) error {
	if o.json {
		if err := writeJSON(term, d); err != nil {
			return err
		}
	} else {
		for _, line := range d.End() {
			fmt.Fprintln(term.out, line)
		}
	}
	if d.State == deployments.Succeeded {
		return nil
	}
	return exitError{codes[d.State], fmt.Sprintf("%s is %s; what it did, and what to do next:\n  bluegreen show %s\n  bluegreen status %s", d.Name, d.State, text.Quote(d.Name), text.Quote(d.Group))}
}
