package deploy

import (
	"slices"
	"strings"
)

// Strategy is how traffic moves from blue to green, by its name. What it does is in internal/traffic.
type Strategy string

// The strategies.
const (
	StrategyAttach Strategy = "attach"
	StrategyDNS    Strategy = "dns"
	StrategyNone   Strategy = "none"
)

// strategies is every strategy that a request may name.
var strategies = []struct {
	name  Strategy
	means string // for people, in their schema
	waits bool
	moves bool // records of DNS, which a request names
}{
	{StrategyAttach, "green joins blue's target groups and load balancers, then blue leaves them", true, false},
	{StrategyDNS, "green stands behind load balancers of its own, and the records of $.traffic.records move there", true, true},
	{StrategyNone, "no load balancer, such as workers on a queue", false, false},
}

// Strategies are the names of all strategies.
func Strategies() []Strategy {
	var names []Strategy
	for _, s := range strategies {
		names = append(names, s.name)
	}
	return names
}

// Waits reports whether green takes no share of the work before SwitchTraffic gives it one. Where it does not wait its first
// instance in service works, and there is no traffic to move.
func (s Strategy) Waits() bool {
	for _, known := range strategies {
		if known.name == s {
			return known.waits
		}
	}
	return false
}

// MovesRecords reports whether what moves is records of DNS.
func (s Strategy) MovesRecords() bool {
	return slices.Contains(movingRecords(), string(s))
}

// movingRecords are the strategies that move records.
func movingRecords() []string {
	var names []string
	for _, s := range strategies {
		if s.moves {
			names = append(names, string(s.name))
		}
	}
	return names
}

// explained says what each strategy is.
func explained() string {
	var said []string
	for _, s := range strategies {
		said = append(said, string(s.name)+": "+s.means+".")
	}
	return strings.Join(said, " ")
}
