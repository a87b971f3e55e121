package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bluegreen/internal/awserror"
	"bluegreen/internal/clock"
	"bluegreen/internal/deployments"
)

// newStatus shows how lineages stand.
func newStatus(term terminal) *cobra.Command {
	var at place
	var watch, asJSON bool
	var every time.Duration
	c := newCommand("status [GROUP]", "show who serves, what is under way and what to do; without a group, the newest deployment of each lineage", func(ctx context.Context, args []string) error {
		group := argument(args, 0)
		switch {
		case watch && group == "":
			return usagef("status: --watch wants a GROUP to watch")
		case watch && asJSON:
			return usagef("status: --watch is for people: a program asks with --json again and again")
		case every < time.Second:
			return usagef("status: --every %s: want 1s or more", every)
		}
		_, reader, err := at.open(ctx, term)
		switch {
		case err != nil:
			return err
		case watch:
			return watchGroup(ctx, term, reader, group, every)
		case group == "":
			return statusOfAll(ctx, term, reader, asJSON)
		}
		return statusOf(ctx, term, reader, group, asJSON)
	})
	at.flags(c.Flags())
	c.Flags().BoolVar(&watch, "watch", false, "go on looking until Ctrl-C")
	c.Flags().DurationVar(&every, "every", 3*time.Second, "how `long` between two looks of --watch")
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}

func statusOfAll(ctx context.Context, term terminal, reader deployments.Reader, asJSON bool) error {
	all, err := reader.Lineages(ctx, now())
	switch {
	case err != nil:
		return err
	case asJSON:
		return writeJSON(term, all)
	}
	deployments.PrintList(term.out, all)
	return nil
}

func statusOf(ctx context.Context, term terminal, reader deployments.Reader, group string, asJSON bool) error {
	s, err := reader.Status(ctx, group, now())
	switch {
	case err != nil:
		return err
	case asJSON:
		return writeJSON(term, s)
	}
	deployments.PrintStanding(term.out, s)
	return nil
}

// watchGroup shows how a lineage stands until ctx ends: on a terminal drawn over, else a line for each thing that changes.
func watchGroup(ctx context.Context, term terminal, reader deployments.Reader, group string, every time.Duration) error {
	screen := openScreen(term)
	defer screen.close()
	var seen deployments.Standing
	wall := clock.NewScaled(1)
	for first := true; ; first = false {
		s, err := reader.Status(ctx, group, now())
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && first:
			return err
		case err != nil:
			screen.line(awserror.Text(err))
		case screen.drawn():
			screen.show(standing(s))
		default:
			for _, line := range s.Since(seen) {
				fmt.Fprintln(term.out, line)
			}
		}
		if err == nil {
			seen = s
		}
		if wall.Sleep(ctx, every) != nil {
			return nil
		}
	}
}

// standing is how a lineage stands, in the lines of a screen.
func standing(s deployments.Standing) []string {
	var text bytes.Buffer
	deployments.PrintStanding(&text, s)
	return strings.Split(strings.TrimRight(text.String(), "\n"), "\n")
}
