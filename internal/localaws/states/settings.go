package states

import "time"

// Settings are the quotas of Step Functions that the model keeps. Waits and retries are the state machines' own.
type Settings struct {
	// RedrivePeriod is how long after its end an execution can be redriven: 14 days (aws-facts C1).
	RedrivePeriod time.Duration
	// MaxOpenTime is how long an execution may be open in all: one year (aws-facts C1).
	MaxOpenTime time.Duration
	// RedriveHistoryLimit is the number of events from which on an execution cannot be redriven: 24,999 (aws-facts C1).
	RedriveHistoryLimit int
	// ClientTokenValidity is how long a redrive's client token stands for the same redrive: 15 minutes (aws-facts C1).
	ClientTokenValidity time.Duration
}

// DefaultSettings returns the figures that the fields' comments give.
func DefaultSettings() Settings {
	return Settings{
		RedrivePeriod:       14 * 24 * time.Hour,
		MaxOpenTime:         365 * 24 * time.Hour,
		RedriveHistoryLimit: 24_999,
		ClientTokenValidity: 15 * time.Minute,
	}
}
