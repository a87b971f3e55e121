package events

import (
	"encoding/json"
	"slices"
	"strings"

	"bluegreen/internal/localaws/wire"
)

func notModelledIn(kind string) error {
	return wire.NotModelled("the match type %s of event patterns", kind)
}

// wildcard compiles a text in which * stands for any characters; \* and \\ are a star and a backslash.
func (c compiler) wildcard(value *node) (matcher, error) {
	text, ok := value.text()
	if !ok {
		return matcher{}, c.wrong(value.at, "wildcard match pattern must be a string")
	}
	parts := []string{""} // between the stars
	for k := 0; k < len(text); k++ {
		const quote = 1 // positions count the text's first quote
		switch {
		case text[k] == '*' && k > 0 && text[k-1] == '*' && parts[len(parts)-1] == "":
			return matcher{}, c.wrong(value.at, "Consecutive wildcard characters at pos %d", k-1+quote)
		case text[k] == '*':
			parts = append(parts, "")
			continue
		case text[k] == '\\' && (k+1 == len(text) || text[k+1] != '*' && text[k+1] != '\\'):
			return matcher{}, c.wrong(value.at, "Invalid escape character at pos %d", k+quote)
		case text[k] == '\\':
			k++
		}
		parts[len(parts)-1] += text[k : k+1]
	}
	return ofText(func(got string) bool { return isLike(got, parts) }), nil
}

// isLike reports whether text is the parts with anything between them.
func isLike(text string, parts []string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return text == first
	}
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		_, rest, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = rest
	}
	return true
}

// maxNumber is the greatest number, either side of zero, that a numeric match may name.
const maxNumber = 5e9

// comparison is one operator with its number.
type comparison struct {
	operator string
	number   float64
}

func (r comparison) holds(n float64) bool {
	switch r.operator {
	case "=":
		return n == r.number
	case "<":
		return n < r.number
	case "<=":
		return n <= r.number
	case ">":
		return n > r.number
	}
	return n >= r.number
}

// numeric compiles ["=", 1], or one bound, or a lower bound and then an upper one.
func (c compiler) numeric(value *node) (matcher, error) {
	if !value.isArray() {
		return matcher{}, c.wrong(value.at, "Value of numeric must be an array.")
	}
	var bounds []comparison
	for k := 0; k < len(value.values); k += 2 {
		bound, err := c.comparison(value, k)
		if err != nil {
			return matcher{}, err
		}
		bounds = append(bounds, bound)
	}
	if len(bounds) == 0 {
		return matcher{}, c.wrong(value.end, "Invalid member in numeric match: ]")
	}
	if len(bounds) == 2 && bounds[0].number >= bounds[1].number {
		return matcher{}, c.wrong(value.end, "Bottom must be less than top")
	}
	return matcher{matches: func(got any) bool {
		number, ok := got.(json.Number)
		if !ok {
			return false
		}
		n, err := number.Float64()
		return err == nil && !slices.ContainsFunc(bounds, func(b comparison) bool { return !b.holds(n) })
	}}, nil
}

// comparison reads the operator at k of a numeric match, and its number.
func (c compiler) comparison(value *node, k int) (comparison, error) {
	at := value.values[k]
	operator, ok := at.text()
	if k == 0 {
		switch {
		case !ok:
			return comparison{}, c.wrong(at.at, "Invalid member in numeric match: %s", shown(at))
		case !slices.Contains([]string{"=", "<", "<=", ">", ">="}, operator):
			return comparison{}, c.wrong(at.at, "Unrecognized numeric range operator: %s", operator)
		}
	} else {
		first, _ := value.values[0].text()
		switch {
		case first != ">" && first != ">=":
			return comparison{}, c.wrong(at.at, "Too many elements in numeric expression")
		case k > 2:
			return comparison{}, c.wrong(at.at, "Too many terms in numeric range expression")
		case !ok:
			return comparison{}, c.wrong(at.at, "Bad value in numeric range: %s", shown(at))
		case operator != "<" && operator != "<=":
			return comparison{}, c.wrong(at.at, "Bad numeric range operator: %s", operator)
		}
	}
	spoken := operator
	if operator == "=" {
		spoken = "equals"
	}
	if k+1 == len(value.values) {
		return comparison{}, c.wrong(value.end, "Value of %s must be numeric", spoken)
	}
	number, ok := value.values[k+1].number()
	if !ok {
		return comparison{}, c.wrong(value.values[k+1].at, "Value of %s must be numeric", spoken)
	}
	if number < -maxNumber || number > maxNumber {
		return comparison{}, c.wrong(value.values[k+1].at, "Value must be between -5.0E9 and 5.0E9, inclusive")
	}
	return comparison{operator, number}, nil
}

func shown(n *node) string {
	if text, ok := n.text(); ok {
		return text
	}
	if delimiter, ok := n.token.(json.Delim); ok {
		return delimiter.String()
	}
	return string(encode(n.token))
}

// anythingBut compiles a text or number, a list of the one or the other, or a nested prefix, suffix, wildcard or
// equals-ignore-case of a text or a list.
func (c compiler) anythingBut(value *node) (matcher, error) {
	if value.isObject() {
		return c.anythingButExpression(value)
	}
	excluded := []*node{value}
	if value.isArray() {
		excluded = value.values
	}
	texts, numbers := 0, 0
	var matches []func(any) bool
	for _, n := range excluded {
		_, isNumber := n.token.(json.Number)
		_, isText := n.text()
		switch {
		case isText:
			texts++
		case isNumber:
			numbers++
		case value.isArray():
			return matcher{}, c.wrong(n.at, "Inside anything but list, start|null|boolean is not supported.")
		default:
			return matcher{}, c.wrong(n.at, "Value of anything-but must be an array or single string/number value.")
		}
		matches = append(matches, exactly(n.token))
	}
	if (texts == 0) == (numbers == 0) {
		return matcher{}, c.wrong(value.end, "Inside anything but list, either all values are number or string, mixed type is not supported")
	}
	return none(matches), nil
}

func none(matches []func(any) bool) matcher {
	return matcher{matches: func(got any) bool {
		return !slices.ContainsFunc(matches, func(matches func(any) bool) bool { return matches(got) })
	}}
}

func (c compiler) anythingButExpression(value *node) (matcher, error) {
	if len(value.names) == 0 {
		return matcher{}, c.wrong(value.end, "Anything-But expression name not found")
	}
	kind := value.names[0].text
	if !slices.Contains([]string{"prefix", "suffix", "wildcard", "equals-ignore-case"}, kind) {
		return matcher{}, c.wrong(value.names[0].at, "Unsupported anything-but pattern: %s", kind)
	}
	if len(value.names) > 1 {
		return matcher{}, c.wrong(value.names[1].at, "Only one key allowed in match expression")
	}
	excluded := []*node{value.values[0]}
	if excluded[0].isArray() {
		excluded = excluded[0].values
	}
	var matches []func(any) bool
	for _, n := range excluded {
		text, ok := n.text()
		if !ok && kind == "equals-ignore-case" {
			return matcher{}, c.wrong(n.at, "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.")
		}
		if !ok {
			return matcher{}, c.wrong(n.at, "prefix/suffix match pattern must be a string")
		}
		if text == "" && kind != "equals-ignore-case" {
			return matcher{}, c.wrong(n.at, "Null prefix/suffix not allowed")
		}
		m, err := c.expression(&node{token: json.Delim('{'), names: value.names, values: []*node{n}})
		if err != nil {
			return matcher{}, err
		}
		matches = append(matches, m.matches)
	}
	if len(matches) == 0 {
		return matcher{}, c.wrong(value.end, "Empty arrays are not allowed")
	}
	return none(matches), nil
}
