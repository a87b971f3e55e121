package events

import (
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings is the time model of EventBridge, how reliable it is, and its quotas. Durations are in the account's time.
type Settings struct {
	// Delay is the time from an event to the first attempt to deliver it to a target. A field figure is 80 ms for nine
	// in ten (aws-facts D).
	Delay account.Duration
	// LossProbability is how likely a delivery is lost. Services emit events on a best-effort basis (aws-facts A6); no
	// figure is published, and 0 loses none. See Lose for events of one's choice.
	LossProbability float64
	// DuplicateProbability is how likely a target gets an event twice: EventBridge promises at least once (user guide).
	// No figure is published; 0 duplicates none.
	DuplicateProbability float64
	// RetryPause is the most that passes before the first retry of a target whose service fails; it doubles with each
	// retry up to RetryPauseMax, and what passes is a random part of it. EventBridge documents exponential backoff with
	// jitter, for 24 hours and up to 185 times, but no pauses (user guide, retry policy).
	RetryPause, RetryPauseMax time.Duration

	// MaxRules is the quota of rules on a bus, 300; MaxTargets that of targets of a rule, 5 (user guide, quotas).
	MaxRules, MaxTargets int
}

// DefaultSettings are the settings closest to AWS.
func DefaultSettings() Settings {
	return Settings{
		Delay:         account.Duration{Min: 35 * time.Millisecond, Max: 85 * time.Millisecond},
		RetryPause:    time.Second,
		RetryPauseMax: 10 * time.Minute,
		MaxRules:      300,
		MaxTargets:    5,
	}
}
