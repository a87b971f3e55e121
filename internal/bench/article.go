package main

import "time"

// How an article on the same job waits (docs/write-ups.md). It sleeps 60 s after a launch, for the reachability check; it
// looks every 10 s whether an instance runs and whether targets are in service, every 15 s for a state of longer work
// (there: an image), and every 30 s here for a fleet that ends.
const (
	articleSleep   = 60 * time.Second
	articleHealth  = 10 * time.Second
	articleDrain   = 15 * time.Second
	articleEmpty   = 30 * time.Second
	articleRunning = 10 * time.Second
)

// article is how long the article's waiting takes in the world whose times p are. It is simulated in its favour: its
// calls take no time, and all instances are launched at once, where the article launches one after the other.
func article(p parts) time.Duration {
	attached := upTo(p.pending, articleRunning) + articleSleep
	healthy := max(p.boot, attached) + p.check
	served := attached + upTo(healthy-attached, articleHealth)
	return served + upTo(p.drain, articleDrain) + upTo(p.hooks, articleEmpty)
}

// upTo is when a look every period after the start sees what took d.
func upTo(d, period time.Duration) time.Duration {
	return (d + period - 1) / period * period
}
