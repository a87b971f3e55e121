package deploy

import (
	"math"
	"time"
)

// Pauses between two looks grow with the time that a loop has lasted, so that looking costs at most a tenth of the
// time, and few calls; they stay between these bounds. The request's Wait is the most while something is about to
// happen; a loop that lasts for hours may pause for a fiftieth of it, which keeps two days within 600 looks.
const (
	shortestPauseSeconds = 5
	growth               = 10
	longGrowth           = 50
	sampleSeconds        = 3 // between two good samples in a row: longer than what is described lags
	shownAfterSeconds    = 2 // after something happened, for AWS to describe it
)

// Begin returns the progress of the poll loop of the state that calls: the one under way, or a new one.
func (c Call) Begin() Progress {
	if p := c.Document.Progress; p != nil && p.State == c.State {
		return *p
	}
	return Progress{State: c.State, Began: c.Entered, Since: c.Entered}
}

// Now is when the machine entered the state. A redrive does not enter it anew: then it is the time of the redrive.
func (c Call) Now() time.Time {
	if redriven := c.Execution.RedriveTime; redriven != nil && redriven.After(c.Entered) {
		return *redriven
	}
	return c.Entered
}

// Elapsed is how long the loop has lasted; a redrive begins it anew.
func (c Call) Elapsed(p Progress) time.Duration {
	since := p.Since
	if redriven := c.Execution.RedriveTime; redriven != nil && redriven.After(since) {
		since = *redriven
	}
	return max(c.Entered.Sub(since), 0)
}

// Wait returns p as a pending verdict with the pause after which looking again makes sense.
func (c Call) Wait(p Progress, message string) Progress {
	p.Verdict, p.Message = Pending, message
	p.Seconds = pause(c.Elapsed(p), c.waitSeconds())
	return p
}

// waitSeconds is the request's Wait; without a deployment there is none, and its default holds.
func (c Call) waitSeconds() int {
	if c.Document.Deployment == nil {
		return defaultWaitSeconds
	}
	return c.Document.Deployment.WaitSeconds
}

// WaitUntil is Wait for something that is known to happen at a time, and not before: looks until then are spread
// evenly, and from then on pauses grow anew.
func (c Call) WaitUntil(p Progress, at time.Time, message string) Progress {
	p = c.Wait(p, message)
	most, left := c.waitSeconds(), ceilSeconds(at.Sub(c.Entered))+shownAfterSeconds
	if left <= 0 {
		p.Seconds = pause(c.Entered.Sub(at), most)
		return p
	}
	looks := (left + most - 1) / most
	p.Seconds = (left + looks - 1) / looks
	return p
}

// Again is Wait when all that is wanted is one more sample like the last one: soon.
func (c Call) Again(p Progress, message string) Progress {
	p = c.Wait(p, message)
	p.Seconds = min(p.Seconds, sampleSeconds)
	return p
}

// WaitAtMost is Wait with a pause of no more than most; 0 is no bound.
func (c Call) WaitAtMost(p Progress, most time.Duration, message string) Progress {
	p = c.Wait(p, message)
	if most > 0 {
		p.Seconds = min(p.Seconds, max(int(most.Seconds()), shortestPauseSeconds))
	}
	return p
}

// Heartbeat is how soon the hook that holds instances wants the next look; 0 if none does.
func (p Progress) Heartbeat() time.Duration {
	if p.Unfinished {
		return shortestPauseSeconds * time.Second
	}
	if p.HeartbeatSeconds == 0 {
		return 0
	}
	return HeartbeatEvery(p.HeartbeatSeconds)
}

// Finished returns p as a verdict that ends the loop.
func (p Progress) Finished(verdict Verdict, message string) Progress {
	p.Verdict, p.Message, p.Seconds = verdict, message, 0
	return p
}

// Count notes a sample: good and bad ones in a row.
func (p Progress) Count(s Sample) Progress {
	if s.Good {
		p.Good, p.Bad = p.Good+1, 0
	} else {
		p.Good, p.Bad = 0, p.Bad+1
	}
	if s.Wanted > 0 {
		p.Serving, p.Wanted = s.Serving, s.Wanted
	}
	return p
}

func pause(elapsed time.Duration, most int) int {
	most = max(most, int(elapsed.Seconds())/longGrowth)
	return min(max(int(elapsed.Seconds())/growth, shortestPauseSeconds), most)
}

func ceilSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
