package dynamodb

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// scope are the placeholders of one request, and which of them its expressions used.
type scope struct {
	names      map[string]string
	values     map[string]value
	usedNames  map[string]bool
	usedValues map[string]bool
}

// source is one expression of a request with the parameter that it came in; a nil text is none.
type source struct {
	parameter string
	text      *string
}

// newScope checks the placeholders that came with the expressions.
func newScope(names map[string]string, values map[string]value, expressions ...source) (*scope, error) {
	s := &scope{names: names, usedNames: map[string]bool{}, usedValues: map[string]bool{}}
	var takesValues []string
	given, withValues := 0, 0
	for _, e := range expressions {
		if e.parameter != "ProjectionExpression" {
			takesValues = append(takesValues, e.parameter)
		}
		switch {
		case e.text == nil:
			continue
		case *e.text == "":
			return nil, invalid("Invalid %s: The expression can not be empty;", e.parameter)
		case e.parameter != "ProjectionExpression":
			withValues++
		}
		given++
	}
	if names != nil && given == 0 {
		return nil, invalid("ExpressionAttributeNames can only be specified when using expressions")
	}
	if values != nil && withValues == 0 {
		return nil, invalid("ExpressionAttributeValues can only be specified when using expressions: %s", areNull(takesValues))
	}
	if names != nil && len(names) == 0 {
		return nil, invalid("ExpressionAttributeNames must not be empty")
	}
	if values != nil && len(values) == 0 {
		return nil, invalid("ExpressionAttributeValues must not be empty")
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !placeholder(name, '#') {
			return nil, invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"%s\"", name)
		}
	}
	return s, s.take(values)
}

func areNull(parameters []string) string {
	verb := " is null"
	if len(parameters) > 1 {
		verb = " are null"
	}
	return strings.Join(parameters, " and ") + verb
}

func (s *scope) take(values map[string]value) error {
	s.values = make(map[string]value, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !placeholder(name, ':') {
			return invalid("ExpressionAttributeValues contains invalid key: Syntax error; key: \"%s\"", name)
		}
		cleaned, err := clean(values[name], 0)
		var bad *badNumber
		if errors.As(err, &bad) {
			bad.placeholder = name
			return bad
		}
		if err != nil {
			return badPlaceholder(name, err)
		}
		s.values[name] = cleaned
	}
	return nil
}

func placeholder(name string, sign byte) bool {
	tokens := tokenize(name)
	return len(tokens) == 1 && tokens[0].text == name && name[0] == sign && len(name) > 1
}

// unused refuses placeholders that no expression used.
func (s *scope) unused() error {
	for _, check := range []struct {
		parameter string
		given     []string
		used      map[string]bool
	}{
		{"ExpressionAttributeNames", slices.Sorted(maps.Keys(s.names)), s.usedNames},
		{"ExpressionAttributeValues", slices.Sorted(maps.Keys(s.values)), s.usedValues},
	} {
		var rest []string
		for _, name := range check.given {
			if !check.used[name] {
				rest = append(rest, name)
			}
		}
		if rest != nil {
			return invalid("Value provided in %s unused in expressions: keys: {%s}", check.parameter, strings.Join(rest, ", "))
		}
	}
	return nil
}

// parser reads one expression.
type parser struct {
	*scope
	parameter string
	text      string
	tokens    []token
	at        int
}

func (s *scope) parser(e source) *parser {
	text := aws.ToString(e.text)
	return &parser{scope: s, parameter: e.parameter, text: text, tokens: tokenize(text)}
}

// peek is the text of the next token, or "" at the end.
func (p *parser) peek() string { return p.ahead(0) }

func (p *parser) ahead(n int) string {
	if p.at+n < len(p.tokens) {
		return p.tokens[p.at+n].text
	}
	return ""
}

// keyword takes the next token if it is word, in any case.
func (p *parser) keyword(word string) bool {
	if strings.EqualFold(p.peek(), word) {
		p.at++
		return true
	}
	return false
}

// expect takes the next token, which must be sign.
func (p *parser) expect(sign string) error {
	if !p.keyword(sign) {
		return p.syntaxError()
	}
	return nil
}

// end refuses what is left of the expression.
func (p *parser) end() error {
	if p.at < len(p.tokens) {
		return p.syntaxError()
	}
	return nil
}

// syntaxError names the next token and its neighbours.
func (p *parser) syntaxError() error {
	if len(p.tokens) == 0 {
		return p.invalid("The expression can not be empty;")
	}
	from, to := max(p.at-1, 0), min(p.at+1, len(p.tokens)-1)
	text := "<EOF>"
	if p.at < len(p.tokens) {
		text = p.tokens[p.at].text
	}
	return p.invalid("Syntax error; token: \"%s\", near: \"%s\"", text, p.text[p.tokens[from].start:p.tokens[to].end])
}

func (p *parser) invalid(format string, args ...any) error {
	return invalid("Invalid "+p.parameter+": "+format, args...)
}
