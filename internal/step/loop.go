package step

import (
	"math"
	"time"

	"bluegreen/internal/deploy"
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
func (s *Step) Begin() deploy.Loop {
	if p := s.Document.Progress; p != nil && p.State == s.State {
		return *p
	}
	return deploy.Loop{State: s.State, Began: s.Entered, Since: s.Entered}
}

// Elapsed is how long the loop has lasted; a redrive begins it again.
func (s *Step) Elapsed(p deploy.Loop) time.Duration {
	since := p.Since
	if redriven := s.Execution.RedriveTime; redriven != nil && redriven.After(since) {
		since = *redriven
	}
	return max(s.Entered.Sub(since), 0)
}

// Wait returns p as a pending verdict with the pause after which looking again makes sense.
func (s *Step) Wait(p deploy.Loop, message string) deploy.Loop {
	p.Verdict, p.Message = deploy.Pending, message
	p.Seconds = pause(s.Elapsed(p), s.waitSeconds())
	return p
}

// waitSeconds is the request's Wait; without a deployment there is none, and its default holds.
func (s *Step) waitSeconds() int {
	if s.Deployment == nil {
		return deploy.DefaultWaitSeconds
	}
	return s.Deployment.WaitSeconds
}

// WaitUntil is Wait for something that is known to happen at a time, and not before: looks until then are spread
// evenly, and from then on pauses grow from the shortest.
func (s *Step) WaitUntil(p deploy.Loop, at time.Time, message string) deploy.Loop {
	p = s.Wait(p, message)
	most, left := s.waitSeconds(), ceilSeconds(at.Sub(s.Entered))+shownAfterSeconds
	if left <= 0 {
		p.Seconds = pause(s.Entered.Sub(at), most)
		return p
	}
	looks := (left + most - 1) / most
	p.Seconds = (left + looks - 1) / looks
	return p
}

// Again is Wait when all that is wanted is one more sample like the last one: soon.
func (s *Step) Again(p deploy.Loop, message string) deploy.Loop {
	p = s.Wait(p, message)
	p.Seconds = min(p.Seconds, sampleSeconds)
	return p
}

// WaitAtMost is Wait with a pause of no more than most; 0 is no bound.
func (s *Step) WaitAtMost(p deploy.Loop, most time.Duration, message string) deploy.Loop {
	p = s.Wait(p, message)
	if most > 0 {
		p.Seconds = min(p.Seconds, max(int(most.Seconds()), shortestPauseSeconds))
	}
	return p
}

// The pauses between two looks while nothing is expected but what people say or alarms see: an execution's history holds 25,000 events, and
// such waits last 36 hours at most.
const (
	standingPause     = time.Minute
	longStanding      = 12 * time.Hour
	longStandingPause = 2 * time.Minute
)

// StandBy returns p as a pending verdict of a wait that has passed for so long, and ends when what is left has passed too.
func (s *Step) StandBy(p deploy.Loop, passed, left time.Duration) deploy.Loop {
	pause := standingPause
	if passed > longStanding {
		pause = longStandingPause
	}
	p.Verdict, p.Seconds = deploy.Pending, ceilSeconds(min(pause, left))
	return p
}

func pause(elapsed time.Duration, most int) int {
	most = max(most, int(elapsed.Seconds())/longGrowth)
	return min(max(int(elapsed.Seconds())/growth, shortestPauseSeconds), most)
}

func ceilSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
