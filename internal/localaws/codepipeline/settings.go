package codepipeline

import (
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings is the time model of CodePipeline, and its quotas. AWS publishes none of the durations: they are what people
// see in the console, and no promise rests on them.
type Settings struct {
	// Step is the time from entering a stage to the start of its first actions, and from one action to the next.
	Step account.Duration
	// Source is how long a source action takes to fetch a small commit, pack it and put it into the artifact bucket.
	Source account.Duration
	// Invoke is the time from the start of a Step Functions action to the start of the execution: the action runs on
	// Lambda and fetches its input from the artifact bucket first (aws-facts C4).
	Invoke account.Duration
	// Look is the time between two looks at the execution that a Step Functions action waits for.
	Look account.Duration
	// SourcePoll is the time between two looks at a branch by a pipeline with PollForSourceChanges.
	SourcePoll account.Duration

	// InvokeTimeout is how long a Step Functions action may take: 7 days (user guide, quotas).
	InvokeTimeout time.Duration
	// ApprovalTimeout is how long an approval is waited for that has no timeout of its own: 7 days (user guide, quotas).
	ApprovalTimeout time.Duration
	// MaxPipelines is how many pipelines an account may have: 1,000 (user guide, quotas).
	MaxPipelines int
	// MaxQueued is how many executions may wait for a stage of a QUEUED pipeline: 50 (user guide, quotas).
	MaxQueued int
}

// DefaultSettings returns the figures that the fields' comments give.
func DefaultSettings() Settings {
	return Settings{
		Step:            account.Duration{Min: time.Second, Max: 3 * time.Second},
		Source:          account.Duration{Min: 3 * time.Second, Max: 8 * time.Second},
		Invoke:          account.Duration{Min: time.Second, Max: 4 * time.Second},
		Look:            account.Duration{Min: 10 * time.Second, Max: 20 * time.Second},
		SourcePoll:      account.Constant(time.Minute),
		InvokeTimeout:   7 * 24 * time.Hour,
		ApprovalTimeout: 7 * 24 * time.Hour,
		MaxPipelines:    1000,
		MaxQueued:       50,
	}
}
