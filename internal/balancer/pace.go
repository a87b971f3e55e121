package balancer

import "time"

// Pace is how long a source takes over instances that come and go.
type Pace struct {
	Delay     time.Duration // until requests of an instance that leaves are cut
	SlowStart time.Duration // in which a new instance's share grows; 0: it has it all at once
	Lag       time.Duration // in which an instance that has left may still get new connections; 0: it gets none
}

// Longest is the longest of each of two.
func (p Pace) Longest(other Pace) Pace {
	return Pace{max(p.Delay, other.Delay), max(p.SlowStart, other.SlowStart), max(p.Lag, other.Lag)}
}

// Quiet is after how long an instance that left may go, whatever shows that it has: a request that came in the lag has as long as the
// delay says, and no longer than the lag. 0: what shows is enough.
func (p Pace) Quiet() time.Duration { return p.Lag + min(p.Delay, p.Lag) }

// Gone is after how long an instance that left has no request any more.
func (p Pace) Gone() time.Duration { return max(p.Delay, p.Quiet()) }

// Settings are how a source treats its instances.
type Settings struct {
	Pace
	NoDelay, DelayBy string // what it has where Delay is 0, and what people set for more

	// LeastHealthyPercent and LeastHealthyCount are below how many healthy instances the source fails open, and sends requests to all,
	// those too that have not started yet (aws-facts B). 0: it does not.
	LeastHealthyPercent, LeastHealthyCount int
}
