package completelifecycle

import (
	"testing"
	"time"
)

func TestHeartbeatsBoundThePause(t *testing.T) {
	for _, c := range []struct {
		memory memory
		want   time.Duration
	}{
		{memory{}, 0},
		{memory{HeartbeatSeconds: 1}, 5 * time.Second},
		{memory{HeartbeatSeconds: 90}, 30 * time.Second},
		{memory{HeartbeatSeconds: 90, Unfinished: true}, 5 * time.Second},
	} {
		if got := c.memory.nextWithin(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.memory, got, c.want)
		}
	}
}
