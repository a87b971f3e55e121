package completelifecycle

import (
	"time"

	"bluegreen/internal/deploy"
)

// memory is what a look must know of the one before.
type memory struct {
	HeartbeatAt      *time.Time       `json:"heartbeat_at,omitempty"`      // the last heartbeats
	HeartbeatAfter   string           `json:"heartbeat_after,omitempty"`   // the instance up to which a round of heartbeats has come
	HeartbeatSeconds int              `json:"heartbeat_seconds,omitempty"` // timeout of the hook
	Unpinned         bool             `json:"unpinned,omitempty"`          // green has its own sizes
	Unfinished       bool             `json:"unfinished,omitempty"`        // the look left lifecycle calls to the next one
	Unreached        deploy.Unreached `json:"unreached,omitempty"`         // instances whose agents do not answer, and since when they are held
}

// nextWithin is how soon the hook that holds instances wants the next look; 0 if none does.
func (m *memory) nextWithin() time.Duration {
	const soon = 5 * time.Second
	switch {
	case m.Unfinished:
		return soon
	case m.HeartbeatSeconds == 0:
		return 0
	}
	return deploy.HeartbeatEvery(m.HeartbeatSeconds)
}
