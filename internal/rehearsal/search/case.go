package search

import (
	"fmt"
	"strings"
	"time"
)

// Case is one drawn rehearsal: a world, a request, faults, and what the outside world does meanwhile. It is a scenario:
// what is played is its text, and that text can be put into testdata.
type Case struct {
	Seed    uint64
	World   []Argument // of the command world; what is not named is the default
	Setup   []Command  // what hangs on the fleet besides
	Request RequestOptions
	Faults  []Command // before the start
	Events  []Event   // in order of time
}

// RequestOptions are the request's fields that vary; 0 leaves a field out.
type RequestOptions struct {
	Wait           int // seconds
	TimeoutSeconds int
	Consecutive    int
	DrainSeconds   int // that an instance's command may take
	OnTimeout      string
	Delete         bool   // blue, once it is empty
	Action         string // empty is a deployment
	Moves          bool   // the record moves to load balancers of green's own
	BakeSeconds    int    // for which blue stands by
	Green          string // members of what green is to launch from; empty: as blue does
}

// Argument is one argument of a scenario's command; an empty value is a flag.
type Argument struct{ Key, Value string }

// Command is one command of a scenario.
type Command struct {
	Name      string
	Arguments []Argument
	Input     string
}

// Event is what somebody else does at a time after the deployment's start.
type Event struct {
	At time.Duration
	Command
}

func (c Command) line() string {
	var b strings.Builder
	b.WriteString(c.Name)
	for _, argument := range c.Arguments {
		b.WriteString(" " + argument.Key)
		if argument.Value != "" {
			b.WriteString("=" + argument.Value)
		}
	}
	return b.String()
}

func arguments(pairs ...string) []Argument {
	var all []Argument
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			all = append(all, Argument{pairs[i], pairs[i+1]})
		}
	}
	return all
}

// input is the request of an execution.
func (o RequestOptions) input() string {
	fields := []string{`"project": "ec"`, `"blue": {"asg_name": "ec-mqagt-dev-asg"}`}
	if o.Wait > 0 {
		fields = append(fields, fmt.Sprintf(`"Wait": %d`, o.Wait))
	}
	var health []string
	if o.TimeoutSeconds > 0 {
		health = append(health, fmt.Sprintf(`"timeout_seconds": %d`, o.TimeoutSeconds))
	}
	if o.Consecutive > 0 {
		health = append(health, fmt.Sprintf(`"consecutive": %d`, o.Consecutive))
	}
	if len(health) > 0 {
		fields = append(fields, `"health": {`+strings.Join(health, ", ")+"}")
	}
	if o.DrainSeconds > 0 {
		onTimeout := ""
		if o.OnTimeout != "" {
			onTimeout = fmt.Sprintf(`, "on_timeout": %q`, o.OnTimeout)
		}
		fields = append(fields, fmt.Sprintf(`"drain": {"command": ["systemctl stop mqagt"], "timeout_seconds": %d%s}`, o.DrainSeconds, onTimeout))
	}
	if o.BakeSeconds > 0 {
		fields = append(fields, fmt.Sprintf(`"bake_seconds": %d`, o.BakeSeconds))
	}
	if o.Delete {
		fields = append(fields, `"blue_after": {"then": "delete"}`)
	}
	if o.Moves {
		fields = append(fields, `"traffic": {"strategy": "dns", "records": [{"hosted_zone_id": "HOSTED_ZONE", "name": "shop.example.com"}]}`)
	}
	if o.Green != "" {
		fields = append(fields, `"green": {`+o.Green+"}")
	}
	if o.Action != "" {
		fields = append(fields, fmt.Sprintf(`"action": %q`, o.Action))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

const recoverInput = `{"project": "ec", "action": "recover", "blue": {"asg_name": "ec-mqagt-dev-asg"}}`

// commands are the scenario that the case is.
func (c Case) commands() []Command {
	all := []Command{{Name: "world", Arguments: append([]Argument{{"seed", fmt.Sprint(c.Seed)}}, c.World...)}}
	all = append(all, c.Setup...)
	all = append(all, c.Faults...)
	all = append(all, Command{Name: "start", Arguments: arguments("name", "first"), Input: c.Request.input()})
	at := time.Duration(0)
	for _, event := range c.Events {
		if event.At > at {
			all = append(all, Command{Name: "advance", Arguments: arguments("for", (event.At - at).String())})
			at = event.At
		}
		all = append(all, event.Command)
	}
	return append(all, Command{Name: "converge"})
}
