package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"bluegreen/internal/clock"
	"bluegreen/internal/rehearsal/search"
)

// errFound is a search that found deployments that break a promise.
var errFound = errors.New("the search found what breaks a promise")

func newSearch(term terminal) *cobra.Command {
	var drawn search.Search
	var text, asJSON bool
	c := newCommand("search", "draw deployments, faults and mishaps from seeds, and rehearse them in virtual time",
		func(context.Context, []string) error { return runSearch(term, drawn, text, asJSON) })
	flags := c.Flags()
	flags.IntVar(&drawn.Seeds, "seeds", 1000, "how many deployments to draw")
	flags.Uint64Var(&drawn.From, "from", 1, "the seed to begin with")
	flags.IntVar(&drawn.Failures, "failures", 5, "stop after so many failures")
	flags.IntVar(&drawn.Tries, "tries", 200, "how often to try to make a failing deployment smaller")
	flags.BoolVar(&text, "text", false, "print the scenario of every seed as it was played")
	flags.BoolVar(&asJSON, "json", false, "print the summary as JSON, with the scenario of each failure")
	return c
}

// runSearch rehearses drawn deployments: progress and failures to err as they come, the summary to out.
func runSearch(term terminal, drawn search.Search, text, asJSON bool) error {
	switch {
	case drawn.Seeds < 1 || drawn.Failures < 1:
		return usagef("search: --seeds and --failures must be at least 1")
	case text && asJSON:
		return usagef("search: --text is for people: --json has the scenarios that fail")
	}
	real := clock.NewScaled(1)
	began, played := real.Now(), 0
	status := progress{term: term}
	drawn.Played = func(seed uint64, p search.Played) {
		played++
		if text {
			fmt.Fprintf(term.out, "# seed %d\n%s", seed, p.Text)
		}
		status.Show(fmt.Sprintf("%d of %d deployments, %.1f a second", played, drawn.Seeds, float64(played)/real.Now().Sub(began).Seconds()))
		if played%500 == 0 {
			status.Line("%d of %d deployments, %.1f a second", played, drawn.Seeds, float64(played)/real.Now().Sub(began).Seconds())
		}
	}
	drawn.Failed = func(f search.Found) {
		status.Line("FAILED seed %d: %s\n  again: %s search --from %d --seeds 1 --text\n  as small as it gets, for internal/rehearsal/scenario/testdata (%s):\n\n%s",
			f.Seed, f.Drawn.Failure, os.Args[0], f.Seed, f.Played.Failure, f.Played.Text)
	}
	summary := drawn.Run()
	status.Show("")
	write := printSearch
	if asJSON {
		write = writeSearch
	}
	if err := write(term, summary, real.Now().Sub(began)); err != nil {
		return err
	}
	if len(summary.Failures) > 0 {
		return errFound
	}
	return nil
}

// printSearch writes what a search saw for people.
func printSearch(term terminal, summary search.Summary, took time.Duration) error {
	fmt.Fprintf(term.out, "%d deployments in %.0f s, %.1f a second; %d failed\n", summary.Seeds, took.Seconds(), float64(summary.Seeds)/took.Seconds(), len(summary.Failures))
	for _, ends := range summary.Outcomes() {
		fmt.Fprintf(term.out, "%7d  %s\n", summary.Ends[ends], ends)
	}
	return nil
}

// searched is what a search saw, for programs.
type searched struct {
	Seeds    int            `json:"seeds"` // played
	Seconds  float64        `json:"seconds"`
	Ends     map[string]int `json:"ends"` // of how many deployments, by their executions' end states
	Failures []failedSeed   `json:"failures"`
}

// failedSeed is a seed whose deployment breaks a promise.
type failedSeed struct {
	Seed     uint64 `json:"seed"`
	Failure  string `json:"failure"`
	Scenario string `json:"scenario"` // as small as it gets
}

func writeSearch(term terminal, summary search.Summary, took time.Duration) error {
	s := searched{Seeds: summary.Seeds, Seconds: took.Seconds(), Ends: summary.Ends, Failures: []failedSeed{}}
	for _, f := range summary.Failures {
		s.Failures = append(s.Failures, failedSeed{f.Seed, f.Drawn.Failure, f.Played.Text})
	}
	return writeJSON(term, s)
}
