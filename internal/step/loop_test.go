package step_test

import (
	"reflect"
	"testing"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

var began = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// at is a look of a poll loop that began some time ago, with "Wait": 30.
func at(passed time.Duration) (*step.Step, deploy.Loop) {
	call := deploy.Call{State: "Loop", Entered: began.Add(passed)}
	call.Document.Deployment = &deploy.Deployment{WaitSeconds: 30}
	return step.New(ledger.Ledger{}, call), deploy.Loop{State: "Loop", Since: began}
}

func TestPausesGrowWithTheLoop(t *testing.T) {
	for passed, want := range map[time.Duration]int{
		0: 5, 20 * time.Second: 5, 80 * time.Second: 8, 3 * time.Minute: 18, 20 * time.Minute: 30, time.Hour: 72, 48 * time.Hour: 3456,
	} {
		call, p := at(passed)
		if got := call.Wait(p, "").Seconds; got != want {
			t.Errorf("after %s: a pause of %d s, not %d s", passed, got, want)
		}
	}
}

// What is known to happen at a time is looked at right after it, with even pauses before it, none longer than Wait.
func TestWaitingUntilATimeLooksRightAfterIt(t *testing.T) {
	due := began.Add(2 * time.Minute)
	for passed := range 120 {
		call, p := at(time.Duration(passed) * time.Second)
		looks := 0
		for call.Entered.Before(due) {
			p = call.WaitUntil(p, due, "")
			if p.Seconds < 1 || p.Seconds > 30 {
				t.Fatalf("a pause of %d s at %s", p.Seconds, call.Entered.Sub(began))
			}
			call.Entered = call.Entered.Add(time.Duration(p.Seconds) * time.Second)
			looks++
		}
		if late := call.Entered.Sub(due); late < 2*time.Second || late > 4*time.Second {
			t.Errorf("from %d s on: looked %s after it was due", passed, late)
		}
		if most := (120-passed+2)/30 + 1; looks > most {
			t.Errorf("from %d s on: %d looks, more than %d", passed, looks, most)
		}
	}
}

func TestWaitingForWhatIsOverdueLooksAgainSoon(t *testing.T) {
	call, p := at(2*time.Minute + 3*time.Second)
	if got := call.WaitUntil(p, began.Add(2*time.Minute), "").Seconds; got != 5 {
		t.Errorf("3 s after it was due: a pause of %d s", got)
	}
}

// A loop goes on with its own progress; another's is none.
func TestBegin(t *testing.T) {
	call, _ := at(time.Minute)
	fresh := deploy.Loop{State: "Loop", Began: call.Entered, Since: call.Entered}
	own := deploy.Loop{State: "Loop", Since: began, Good: 3}
	for _, c := range []struct {
		progress *deploy.Loop
		want     deploy.Loop
	}{{nil, fresh}, {&deploy.Loop{State: "Other", Good: 3}, fresh}, {&own, own}} {
		call.Document.Progress = c.progress
		if got := call.Begin(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("after %+v: %+v, want %+v", c.progress, got, c.want)
		}
	}
}

// A redrive enters no state again: the time is that of the redrive, and what has lasted until then is over.
func TestRedriveBeginsTheTimeAgain(t *testing.T) {
	second := func(n int) *time.Time { at := began.Add(time.Duration(n) * time.Second); return &at }
	for _, c := range []struct {
		entered      int
		redriven     *time.Time
		now, elapsed int
	}{
		{60, nil, 60, 60},
		{60, second(20), 60, 40},
		{60, second(100), 100, 0},
		{60, second(-20), 60, 60}, // the loop began after it
		{0, nil, 0, 0},
	} {
		call, p := at(time.Duration(c.entered) * time.Second)
		call.Execution.RedriveTime = c.redriven
		if now, elapsed := call.Now().Sub(began), call.Elapsed(p); now != time.Duration(c.now)*time.Second || elapsed != time.Duration(c.elapsed)*time.Second {
			t.Errorf("entered after %d s, redriven at %v: now is %s, %s have passed", c.entered, c.redriven, now, elapsed)
		}
	}
}

func TestPausesThatAreBounded(t *testing.T) {
	long, p := at(20 * time.Minute)
	young, _ := at(0)
	alone := *long
	alone.Deployment = nil
	for what, c := range map[string]struct{ got, want deploy.Loop }{
		"one more sample":                 {long.Again(p, "m"), deploy.Loop{Seconds: 3}},
		"no bound":                        {long.WaitAtMost(p, 0, "m"), deploy.Loop{Seconds: 30}},
		"at most 20 s":                    {long.WaitAtMost(p, 20*time.Second, "m"), deploy.Loop{Seconds: 20}},
		"at most a nanosecond":            {long.WaitAtMost(p, 1, "m"), deploy.Loop{Seconds: 5}},
		"at most longer than it is":       {young.WaitAtMost(p, 20*time.Second, "m"), deploy.Loop{Seconds: 5}},
		"without a deployment":            {alone.Wait(p, "m"), deploy.Loop{Seconds: 30}},
		"until what is due in a second":   {young.WaitUntil(p, began.Add(time.Second), "m"), deploy.Loop{Seconds: 3}},
		"until what was due a second ago": {long.WaitUntil(p, long.Entered.Add(-time.Second), "m"), deploy.Loop{Seconds: 1}},
		"until what was due 2 s ago":      {long.WaitUntil(p, long.Entered.Add(-2*time.Second), "m"), deploy.Loop{Seconds: 5}},
		"until what was due an hour ago":  {long.WaitUntil(p, long.Entered.Add(-time.Hour), "m"), deploy.Loop{Seconds: 72}},
	} {
		if c.got.Seconds != c.want.Seconds || c.got.Verdict != deploy.Pending || c.got.Message != "m" || c.got.State != "Loop" {
			t.Errorf("%s: %+v, want a pause of %d s", what, c.got, c.want.Seconds)
		}
	}
	if got := p.Finished(deploy.Done, "over"); got.Verdict != deploy.Done || got.Message != "over" || got.Seconds != 0 || got.State != "Loop" {
		t.Errorf("finished: %+v", got)
	}
	if got := (deploy.Loop{Seconds: 9}).Finished(deploy.Done, ""); got.Seconds != 0 {
		t.Errorf("a finished loop pauses %d s", got.Seconds)
	}
}

// Good samples count as long as they come in a row, and so do bad ones. What was counted last stays, where a sample counts nothing.
func TestCountOfSamples(t *testing.T) {
	p := deploy.Loop{}
	for i, c := range []struct {
		sample                     deploy.Sample
		good, bad, serving, wanted int
	}{
		{deploy.Sample{Good: true, Serving: 1, Wanted: 1}, 1, 0, 1, 1},
		{deploy.Sample{Good: true, Serving: 4, Wanted: 4}, 2, 0, 4, 4},
		{deploy.Sample{Good: true}, 3, 0, 4, 4},
		{deploy.Sample{Serving: 2}, 0, 1, 4, 4},
		{deploy.Sample{Serving: 0, Wanted: 4}, 0, 2, 0, 4},
		{deploy.Sample{Good: true, Serving: 3, Wanted: 3}, 1, 0, 3, 3},
		{deploy.Sample{Serving: 2, Wanted: 3}, 0, 1, 2, 3},
	} {
		if p = p.Count(c.sample); p.Good != c.good || p.Bad != c.bad || p.Serving != c.serving || p.Wanted != c.wanted {
			t.Errorf("after sample %d: %+v", i+1, p)
		}
	}
}
