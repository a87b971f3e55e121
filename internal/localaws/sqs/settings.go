package sqs

import "time"

// Settings are the figures of the model, in the account's time.
type Settings struct {
	// RecreateAfter is how long after its deletion a queue's name is taken: 60 s (API reference, DeleteQueue).
	RecreateAfter time.Duration
	// PurgeAgainAfter is how long a purge lasts, during which there is no second one: 60 s (API reference, PurgeQueue).
	PurgeAgainAfter time.Duration
}

// DefaultSettings are AWS's own figures.
func DefaultSettings() Settings {
	return Settings{RecreateAfter: time.Minute, PurgeAgainAfter: time.Minute}
}
