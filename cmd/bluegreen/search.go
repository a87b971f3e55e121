package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"bluegreen/internal/clock"
	"bluegreen/internal/rehearsal/search"
)

// errFound is a search that found deployments that break a promise.
var errFound = errors.New("the search found what breaks a promise")

// runSearch rehearses drawn deployments: progress and failures to err as they come, the summary to out.
func runSearch(_ context.Context, term terminal, args []string) error {
	flags := newFlags("search")
	seeds := flags.Int("seeds", 1000, "how many deployments to draw")
	from := flags.Uint64("from", 1, "the first seed")
	failures := flags.Int("failures", 5, "stop after so many failures")
	tries := flags.Int("tries", 200, "how often to try to make a failing deployment smaller")
	text := flags.Bool("text", false, "print the scenario of every seed as it was played")
	if err := parseFlags(term, flags, args); err != nil {
		return err
	}
	if *seeds < 1 || *failures < 1 {
		return usagef("search: --seeds and --failures must be at least 1")
	}
	real := clock.NewScaled(1)
	began, played := real.Now(), 0
	status := progress{term: term}
	drawn := search.Search{From: *from, Seeds: *seeds, Failures: *failures, Tries: *tries,
		Played: func(seed uint64, p search.Played) {
			played++
			if *text {
				fmt.Fprintf(term.out, "# seed %d\n%s", seed, p.Text)
			}
			status.Show(fmt.Sprintf("%d of %d deployments, %.1f a second", played, *seeds, float64(played)/real.Now().Sub(began).Seconds()))
			if played%500 == 0 {
				status.Line("%d of %d deployments, %.1f a second", played, *seeds, float64(played)/real.Now().Sub(began).Seconds())
			}
		},
		Failed: func(f search.Found) {
			status.Line("FAILED seed %d: %s\n  again: %s search --from %d --seeds 1 --text\n  as small as it gets, for internal/rehearsal/scenario/testdata (%s):\n\n%s",
				f.Seed, f.Drawn.Failure, os.Args[0], f.Seed, f.Played.Failure, f.Played.Text)
		},
	}
	summary := drawn.Run()
	status.Show("")
	took := real.Now().Sub(began).Seconds()
	fmt.Fprintf(term.out, "%d deployments in %.0f s, %.1f a second; %d failed\n", summary.Seeds, took, float64(summary.Seeds)/took, len(summary.Failures))
	for _, ends := range summary.Outcomes() {
		fmt.Fprintf(term.out, "%7d  %s\n", summary.Ends[ends], ends)
	}
	if len(summary.Failures) > 0 {
		return errFound
	}
	return nil
}
