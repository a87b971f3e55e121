package deploy

import (
	"slices"
	"strconv"
	"strings"
)

// Strategy is how traffic moves from blue to green, by its name. What it does is in internal/traffic.
type Strategy string

// The strategies.
const (
	StrategyAttach  Strategy = "attach"
	StrategyDNS     Strategy = "dns"
	StrategyNone    Strategy = "none"
	StrategyInPlace Strategy = "in-place"
)

// strategies is every strategy that a request may name.
var strategies = []struct {
	name  Strategy
	means string // for people, in their schema
	waits bool
	moves bool // records of DNS, which a request names
	by    Machine
}{
	{StrategyAttach, "green joins blue's target groups and load balancers, then blue leaves them", true, false, BlueGreen},
	{StrategyDNS, "green stands behind load balancers of its own, and the records of $.traffic.records move there", true, true, BlueGreen},
	{StrategyNone, "no load balancer, such as workers on a queue", false, false, BlueGreen},
	{StrategyInPlace, "the group stays and its instances are replaced, by the state machine InPlace", false, false, InPlace},
}

// StrategiesBy are the names of those that a machine carries out, in words.
func StrategiesBy(m Machine) string {
	var names []string
	for _, s := range strategies {
		if s.by == m {
			names = append(names, strconv.Quote(string(s.name)))
		}
	}
	return strings.Join(names, " or ")
}

// By is the machine that carries a strategy out.
func (s Strategy) By() Machine {
	for _, known := range strategies {
		if known.name == s {
			return known.by
		}
	}
	return BlueGreen
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

// Stays reports whether the group stays and its instances are replaced: then green is blue, with other instances.
func (s Strategy) Stays() bool { return s.By() == InPlace }

// explained says what each strategy is.
func explained() string {
	var said []string
	for _, s := range strategies {
		said = append(said, string(s.name)+": "+s.means+".")
	}
	return strings.Join(said, " ")
}
