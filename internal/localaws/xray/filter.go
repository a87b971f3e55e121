package xray

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"bluegreen/internal/localaws/wire"
)

// filter says whether a trace is wanted.
type filter func(*summary) bool

// parseFilter reads a filter expression (X-Ray developer guide, filter expressions): annotation.key, duration,
// responsetime, the booleans and service("name"), joined by AND, OR, ! and parentheses. What else AWS has is refused by
// name.
func parseFilter(text string) (filter, error) {
	if strings.TrimSpace(text) == "" {
		return func(*summary) bool { return true }, nil
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, tokens: tokens}
	wanted, err := p.either()
	if err != nil {
		return nil, err
	}
	if !p.done() {
		return nil, p.wrong("the end, AND or OR")
	}
	return wanted, nil
}

// parser reads tokens from left to right.
type parser struct {
	text   string
	tokens []token
}

func (p *parser) done() bool { return len(p.tokens) == 0 }

// peek is the next token; the zero token is the end.
func (p *parser) peek() token {
	if p.done() {
		return token{at: len(p.text)}
	}
	return p.tokens[0]
}

func (p *parser) next() token {
	t := p.peek()
	if !p.done() {
		p.tokens = p.tokens[1:]
	}
	return t
}

// take reads a word or symbol, if it comes next.
func (p *parser) take(text string) bool {
	if t := p.peek(); t.kind == quotation || !strings.EqualFold(t.text, text) {
		return false
	}
	p.next()
	return true
}

func (p *parser) wrong(want string) error {
	t := p.peek()
	have := "the end"
	if t.text != "" {
		have = strconv.Quote(t.text)
	}
	return invalid("Invalid filter expression: at character %d of %q there is %s; want %s", t.at+1, p.text, have, want)
}

func (p *parser) either() (filter, error) {
	first, err := p.both()
	for err == nil && p.take("OR") {
		var second filter
		if second, err = p.both(); err == nil {
			a, b := first, second
			first = func(s *summary) bool { return a(s) || b(s) }
		}
	}
	return first, err
}

func (p *parser) both() (filter, error) {
	first, err := p.one()
	for err == nil && p.take("AND") {
		var second filter
		if second, err = p.one(); err == nil {
			a, b := first, second
			first = func(s *summary) bool { return a(s) && b(s) }
		}
	}
	return first, err
}

func (p *parser) one() (filter, error) {
	switch {
	case p.take("!"):
		inner, err := p.one()
		if err != nil {
			return nil, err
		}
		return func(s *summary) bool { return !inner(s) }, nil
	case p.take("("):
		inner, err := p.either()
		if err == nil && !p.take(")") {
			err = p.wrong(")")
		}
		return inner, err
	}
	return p.keyword()
}

// booleans are the keywords that are true or false of a trace: of its root segment, as its summary has them.
var booleans = map[string]func(*summary) bool{
	"error":    func(s *summary) bool { return s.root.Error },
	"fault":    func(s *summary) bool { return s.root.Fault },
	"throttle": func(s *summary) bool { return s.root.Throttle },
	"ok":       func(s *summary) bool { return !s.root.Error && !s.root.Fault && !s.root.Throttle },
	"partial":  func(s *summary) bool { return s.partial },
}

// numbers are the keywords that are a number, in seconds.
var numbers = map[string]func(*summary) float64{
	"duration":     func(s *summary) float64 { return s.duration },
	"responsetime": func(s *summary) float64 { return s.responseTime },
}

func (p *parser) keyword() (filter, error) {
	if p.peek().kind != word {
		return nil, p.wrong("a keyword such as annotation.deployment")
	}
	at := p.peek()
	name := p.next().text
	if is, ok := booleans[name]; ok {
		return p.boolean(is)
	}
	if number, ok := numbers[name]; ok {
		compare, err := p.comparison(false)
		return func(s *summary) bool { return compare(number(s)) }, err
	}
	if name == "service" {
		return p.service()
	}
	key, ok := strings.CutPrefix(name, "annotation.")
	if name == "annotation" && p.take("[") {
		key, ok = p.next().text, true
		if !p.take("]") {
			return nil, p.wrong("]")
		}
	}
	if !ok || key == "" {
		return nil, wire.NotModelled("the filter keyword %q at character %d: use annotation.<key>, duration, responsetime, "+
			"error, fault, throttle, ok, partial or service(\"name\")", name, at.at+1)
	}
	return p.annotation(key)
}

func (p *parser) boolean(is func(*summary) bool) (filter, error) {
	for _, operator := range []string{"=", "!="} {
		if !p.take(operator) {
			continue
		}
		value := p.next().text
		if value != "true" && value != "false" {
			return nil, invalid("Invalid filter expression: want true or false after %s in %q", operator, p.text)
		}
		want := (value == "true") == (operator == "=")
		return func(s *summary) bool { return is(s) == want }, nil
	}
	return is, nil
}

// service matches traces that have a segment of that name.
func (p *parser) service() (filter, error) {
	if !p.take("(") || p.peek().kind != quotation {
		return nil, wire.NotModelled("service without the name of a service: use service(\"name\")")
	}
	name := p.next().text
	if !p.take(")") {
		return nil, p.wrong(")")
	}
	if p.peek().text == "{" {
		return nil, wire.NotModelled("a filter within service(\"name\") { … }")
	}
	return func(s *summary) bool {
		return slices.ContainsFunc(s.segments, func(segment Segment) bool { return segment.Name == name })
	}, nil
}

// annotation matches traces with an annotation, or with one of a value.
func (p *parser) annotation(key string) (filter, error) {
	if t := p.peek(); t.kind != symbol || !slices.Contains(operators, t.text) {
		if t.kind != word || !slices.Contains(operators, strings.ToUpper(t.text)) {
			return func(s *summary) bool { return len(s.annotations[key]) > 0 }, nil
		}
	}
	compare, err := p.comparison(true)
	if err != nil {
		return nil, err
	}
	return func(s *summary) bool {
		return slices.ContainsFunc(s.annotations[key], func(m marked) bool { return compare(m.value) })
	}, nil
}

// operators of comparisons; those of texts are words.
var operators = []string{"=", "!=", "<", "<=", ">", ">=", "CONTAINS", "BEGINSWITH", "ENDSWITH"}

// comparison reads an operator and a value, and returns whether another value of the same kind compares so.
func (p *parser) comparison(texts bool) (func(any) bool, error) {
	operator := strings.ToUpper(p.peek().text)
	if p.peek().kind == quotation || !slices.Contains(operators, operator) {
		return nil, p.wrong("one of " + strings.Join(operators, " "))
	}
	p.next()
	value := p.peek()
	if number, err := strconv.ParseFloat(value.text, 64); value.kind == word && err == nil {
		p.next()
		return func(have any) bool {
			other, ok := have.(float64)
			return ok && ordered(cmp.Compare(other, number), operator)
		}, nil
	}
	if texts && value.kind == word && (value.text == "true" || value.text == "false") {
		p.next()
		return func(have any) bool { return ordered(cmp.Compare(boolText(have), value.text), operator) }, nil
	}
	if !texts || value.kind != quotation {
		return nil, p.wrong("a number, or a text in double quotes")
	}
	p.next()
	return func(have any) bool {
		other, ok := have.(string)
		return ok && alike(other, value.text, operator)
	}, nil
}

func boolText(value any) string {
	if b, ok := value.(bool); ok {
		return strconv.FormatBool(b)
	}
	return ""
}

func ordered(c int, operator string) bool {
	switch operator {
	case "=":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	}
	return false
}

func alike(have, want, operator string) bool {
	switch operator {
	case "CONTAINS":
		return strings.Contains(have, want)
	case "BEGINSWITH":
		return strings.HasPrefix(have, want)
	case "ENDSWITH":
		return strings.HasSuffix(have, want)
	}
	return ordered(cmp.Compare(have, want), operator)
}
