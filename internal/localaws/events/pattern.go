package events

import (
	"bytes"
	"encoding/json"
	"slices"
)

// pattern is a compiled event pattern: what an object of an event must be like. Objects in an array match when one of
// them does, as a whole.
type pattern struct {
	fields []field
	either [][]*pattern // of each $or: one of its patterns must match
}

// field is what an event's field must be like: an object (inner), or one of the values.
type field struct {
	name   string
	inner  *pattern
	values []matcher
}

// matcher is one alternative of a field's values.
type matcher struct {
	absent  bool           // it wants that there is no value
	matches func(any) bool // of one value: a string, json.Number, bool or null
}

// matches reports whether the object of an event is what the pattern wants.
func (p *pattern) matches(object map[string]any) bool {
	for _, f := range p.fields {
		if !f.matches(object[f.name]) {
			return false
		}
	}
	for _, alternatives := range p.either {
		if !slices.ContainsFunc(alternatives, func(q *pattern) bool { return q.matches(object) }) {
			return false
		}
	}
	return true
}

// matches looks at a field's value, nil when it is not there.
func (f *field) matches(value any) bool {
	if f.inner != nil {
		return slices.ContainsFunc(objects(value), f.inner.matches)
	}
	leaves := leaves(value)
	return slices.ContainsFunc(f.values, func(m matcher) bool {
		if m.absent {
			return len(leaves) == 0
		}
		return slices.ContainsFunc(leaves, m.matches)
	})
}

// objects are the objects that a value is or holds in arrays; a single empty one where there are none, in which nothing
// exists.
func objects(value any) []map[string]any {
	var found []map[string]any
	var collect func(any)
	collect = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			found = append(found, value)
		case []any:
			for _, element := range value {
				collect(element)
			}
		}
	}
	collect(value)
	if len(found) == 0 {
		return []map[string]any{nil}
	}
	return found
}

// leaves are the plain values that a value is or holds in arrays.
func leaves(value any) []any {
	switch value := value.(type) {
	case nil, map[string]any:
		return nil
	case []any:
		var found []any
		for _, element := range value {
			found = append(found, leaves(element)...)
		}
		return found
	}
	return []any{value}
}

// null is JSON's null in an event: a value, unlike a field that is not there.
type null struct{}

// decode returns the JSON object of an event, its numbers as they are written and its nulls as values.
func decode(text []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	return withNulls(object).(map[string]any), nil
}

func withNulls(value any) any {
	switch value := value.(type) {
	case nil:
		return null{}
	case map[string]any:
		for name, inner := range value {
			value[name] = withNulls(inner)
		}
	case []any:
		for k, inner := range value {
			value[k] = withNulls(inner)
		}
	}
	return value
}
