package main

import (
	"fmt"
	"time"

	"bluegreen/internal/localaws/world"
)

// times measures what a deployment takes beyond its floor, over worlds of many seeds, and what it calls.
func (b *bench) times() error {
	var floors, ours, theirs []time.Duration
	var calls, telling []int
	sums := make(map[string][]time.Duration)
	for seed := range uint64(b.seeds) {
		d, err := measure(seed+1, world.DefaultPlan())
		if err != nil {
			return err
		}
		floors = append(floors, d.parts.floor())
		ours = append(ours, d.excess())
		theirs = append(theirs, article(d.parts)-d.parts.floor())
		notices := d.notices()
		calls, telling = append(calls, len(d.calls)-notices), append(telling, notices)
		for name, part := range map[string]time.Duration{"boot": d.parts.boot, "check": d.parts.check, "drain": d.parts.drain, "hooks": d.parts.hooks} {
			sums[name] = append(sums[name], part)
		}
	}
	t := &b.table
	t.add(fmt.Sprintf("floor of a deployment of 4, %d seeds: median, 95 %%", b.seeds), "", "%s, %s", seconds(median(floors)), seconds(p95(floors)))
	t.add("– its parts, medians: boot; first good check; draining; hooks and shutting down", "", "%s; %s; %s; %s",
		seconds(median(sums["boot"])), seconds(median(sums["check"])), seconds(median(sums["drain"])), seconds(median(sums["hooks"])))
	t.add("time beyond the floor, \"Wait\": 30: median", "≤ "+seconds(bound(median(floors))), "%s", seconds(median(ours)))
	t.add("time beyond the floor, \"Wait\": 30: 95 %", "≤ "+seconds(bound(p95(floors))), "%s", seconds(p95(ours)))
	t.add("– of the article's sleeps and polls, same worlds: median, 95 %", "", "%s, %s", seconds(median(theirs)), seconds(p95(theirs)))
	t.add("AWS calls of a deployment of 4: median, 95 %", "", "%d, %d", median(calls), p95(calls))
	t.add("– besides, to tell of it (an event a stage; mails at start, cutover and end)", "", "%d, %d", median(telling), p95(telling))
	return nil
}

// bound is 10 % of the floor or 20 s, whichever is more.
func bound(floor time.Duration) time.Duration { return max(floor/10, 20*time.Second) }
