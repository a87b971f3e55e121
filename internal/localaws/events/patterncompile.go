package events

import (
	"encoding/json"
	"slices"
	"strings"
)

// compiler makes a pattern of its JSON. What it accepts, and its errors, are those of the open-source rule engine that
// EventBridge runs (aws/event-ruler).
type compiler struct{ source string }

// compile returns the pattern of an event pattern's text. Errors: InvalidEventPatternException, with the place; NotModelled.
func compile(source string) (*pattern, error) {
	root, err := read(source)
	if err != nil {
		return nil, err
	}
	c := compiler{source}
	if !root.isObject() {
		return nil, c.wrong(root.at, "Filter is not an object")
	}
	return c.object(root, false)
}

func (c compiler) wrong(at int, format string, args ...any) error {
	return problem(c.source, at, format, args...)
}

// matchTypes are the names that say how a value matches. Fields in an $or must not have them.
var matchTypes = []string{"exactly", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr", "equals-ignore-case"}

func (c compiler) object(n *node, inOr bool) (*pattern, error) {
	p := &pattern{}
	for k, name := range n.names {
		value := n.values[k]
		if name.text == "$or" {
			alternatives, err := c.or(value)
			if err != nil {
				return nil, err
			}
			p.either = append(p.either, alternatives)
			continue
		}
		if inOr && slices.Contains(matchTypes, name.text) {
			return nil, c.wrong(name.at, "%s is Ruler reserved fieldName which cannot be used inside $or.", name.text)
		}
		f := field{name: name.text}
		var err error
		switch {
		case value.isObject():
			f.inner, err = c.object(value, inOr)
		case value.isArray():
			f.values, err = c.alternatives(value)
		default:
			err = c.wrong(value.at, "%q must be an object or an array", name.text)
		}
		if err != nil {
			return nil, err
		}
		p.fields = append(p.fields, f)
	}
	if len(n.names) == 0 {
		return nil, c.wrong(n.end, "Empty objects are not allowed")
	}
	return p, nil
}

func (c compiler) or(n *node) ([]*pattern, error) {
	if !n.isArray() {
		return nil, c.wrong(n.at, "It must be an Array followed with $or.")
	}
	var alternatives []*pattern
	for _, value := range n.values {
		if !value.isObject() {
			return nil, c.wrong(value.at, "Only JSON object is allowed in array of $or relationship.")
		}
		p, err := c.object(value, true)
		if err != nil {
			return nil, err
		}
		alternatives = append(alternatives, p)
	}
	if len(alternatives) < 2 {
		return nil, c.wrong(n.end, "There must have at least 2 Objects in $or relationship.")
	}
	return alternatives, nil
}

func (c compiler) alternatives(n *node) ([]matcher, error) {
	var found []matcher
	for _, value := range n.values {
		var m matcher
		var err error
		switch {
		case value.isObject():
			m, err = c.expression(value)
		case value.isArray():
			err = c.wrong(value.at, "Match value must be String, number, true, false, or null")
		default:
			m.matches = exactly(value.token)
		}
		if err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	if len(found) == 0 {
		return nil, c.wrong(n.end, "Empty arrays are not allowed")
	}
	return found, nil
}

// exactly matches the same value; numbers by what they are worth, too.
func exactly(wanted any) func(any) bool {
	switch wanted := wanted.(type) {
	case nil:
		return func(value any) bool { return value == null{} }
	case json.Number:
		n, err := wanted.Float64()
		return func(value any) bool {
			got, ok := value.(json.Number)
			return ok && (got == wanted || err == nil && worth(got, n))
		}
	}
	return func(value any) bool { return value == wanted }
}

func worth(value any, n float64) bool {
	number, ok := value.(json.Number)
	if !ok {
		return false
	}
	f, err := number.Float64()
	return err == nil && f == n
}

// ofText is a matcher of text.
func ofText(matches func(string) bool) matcher {
	return matcher{matches: func(value any) bool {
		s, ok := value.(string)
		return ok && matches(s)
	}}
}

// expression compiles {"match type": …}.
func (c compiler) expression(n *node) (matcher, error) {
	if len(n.names) == 0 {
		return matcher{}, c.wrong(n.end, "Match expression name not found")
	}
	kind, value := n.names[0].text, n.values[0]
	var m matcher
	var err error
	switch kind {
	case "exactly":
		m, err = c.textExpression(value, "exact match pattern must be a string", func(s string) matcher { return matcher{matches: exactly(s)} })
	case "prefix", "suffix":
		m, err = c.affix(kind, value)
	case "equals-ignore-case":
		m, err = c.textExpression(value, "equals-ignore-case match pattern must be a string", func(s string) matcher {
			return ofText(func(got string) bool { return strings.EqualFold(got, s) })
		})
	case "wildcard":
		m, err = c.wildcard(value)
	case "exists":
		exists, ok := value.token.(bool)
		if !ok {
			return m, c.wrong(value.at, "exists match pattern must be either true or false.")
		}
		m = matcher{absent: !exists, matches: func(any) bool { return exists }}
	case "numeric":
		m, err = c.numeric(value)
	case "anything-but":
		m, err = c.anythingBut(value)
	case "cidr":
		return m, notModelledIn(kind)
	default:
		return m, c.wrong(n.names[0].at, "Unrecognized match type %s", kind)
	}
	if err == nil && len(n.names) > 1 {
		return m, c.wrong(n.names[1].at, "Only one key allowed in match expression")
	}
	return m, err
}

func (c compiler) textExpression(value *node, otherwise string, make func(string) matcher) (matcher, error) {
	s, ok := value.text()
	if !ok {
		return matcher{}, c.wrong(value.at, "%s", otherwise)
	}
	return make(s), nil
}

// affix compiles the value of a prefix or suffix: a text, or {"equals-ignore-case": text}.
func (c compiler) affix(kind string, value *node) (matcher, error) {
	has := strings.HasPrefix
	if kind == "suffix" {
		has = strings.HasSuffix
	}
	if !value.isObject() {
		return c.textExpression(value, kind+" match pattern must be a string", func(s string) matcher {
			return ofText(func(got string) bool { return has(got, s) })
		})
	}
	if len(value.names) != 1 || value.names[0].text != "equals-ignore-case" {
		return matcher{}, c.wrong(value.at, "%s match pattern must be a string", kind)
	}
	return c.textExpression(value.values[0], "equals-ignore-case match pattern must be a string", func(s string) matcher {
		return ofText(func(got string) bool { return has(strings.ToLower(got), strings.ToLower(s)) })
	})
}
