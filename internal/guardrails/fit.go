package guardrails

import (
	"encoding/json"
	"fmt"
	"slices"

	"bluegreen/internal/deploy"
)

// Fit is a rollback with what its input leaves out moved inside the limits: who brings a fleet back at three in the
// morning need not know them. A deployment is as its request says, which is committed, and stays.
func (p Policy) Fit(r deploy.Request, input json.RawMessage) (deploy.Request, error) {
	if r.Action != deploy.ActionRollback {
		return r, nil
	}
	d := deploy.Defaults()
	d.Health.TimeoutSeconds = min(d.Health.TimeoutSeconds, p.MostHealthSeconds)
	d.Health.Consecutive = max(d.Health.Consecutive, p.LeastHealthyConsecutive)
	d.Drain.TimeoutSeconds = min(d.Drain.TimeoutSeconds, p.MostDrainSeconds)
	d.Drain.OnTimeout = orFirst(d.Drain.OnTimeout, p.OnTimeout)
	d.BlueAfter = orFirst(d.BlueAfter, p.BlueAfter)
	return deploy.ParseRequestWith(d, input)
}

// orFirst is the word if it is one of those that are allowed, or else the first of these.
func orFirst[T comparable](word T, choices []T) T {
	if slices.Contains(choices, word) {
		return word
	}
	return choices[0]
}

// Moved says what Fit has moved, from a request as it was read to one as it is used.
func Moved(read, used deploy.Request) []string {
	var moved []string
	for _, field := range []struct {
		path    string
		was, is any
		unused  bool
	}{
		{"health.timeout_seconds", read.Health.TimeoutSeconds, used.Health.TimeoutSeconds, false},
		{"health.consecutive", read.Health.Consecutive, used.Health.Consecutive, false},
		{"drain.timeout_seconds", read.Drain.TimeoutSeconds, used.Drain.TimeoutSeconds, used.Recalled},
		{"drain.on_timeout", read.Drain.OnTimeout, used.Drain.OnTimeout, used.Recalled || len(used.Drain.Command) == 0},
		{"blue_after.then", read.BlueAfter, used.BlueAfter, false},
	} {
		if field.was != field.is && !field.unused {
			moved = append(moved, fmt.Sprintf("%s is %v: the request leaves it out, and the guardrails do not allow the default, %v", field.path, field.is, field.was))
		}
	}
	return moved
}
