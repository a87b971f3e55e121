package asl

import (
	"fmt"
	"strings"
)

// choice is one rule of a Choice state.
type choice struct {
	condition condition
	next      string
	assign    template
}

// condition is a test of a Choice rule.
type condition interface {
	holds(s *scope) (bool, *stateError)
}

// allOf and anyOf stop at the first test that decides, so that a later one may rely on an earlier IsPresent.
type (
	allOf []condition
	anyOf []condition
	notOf struct{ condition condition }
)

func (c allOf) holds(s *scope) (bool, *stateError) {
	for _, each := range c {
		if is, failed := each.holds(s); failed != nil || !is {
			return false, failed
		}
	}
	return true, nil
}

func (c anyOf) holds(s *scope) (bool, *stateError) {
	for _, each := range c {
		if is, failed := each.holds(s); failed != nil || is {
			return is, failed
		}
	}
	return false, nil
}

func (c notOf) holds(s *scope) (bool, *stateError) {
	is, failed := c.condition.holds(s)
	return !is, failed
}

// comparison tests a variable with one operator.
type comparison struct {
	variable *jsonPath
	operator string
	test     func(value, against any) bool
	against  any
	path     *jsonPath // of a …Path operator, instead of against
}

func (c comparison) holds(s *scope) (bool, *stateError) {
	value, err := s.evaluate(c.variable)
	if c.operator == "IsPresent" {
		return (err == nil) == c.against.(bool), nil
	}
	if err != nil {
		return false, invalidChoicePath(c.variable)
	}
	against := c.against
	if c.path != nil {
		if against, err = s.evaluate(c.path); err != nil {
			return false, invalidChoicePath(c.path)
		}
	}
	return c.test(value, against), nil
}

func invalidChoicePath(p *jsonPath) *stateError {
	return runtimeError("Invalid path '%s': The choice state's condition path references an invalid value.", p.text)
}

// operator is a comparison operator of the Choice state.
type operator struct {
	test func(value, against any) bool
	// accepts tells whether the definition may hold this value; wants is what it must be.
	accepts func(against any) bool
	wants   string
}

// operators are all comparison operators but for their Path variants.
var operators = comparisonOperators()

func comparisonOperators() map[string]operator {
	all := map[string]operator{
		"BooleanEquals": {test: func(v, a any) bool { return isBool(v) && v == a }, accepts: isBool, wants: "true or false"},
		"StringMatches": {test: stringMatches, accepts: isString, wants: "a string"},
	}
	kinds := map[string]struct {
		compare func(v, a any) (int, bool)
		accepts func(any) bool
		wants   string
	}{
		"String":    {compareStrings, isString, "a string"},
		"Numeric":   {compareNumbers, isNumber, "a number"},
		"Timestamp": {compareTimestamps, isTimestamp, "a timestamp"},
	}
	relations := map[string]func(order int) bool{
		"Equals":            func(order int) bool { return order == 0 },
		"LessThan":          func(order int) bool { return order < 0 },
		"GreaterThan":       func(order int) bool { return order > 0 },
		"LessThanEquals":    func(order int) bool { return order <= 0 },
		"GreaterThanEquals": func(order int) bool { return order >= 0 },
	}
	for kind, k := range kinds {
		for relation, holds := range relations {
			all[kind+relation] = operator{accepts: k.accepts, wants: k.wants, test: func(v, a any) bool {
				order, comparable := k.compare(v, a)
				return comparable && holds(order)
			}}
		}
	}
	for name, is := range map[string]func(any) bool{
		"IsPresent": func(any) bool { return true }, "IsNull": isNull, "IsString": isString, "IsNumeric": isNumber, "IsBoolean": isBool, "IsTimestamp": isTimestamp,
	} {
		all[name] = operator{test: func(v, a any) bool { return is(v) == a.(bool) }, accepts: isBool, wants: "true or false"}
	}
	return all
}

func isNull(v any) bool { return v == nil }

func isBool(v any) bool {
	_, is := v.(bool)
	return is
}

func isString(v any) bool {
	_, is := v.(string)
	return is
}

func isNumber(v any) bool {
	_, is := v.(number)
	return is
}

func isTimestamp(v any) bool {
	text, is := v.(string)
	if is {
		_, is = parseTimestamp(text)
	}
	return is
}

func compareStrings(v, a any) (int, bool) {
	return strings.Compare(stringOf(v), stringOf(a)), isString(v) && isString(a)
}

func stringOf(v any) string {
	text, _ := v.(string)
	return text
}

func compareNumbers(v, a any) (int, bool) {
	x, isX := v.(number)
	y, isY := a.(number)
	if !isX || !isY {
		return 0, false
	}
	return x.compare(y), true
}

func compareTimestamps(v, a any) (int, bool) {
	x, isX := parseTimestamp(stringOf(v))
	y, isY := parseTimestamp(stringOf(a))
	return x.Compare(y), isX && isY
}

// stringMatches compares with a pattern in which * stands for any signs, \* for a star and \\ for a backslash.
func stringMatches(v, a any) bool {
	text, isText := v.(string)
	pattern, isPattern := a.(string)
	return isText && isPattern && wildcardMatch(text, splitWildcards(pattern))
}

// splitWildcards gives the literal parts between the stars.
func splitWildcards(pattern string) []string {
	parts := []string{}
	var part strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			i++
			part.WriteByte(pattern[i])
		case c == '*':
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(c)
		}
	}
	return append(parts, part.String())
}

func wildcardMatch(text string, parts []string) bool {
	if len(parts) == 1 {
		return text == parts[0]
	}
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

// choice reads a Choice state.
func (p *parser) choice(s *state, f *fields) {
	s.paths(f)
	s.otherwise = f.text("Default")
	s.assign = f.assign()
	f.require("Choices")
	value, ok := f.take("Choices")
	rules, isArray := value.([]any)
	if ok && (!isArray || len(rules) == 0) {
		f.schema(f.at("Choices"), "Value must be an array that is not empty")
	}
	for i, rule := range rules {
		entry := f.objectFields(rule, fmt.Sprintf("%s[%d]", f.at("Choices"), i))
		entry.require("Next")
		c := choice{next: entry.text("Next"), assign: entry.assign()}
		c.condition = entry.condition()
		s.choices = append(s.choices, c)
	}
}

// condition reads a rule's test, and that all of the rule's fields are known.
func (f *fields) condition() condition {
	defer f.finish()
	f.text("Comment")
	f.refuse("it belongs to the query language JSONata", "Condition")
	f.read["Variable"] = f.has("Variable")
	var found []condition
	for _, m := range f.object.members {
		switch {
		case f.read[m.name]:
		case m.name == "And":
			found = append(found, allOf(f.conditions("And")))
		case m.name == "Or":
			found = append(found, anyOf(f.conditions("Or")))
		case m.name == "Not":
			f.read["Not"] = true
			found = append(found, notOf{f.objectFields(m.value, f.at("Not")).condition()})
		default:
			if c, ok := f.comparison(m.name, m.value); ok {
				found = append(found, c)
			}
		}
	}
	if len(found) != 1 {
		f.schema(f.place, "A rule must have exactly one of And, Or, Not and the comparison operators, not %d", len(found))
		return nil
	}
	return found[0]
}

func (f *fields) conditions(name string) []condition {
	f.read[name] = true
	value, _ := f.object.get(name)
	items, isArray := value.([]any)
	if !isArray || len(items) == 0 {
		f.schema(f.at(name), "Value must be an array that is not empty")
	}
	conditions := make([]condition, len(items))
	for i, item := range items {
		conditions[i] = f.objectFields(item, fmt.Sprintf("%s[%d]", f.at(name), i)).condition()
	}
	return conditions
}

// comparison reads an operator with what it compares against; other fields are not its business.
func (f *fields) comparison(name string, against any) (comparison, bool) {
	base, isPath := strings.CutSuffix(name, "Path")
	op, known := operators[base]
	if !known || isPath && (strings.HasPrefix(base, "Is") || base == "StringMatches") {
		return comparison{}, false
	}
	f.read[name] = true
	f.require("Variable")
	c := comparison{operator: base, test: op.test, against: against}
	c.variable, _ = f.path("Variable", false)
	if isPath {
		c.path, _ = f.path(name, false)
	} else if !op.accepts(against) {
		f.schema(f.at(name), "Value must be %s", op.wants)
	}
	return c, true
}
