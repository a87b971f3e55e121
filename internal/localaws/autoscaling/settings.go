package autoscaling

import (
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings is the time model of EC2 Auto Scaling and its quotas. Durations are in the account's time. What an API call
// itself costs belongs to the endpoint (wire).
type Settings struct {
	// Tick is the time from a change of a group until it acts on it. Recorded activities show 1 to 3 s between a
	// request and its launches, and up to 21 s (aws-facts A4).
	Tick account.Duration
	// Proceed is the time that an instance spends in a state that only leads to the next: running to InService without
	// a hook, Pending:Proceed, Terminating:Proceed. No figure is published; recorded activities show about a second.
	Proceed account.Duration
	// DescribeLag is how long after a write describes still show the group as it was before it. AWS states no
	// consistency window (aws-facts A5); tools that read their own writes retry. Zero shows everything at once.
	DescribeLag account.Duration
	// HealthCheck is the time from a change of an instance's health until the group's checks notice it. The checks are
	// periodic; no interval is published.
	HealthCheck account.Duration
	// ImpairedTolerance is how long a failed EC2 status check is put up with: "a few minutes" (aws-facts A3).
	ImpairedTolerance time.Duration
	// Attach is the time that a target group attached later spends in Adding (aws-facts A2; no figure is published).
	Attach account.Duration
	// LaunchRetry is the pause after a launch failed everywhere; it doubles with each failure in a row up to
	// LaunchRetryMax. AWS says that it throttles failing launches (aws-facts A1), not by how much.
	LaunchRetry, LaunchRetryMax time.Duration
	// Rebalance is the pause before instances are moved from a full zone to an emptier one, and before a zone where a
	// launch failed is tried again for that.
	Rebalance time.Duration
	// Delete is how long an emptied group shows "Delete in progress".
	Delete account.Duration
	// RefreshStart is how long an instance refresh is Pending.
	RefreshStart account.Duration
	// HookLimit is the most that an instance stays in a wait state whatever its heartbeats, next to 100 times the
	// heartbeat timeout: 48 hours (aws-facts A1).
	HookLimit time.Duration
	// ActivitiesKept is how long activities are described: six weeks (aws-facts A4).
	ActivitiesKept time.Duration

	// Quotas of the account and of each group, by default 500 groups and 200 launch configurations a Region; 50 hooks,
	// 50 target groups, 50 Classic Load Balancers, 50 policies, 125 scheduled actions and 10 topics a group (aws-facts A5).
	MaxGroups, MaxLaunchConfigurations                          int
	MaxHooks, MaxTargetGroups, MaxPolicies, MaxScheduledActions int
	MaxTopics, MaxLoadBalancers                                 int

	// NewAccount is an account from 2024-10-01 or later, in which no launch configuration can be created (aws-facts A7).
	NewAccount bool

	// StaleStarts has descriptions show, of a scheduled action that recurs, the run that it missed first while its process was suspended,
	// until it runs again. Whether AWS moves a StartTime on meanwhile nobody says; by default it does.
	StaleStarts bool
}

// DefaultSettings are the settings closest to AWS.
func DefaultSettings() Settings {
	return Settings{
		Tick:                account.Duration{Min: time.Second, Max: 3 * time.Second},
		Proceed:             account.Duration{Min: 500 * time.Millisecond, Max: 1500 * time.Millisecond},
		DescribeLag:         account.Duration{Min: 200 * time.Millisecond, Max: 1800 * time.Millisecond},
		HealthCheck:         account.Duration{Min: 10 * time.Second, Max: 30 * time.Second},
		ImpairedTolerance:   3 * time.Minute,
		Attach:              account.Duration{Min: 2 * time.Second, Max: 10 * time.Second},
		LaunchRetry:         15 * time.Second,
		LaunchRetryMax:      5 * time.Minute,
		Rebalance:           5 * time.Minute,
		Delete:              account.Duration{Min: 2 * time.Second, Max: 10 * time.Second},
		RefreshStart:        account.Duration{Min: time.Second, Max: 5 * time.Second},
		HookLimit:           48 * time.Hour,
		ActivitiesKept:      6 * 7 * 24 * time.Hour,
		MaxGroups:           500,
		MaxHooks:            50,
		MaxTargetGroups:     50,
		MaxPolicies:         50,
		MaxScheduledActions: 125,
		MaxTopics:           10,
		MaxLoadBalancers:    50,

		MaxLaunchConfigurations: 200,
	}
}
