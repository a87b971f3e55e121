package cloudwatch

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// rule is when a composite alarm is in ALARM.
type rule struct {
	holds    func(stateOf func(nameOrARN string) types.StateValue) bool
	children []string // names and ARNs, as the rule has them, each once
}

type condition = func(stateOf func(nameOrARN string) types.StateValue) bool

// ruleParser reads a rule: NOT binds tighter than AND, AND tighter than OR.
type ruleParser struct {
	left     string
	children []string
}

// parseRule reads an alarm rule of ALARM, OK, INSUFFICIENT_DATA, TRUE, FALSE, AND, OR, NOT and parentheses.
func parseRule(text string) (*rule, error) {
	p := &ruleParser{left: strings.TrimSpace(text)}
	holds, ok := p.any()
	if !ok || p.left != "" {
		return nil, invalid("Error parsing the AlarmRule at '%s': it takes ALARM, OK and INSUFFICIENT_DATA of an alarm, TRUE, FALSE, AND, OR, NOT and parentheses", p.left)
	}
	if len(p.children) > 100 {
		return nil, invalid("An AlarmRule can name at most 100 alarms, not %d", len(p.children))
	}
	return &rule{holds: holds, children: p.children}, nil
}

// any reads conditions that OR joins.
func (p *ruleParser) any() (condition, bool) {
	return p.joined("OR", p.all, func(a, b bool) bool { return a || b })
}

// all reads conditions that AND joins.
func (p *ruleParser) all() (condition, bool) {
	return p.joined("AND", p.one, func(a, b bool) bool { return a && b })
}

func (p *ruleParser) joined(word string, part func() (condition, bool), join func(a, b bool) bool) (condition, bool) {
	left, ok := part()
	for ok && p.word(word) {
		before := left
		var after condition
		after, ok = part()
		left = func(of func(string) types.StateValue) bool { return join(before(of), after(of)) }
	}
	return left, ok
}

func (p *ruleParser) one() (condition, bool) {
	switch {
	case p.word("NOT"):
		inner, ok := p.one()
		return func(of func(string) types.StateValue) bool { return !inner(of) }, ok
	case p.word("TRUE"):
		return func(func(string) types.StateValue) bool { return true }, true
	case p.word("FALSE"):
		return func(func(string) types.StateValue) bool { return false }, true
	case p.mark("("):
		inner, ok := p.any()
		return inner, ok && p.mark(")")
	}
	for _, state := range states {
		if p.word(string(state)) {
			return p.stateOf(state)
		}
	}
	return nil, false
}

// stateOf reads the alarm that has to be in a state.
func (p *ruleParser) stateOf(state types.StateValue) (condition, bool) {
	if !p.mark("(") {
		return nil, false
	}
	var name string
	var ok bool
	if quote := p.left[:min(1, len(p.left))]; quote == `"` || quote == "'" {
		name, p.left, ok = strings.Cut(p.left[1:], quote)
		p.left = strings.TrimSpace(p.left)
		ok = ok && p.mark(")")
	} else {
		name, p.left, ok = strings.Cut(p.left, ")")
		name, p.left = strings.TrimSpace(name), strings.TrimSpace(p.left)
	}
	if !ok || name == "" {
		return nil, false
	}
	if !slices.Contains(p.children, name) {
		p.children = append(p.children, name)
	}
	return func(of func(string) types.StateValue) bool { return of(name) == state }, true
}

// word takes a word, in any case, if it is next.
func (p *ruleParser) word(word string) bool {
	n := len(word)
	if len(p.left) < n || !strings.EqualFold(p.left[:n], word) || len(p.left) > n && isWord(p.left[n]) {
		return false
	}
	p.left = strings.TrimSpace(p.left[n:])
	return true
}

func isWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func (p *ruleParser) mark(mark string) bool {
	rest, ok := strings.CutPrefix(p.left, mark)
	if ok {
		p.left = strings.TrimSpace(rest)
	}
	return ok
}
