package asl

import (
	"fmt"
	"math"
	"strings"
)

// selectFrom gives what the path finds in root: one value for a definite path, a list for any other. It reports false
// when a definite path leads nowhere.
func (p *jsonPath) selectFrom(root any) (any, bool) {
	value, err := p.evaluate(root)
	return value, err == nil
}

// evaluate is selectFrom whose error says where the path ended, in the words of AWS's JSONPath library.
func (p *jsonPath) evaluate(root any) (any, error) {
	if p.definite() {
		value, err := p.follow(root)
		if err != nil || p.function == "" {
			return value, err
		}
		return p.call([]any{value}, value)
	}
	found := []any{}
	collect(p.segments, root, root, &found)
	if p.function == "" {
		return found, nil
	}
	return p.call(found, found)
}

// follow walks a definite path.
func (p *jsonPath) follow(value any) (any, error) {
	for i, s := range p.segments {
		next, ok := s.step(value)
		if !ok {
			leaf := i == len(p.segments)-1
			if leaf {
				items, isArray := value.([]any)
				if isArray && s.kind == segmentIndexes {
					return nil, beyondArray{canonicalPath(p.segments[:i+1]), len(items)}
				}
				return nil, awsError("No results for path: " + canonicalPath(p.segments[:i+1]))
			}
			return nil, awsError("Missing property in path " + canonicalPath(p.segments[:i+1]))
		}
		value = next
	}
	return value, nil
}

// beyondArray is the error of a path that ends at an index which the array does not have.
type beyondArray struct {
	path   string
	length int
}

func (e beyondArray) Error() string {
	return fmt.Sprintf("No results for path: %s, the array has %d items", e.path, e.length)
}

// step goes on by one definite segment.
func (s segment) step(value any) (any, bool) {
	if s.kind == segmentIndexes {
		items, isArray := value.([]any)
		i, inside := position(s.indexes[0], len(items))
		if !isArray || !inside {
			return nil, false
		}
		return items[i], true
	}
	o, isObject := value.(*object)
	if !isObject {
		return nil, false
	}
	if len(s.names) == 1 {
		return o.get(s.names[0])
	}
	some := newObject()
	for _, name := range s.names {
		if v, ok := o.get(name); ok {
			some.set(name, v)
		}
	}
	return some, true
}

// position counts a negative index from the end.
func position(index, length int) (int, bool) {
	if index < 0 {
		index += length
	}
	return index, index >= 0 && index < length
}

// canonicalPath writes segments as AWS's errors do: $['a']['b'][0].
func canonicalPath(segments []segment) string {
	var text strings.Builder
	text.WriteByte('$')
	for _, s := range segments {
		if s.kind == segmentIndexes {
			fmt.Fprintf(&text, "[%d]", s.indexes[0])
			continue
		}
		fmt.Fprintf(&text, "['%s']", strings.Join(s.names, "','"))
	}
	return text.String()
}

// collect appends all that the segments select from value, in document order.
func collect(segments []segment, value, root any, found *[]any) {
	if len(segments) == 0 {
		*found = append(*found, value)
		return
	}
	s, rest := segments[0], segments[1:]
	s.each(value, root, func(next any) { collect(rest, next, root, found) })
	if s.deep {
		children(value, func(child any) { collect(segments, child, root, found) })
	}
}

func children(value any, visit func(any)) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			visit(item)
		}
	case *object:
		for _, m := range value.members {
			visit(m.value)
		}
	}
}

// each visits what one segment selects from value; what does not fit selects nothing.
func (s segment) each(value, root any, visit func(any)) {
	switch s.kind {
	case segmentWildcard:
		children(value, visit)
	case segmentFilter:
		items, isArray := value.([]any)
		if !isArray {
			if _, isObject := value.(*object); isObject && s.filter.holds(value, root) {
				visit(value)
			}
			return
		}
		for _, item := range items {
			if s.filter.holds(item, root) {
				visit(item)
			}
		}
	case segmentSlice:
		items, _ := value.([]any)
		from, to := sliceBound(s.slice[0], 0, len(items)), sliceBound(s.slice[1], len(items), len(items))
		for i := from; i < to; i++ {
			visit(items[i])
		}
	case segmentIndexes:
		items, _ := value.([]any)
		for _, index := range s.indexes {
			if i, inside := position(index, len(items)); inside {
				visit(items[i])
			}
		}
	case segmentNames:
		o, _ := value.(*object)
		for _, name := range s.names {
			if o == nil {
				return
			}
			if v, ok := o.get(name); ok {
				visit(v)
			}
		}
	}
}

func sliceBound(bound *int, absent, length int) int {
	if bound == nil {
		return absent
	}
	i := *bound
	if i < 0 {
		i += length
	}
	return min(max(i, 0), length)
}

// call applies the function at the path's end. Aggregates take the numbers among the values, or among the items of the
// one array that the path found.
func (p *jsonPath) call(values []any, whole any) (any, error) {
	items, isArray := whole.([]any)
	switch p.function {
	case "length", "size":
		if n := lengthOf(whole); n >= 0 {
			return intNumber(int64(n)), nil
		}
		return nil, nil
	case "keys":
		o, isObject := whole.(*object)
		if !isObject {
			return nil, fmt.Errorf("keys() needs an object in path %s", p.text)
		}
		names := make([]any, len(o.members))
		for i, m := range o.members {
			names[i] = m.name
		}
		return names, nil
	case "first", "last":
		if !isArray || len(items) == 0 {
			return nil, fmt.Errorf("%s() needs an array with items in path %s", p.function, p.text)
		}
		if p.function == "first" {
			return items[0], nil
		}
		return items[len(items)-1], nil
	}
	if isArray {
		values = items
	}
	return aggregate(p.function, values)
}

func aggregate(function string, values []any) (any, error) {
	var numbers []float64
	for _, v := range values {
		if n, ok := v.(number); ok {
			numbers = append(numbers, n.float())
		}
	}
	if len(numbers) == 0 {
		return nil, awsError("Aggregation function attempted to calculate value using empty array")
	}
	least, greatest, sum, squares := numbers[0], numbers[0], 0.0, 0.0
	for _, n := range numbers {
		least, greatest, sum, squares = min(least, n), max(greatest, n), sum+n, squares+n*n
	}
	count := float64(len(numbers))
	switch function {
	case "min":
		return floatNumber(least), nil
	case "max":
		return floatNumber(greatest), nil
	case "sum":
		return floatNumber(sum), nil
	case "avg":
		return floatNumber(sum / count), nil
	default: // stddev
		return floatNumber(math.Sqrt(squares/count - sum*sum/count/count)), nil
	}
}

// put gives root with the value at a reference path set, as ResultPath does: what is missing on the way, or is not an
// object, becomes one. It fails where an array would have to be made or is too short.
func (p *jsonPath) put(root, value any) (any, error) {
	return p.putAt(root, 0, value)
}

func (p *jsonPath) putAt(current any, depth int, value any) (any, error) {
	if depth == len(p.segments) {
		return value, nil
	}
	s := p.segments[depth]
	if s.kind == segmentIndexes {
		items, isArray := current.([]any)
		i, inside := position(s.indexes[0], len(items))
		if !isArray || !inside {
			return nil, fmt.Errorf("no array with an item %d at %s", s.indexes[0], canonicalPath(p.segments[:depth+1]))
		}
		inner, err := p.putAt(items[i], depth+1, value)
		if err != nil {
			return nil, err
		}
		changed := append([]any(nil), items...)
		changed[i] = inner
		return changed, nil
	}
	o, isObject := current.(*object)
	if !isObject {
		if depth == 0 || current != nil {
			return nil, fmt.Errorf("no object at %s", canonicalPath(p.segments[:depth]))
		}
		o = newObject()
	}
	existing, _ := o.get(s.names[0])
	inner, err := p.putAt(existing, depth+1, value)
	if err != nil {
		return nil, err
	}
	return o.with(s.names[0], inner), nil
}
