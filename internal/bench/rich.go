package main

import (
	"fmt"
	"slices"

	"bluegreen/internal/rehearsal/sweep"
)

// rich measures the calls of a deployment of the fleet that has everything, and of its way back: the sweep's courses.
func (b *bench) rich() error {
	var calls [2]int
	for i, name := range []string{"rich", "rich-back"} {
		courses := sweep.Courses()
		at := slices.IndexFunc(courses, func(c sweep.Course) bool { return c.Name == name })
		if at < 0 {
			return fmt.Errorf("the sweep has no course %s", name)
		}
		outcome, err := courses[at].Run(1, sweep.Point{})
		if err != nil {
			return err
		}
		if len(outcome.Problems) > 0 || outcome.End != courses[at].End {
			return fmt.Errorf("%s ended %s: %s %v", name, outcome.End, outcome.What, outcome.Problems)
		}
		calls[i] = len(outcome.Calls)
	}
	b.table.add("a fleet that has everything: AWS calls; called off in the target groups", "", "%d; %d", calls[0], calls[1])
	return nil
}
