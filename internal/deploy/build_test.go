package deploy

import (
	"testing"
	"time"
)

// One time bounds commands and image together; of it each has its own most.
func TestTimesOfABuild(t *testing.T) {
	for _, test := range []struct {
		seconds     int
		ran         time.Duration // what the commands took
		runs, makes time.Duration
	}{
		{300, time.Minute, 5 * time.Minute, 4 * time.Minute},
		{300, 5 * time.Minute, 5 * time.Minute, 0},
		{defaultBuild().TimeoutSeconds, 30 * time.Minute, time.Hour, 90 * time.Minute},
		{18000, time.Hour, time.Hour, 4 * time.Hour},
		{18000, time.Minute, time.Hour, 4 * time.Hour},
	} {
		b := Build{TimeoutSeconds: test.seconds}
		if runs, makes := b.Runs(), b.Makes(test.ran); runs != test.runs || makes != test.makes {
			t.Errorf("of %d s commands may take %s and the image, after %s, %s; want %s and %s", test.seconds, runs, test.ran, makes, test.runs, test.makes)
		}
	}
}
