package cloudwatch

import "time"

// Settings is the time model of CloudWatch and its quotas.
type Settings struct {
	// EvaluateAfter is the time from the end of a minute until alarms look at it: a multiple of ten seconds below a minute.
	// Recorded: the point of 14:34 moved an alarm at 14:35:52 (aws-facts I7). Alarms with a period below a minute look
	// each ten seconds at what is there.
	EvaluateAfter time.Duration
	// Beyond is how many periods beyond its evaluation periods an alarm reads, for points in the place of missing ones.
	// AWS's guide shows 5 read for 3 (aws-facts I7), and says that the number varies.
	Beyond int
	// Keep is how long points are kept. AWS keeps those of a minute for 15 days, those of seconds for 3 hours.
	Keep time.Duration
	// MaxAlarms is the quota of a Region: 5000.
	MaxAlarms int
}

// DefaultSettings are the settings closest to AWS.
func DefaultSettings() Settings {
	return Settings{EvaluateAfter: 50 * time.Second, Beyond: 2, Keep: 15 * 24 * time.Hour, MaxAlarms: 5000}
}
