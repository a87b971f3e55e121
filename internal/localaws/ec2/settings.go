package ec2

import (
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings is the time model of EC2: how long what it does takes, in the account's time. What an API call itself costs
// belongs to the endpoint (wire).
type Settings struct {
	// Pending is the time from the launch until the instance is running. aws-facts D: 4.9 s (2021) and 16 to 18 s
	// (2026) were measured, hence a distribution.
	Pending account.Duration
	// Boot is the time from running until the application answers: 3 to 23 s until the first port opens (aws-facts D),
	// and the start of the application itself.
	Boot account.Duration
	// ShuttingDown is the time from the termination until the instance is terminated. No figure is published; it is
	// tens of seconds for ordinary Linux instances.
	ShuttingDown account.Duration
	// StatusChecks is the time from running until both status checks have passed ("initializing" before); they run
	// every minute, and a few of them are needed (EC2 user guide, status checks).
	StatusChecks account.Duration
	// SpotNotice is the time from the notice of a Spot interruption until EC2 terminates the instance: two minutes (EC2
	// user guide, Spot Instance interruption notices).
	SpotNotice time.Duration
	// TerminatedVisible is how long a terminated instance is still described: about an hour (EC2 user guide).
	TerminatedVisible time.Duration
	// DescribeLag is how long after its launch an instance is unknown to the API: EC2 is eventually consistent (EC2
	// API reference, "Eventual consistency"); the figure is not published.
	DescribeLag time.Duration
	// Reboot is the time for which a rebooting instance is away: its state stays running, nothing on it answers, and its status
	// checks begin again. No published figure; it is about a minute for ordinary Linux instances.
	Reboot account.Duration
	// ImageAvailable is the time from CreateImage until the image is available: minutes in practice, up to a day (EC2 user
	// guide, creating-an-ami-ebs); 8, 30 and more than 60 minutes were reported (packer issues 6536, 7472).
	ImageAvailable account.Duration
}

// DefaultSettings are the settings closest to AWS.
func DefaultSettings() Settings {
	return Settings{
		Pending:           account.Duration{Min: 5 * time.Second, Max: 18 * time.Second},
		Boot:              account.Duration{Min: 8 * time.Second, Max: 30 * time.Second},
		ShuttingDown:      account.Duration{Min: 20 * time.Second, Max: 50 * time.Second},
		StatusChecks:      account.Duration{Min: 90 * time.Second, Max: 180 * time.Second},
		SpotNotice:        2 * time.Minute,
		TerminatedVisible: time.Hour,
		DescribeLag:       300 * time.Millisecond,
		Reboot:            account.Duration{Min: 20 * time.Second, Max: 60 * time.Second},
		ImageAvailable:    account.Duration{Min: 2 * time.Minute, Max: 5 * time.Minute},
	}
}
