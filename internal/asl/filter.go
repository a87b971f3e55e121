package asl

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// filter is the condition of a [?(…)] segment.
type filter interface {
	// holds tells whether the condition holds for one item; root is the document that the path starts from.
	holds(item, root any) bool
}

type filterAnd []filter

func (f filterAnd) holds(item, root any) bool {
	return !slices.ContainsFunc(f, func(each filter) bool { return !each.holds(item, root) })
}

type filterOr []filter

func (f filterOr) holds(item, root any) bool {
	return slices.ContainsFunc(f, func(each filter) bool { return each.holds(item, root) })
}

type filterNot struct{ filter filter }

func (f filterNot) holds(item, root any) bool { return !f.filter.holds(item, root) }

// filterTest is a comparison, or with an empty operator the question whether the left side exists.
type filterTest struct {
	left, right operand
	operator    string
}

// operand is a literal, a path, or a regular expression.
type operand struct {
	literal any
	path    *jsonPath
	pattern *regexp.Regexp
}

func (o operand) value(item, root any) (any, bool) {
	if o.path == nil {
		return o.literal, true
	}
	if o.path.root == rootCurrent {
		root = item
	}
	return o.path.selectFrom(root)
}

func (f filterTest) holds(item, root any) bool {
	left, exists := f.left.value(item, root)
	if f.operator == "" {
		return exists
	}
	if f.operator == "=~" {
		text, isString := left.(string)
		return isString && f.right.pattern.MatchString(text)
	}
	right, rightExists := f.right.value(item, root)
	if !exists || !rightExists {
		return f.operator == "!=" && exists != rightExists
	}
	return filterOperators[f.operator](left, right)
}

// filterOperators are those of Jayway's filters, but for =~.
var filterOperators = map[string]func(left, right any) bool{
	"==":       equal,
	"===":      equal,
	"!=":       func(left, right any) bool { return !equal(left, right) },
	"<":        func(left, right any) bool { order, ok := ordered(left, right); return ok && order < 0 },
	"<=":       func(left, right any) bool { order, ok := ordered(left, right); return ok && order <= 0 },
	">":        func(left, right any) bool { order, ok := ordered(left, right); return ok && order > 0 },
	">=":       func(left, right any) bool { order, ok := ordered(left, right); return ok && order >= 0 },
	"in":       func(left, right any) bool { return contains(right, left) },
	"nin":      func(left, right any) bool { return !contains(right, left) },
	"contains": contains,
	"subsetof": func(left, right any) bool { return matching(left, right) == lengthOf(left) },
	"anyof":    func(left, right any) bool { return matching(left, right) > 0 },
	"noneof":   func(left, right any) bool { return matching(left, right) == 0 },
	"size":     func(left, right any) bool { return equal(intNumber(int64(lengthOf(left))), right) },
	"empty":    func(left, right any) bool { return equal(lengthOf(left) == 0, right) },
}

func ordered(left, right any) (int, bool) {
	switch left := left.(type) {
	case number:
		right, ok := right.(number)
		return left.compare(right), ok
	case string:
		right, ok := right.(string)
		return strings.Compare(left, right), ok
	}
	return 0, false
}

func contains(whole, part any) bool {
	switch whole := whole.(type) {
	case []any:
		return slices.ContainsFunc(whole, func(item any) bool { return equal(item, part) })
	case string:
		text, isString := part.(string)
		return isString && strings.Contains(whole, text)
	}
	return false
}

// matching counts the items of left that are in right.
func matching(left, right any) int {
	items, _ := left.([]any)
	n := 0
	for _, item := range items {
		if contains(right, item) {
			n++
		}
	}
	return n
}

// lengthOf is the length of an array, an object or a string, and -1 for anything else.
func lengthOf(v any) int {
	switch v := v.(type) {
	case []any:
		return len(v)
	case *object:
		return len(v.members)
	case string:
		return utf8.RuneCountInString(v)
	}
	return -1
}

// filter reads the parenthesised condition after "?".
func (p *pathParser) filter() (filter, error) {
	p.spaces()
	if p.peek() != '(' {
		return nil, p.errorf("( is missing after ?")
	}
	outer := p.inside
	p.inside = true
	defer func() { p.inside = outer }()
	return p.filterTerm()
}

func (p *pathParser) filterOr() (filter, error) {
	return p.filterChain("||", func() (filter, error) {
		return p.filterChain("&&", p.filterTerm, func(each []filter) filter { return filterAnd(each) })
	}, func(each []filter) filter { return filterOr(each) })
}

func (p *pathParser) filterChain(operator string, part func() (filter, error), join func([]filter) filter) (filter, error) {
	var parts []filter
	for {
		f, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, f)
		p.spaces()
		if !p.accept(operator) {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return join(parts), nil
}

func (p *pathParser) filterTerm() (filter, error) {
	p.spaces()
	switch {
	case p.accept("!"):
		f, err := p.filterTerm()
		return filterNot{f}, err
	case p.accept("("):
		f, err := p.filterOr()
		if err != nil {
			return nil, err
		}
		p.spaces()
		if !p.accept(")") {
			return nil, p.errorf(") is missing")
		}
		return f, nil
	}
	return p.filterTest()
}

// filterSigns are the operators; a longer one stands before its own beginning.
var filterSigns = []string{"===", "==", "!=", "<=", ">=", "=~", "<", ">", "subsetof", "contains", "noneof", "anyof", "empty", "size", "nin", "in"}

func (p *pathParser) filterTest() (filter, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	p.spaces()
	test := filterTest{left: left}
	for _, sign := range filterSigns {
		if p.accept(sign) {
			test.operator = sign
			p.spaces()
			test.right, err = p.operand()
			break
		}
	}
	if (test.operator == "=~") != (test.right.pattern != nil) && err == nil {
		err = p.errorf("=~ and a /pattern/ belong together")
	}
	return test, err
}

func (p *pathParser) operand() (operand, error) {
	switch c := p.peek(); {
	case c == '$' || c == '@':
		path, err := p.path()
		return operand{path: path}, err
	case c == '\'' || c == '"':
		text, err := p.quoted()
		return operand{literal: text}, err
	case c == '/':
		return p.pattern()
	}
	start, depth := p.at, 0
	for p.at < len(p.text) && (depth > 0 || strings.IndexByte(" )&|=<>!", p.peek()) < 0) {
		switch p.peek() {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		p.at++
	}
	value, err := decode([]byte(strings.ReplaceAll(p.text[start:p.at], "'", `"`)))
	if err != nil {
		return operand{}, p.errorf("%q is neither a path nor a value", p.text[start:p.at])
	}
	return operand{literal: value}, nil
}

// pattern reads /regular expression/flags.
func (p *pathParser) pattern() (operand, error) {
	start := p.at + 1
	for p.at++; p.peek() != '/'; p.at++ {
		if p.at >= len(p.text) {
			return operand{}, p.errorf("the pattern does not end")
		}
		if p.peek() == '\\' {
			p.at++
		}
	}
	expression := p.text[start:p.at]
	p.at++
	flags := p.variable()
	if flags != "" {
		expression = "(?" + flags + ")" + expression
	}
	pattern, err := regexp.Compile("^(?:" + expression + ")$")
	if err != nil {
		return operand{}, p.errorf("%v", err)
	}
	return operand{pattern: pattern}, nil
}
