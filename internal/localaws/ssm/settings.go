package ssm

import (
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings is the time model of Run Command, in the account's time. What an API call itself costs belongs to the
// endpoint (wire).
type Settings struct {
	// Registration is the time from running until the instance's agent has registered and is Online. No published
	// figure: the agent starts with the system and registers within its first minute.
	Registration account.Duration
	// Visible is the time from SendCommand until the command and its invocations are found by the operations that read
	// them: Run Command is eventually consistent (API reference, GetCommandInvocation). No published figure; users see
	// InvocationDoesNotExist for about a second.
	Visible account.Duration
	// Delivery is the time from sending an invocation until an agent that is connected begins to run it, and until it
	// hears of a cancellation. No published figure; agents hold a connection open.
	Delivery account.Duration
	// Redelivery is the pause after which an invocation that was not delivered is tried again. No published figure.
	Redelivery account.Duration
	// Report is the time from the script's end until the service knows how it ended. No published figure.
	Report account.Duration
	// ConnectionLost is the time from an agent's death until its PingStatus is ConnectionLost. No published figure; an
	// agent pings every five minutes (amazon-ssm-agent, Agent.HealthFrequencyMinutes).
	ConnectionLost account.Duration
	// Undeliverable is the time until the service gives up an invocation whose instance has ended, or whose agent it
	// knows to be lost when the command is sent. No published figure; that it ends so was seen on AWS.
	Undeliverable account.Duration

	OutputKept       int // characters of StandardOutputContent: 24,000 (API reference, GetCommandInvocation)
	ErrorKept        int // characters of StandardErrorContent: 8,000 (the same)
	PluginOutputKept int // characters of a plugin's Output in ListCommandInvocations: 2,500 (API reference, CommandPlugin)
}

// DefaultSettings are the settings closest to AWS.
func DefaultSettings() Settings {
	return Settings{
		Registration:     account.Duration{Min: 5 * time.Second, Max: 45 * time.Second},
		Visible:          account.Duration{Min: 200 * time.Millisecond, Max: 2 * time.Second},
		Delivery:         account.Duration{Min: 200 * time.Millisecond, Max: 2 * time.Second},
		Redelivery:       account.Constant(15 * time.Second),
		Report:           account.Duration{Min: 100 * time.Millisecond, Max: time.Second},
		ConnectionLost:   account.Duration{Min: 5 * time.Minute, Max: 10 * time.Minute},
		Undeliverable:    account.Duration{Min: time.Minute, Max: 3 * time.Minute},
		OutputKept:       24000,
		ErrorKept:        8000,
		PluginOutputKept: 2500,
	}
}
