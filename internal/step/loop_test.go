package step_test

import (
	"testing"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

var began = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// at is a look of a poll loop that began some time ago, with "Wait": 30.
func at(passed time.Duration) (*step.Step, deploy.Progress) {
	call := deploy.Call{State: "Loop", Entered: began.Add(passed)}
	call.Document.Deployment = &deploy.Deployment{WaitSeconds: 30}
	return step.New(ledger.Ledger{}, call), deploy.Progress{State: "Loop", Since: began}
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
