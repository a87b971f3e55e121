package asl

import (
	"fmt"
	"strings"
)

// functionCall is a call of an intrinsic function.
type functionCall struct {
	function  intrinsic
	arguments []argument
}

// argument is a literal, a path or a nested call.
type argument struct {
	literal any
	raw     string // of a string literal: its text with the escapes in place, as States.Format needs it
	path    *jsonPath
	call    *functionCall
}

// value calls the function; the cause of an error still lacks the expression that it happened in.
func (c *functionCall) value(s *scope) (any, *stateError) {
	values := make([]any, len(c.arguments))
	for i, a := range c.arguments {
		var failed *stateError
		if values[i], failed = a.value(s); failed != nil {
			return nil, failed
		}
	}
	if c.function.name == "States.Format" && c.arguments[0].raw != "" {
		values[0] = c.arguments[0].raw
	}
	result, err := c.function.apply(s, values)
	if err != nil {
		return nil, namedError(errorIntrinsicFailure, "%s: %s", c.function.name, err)
	}
	return result, nil
}

func (a argument) value(s *scope) (any, *stateError) {
	switch {
	case a.call != nil:
		return a.call.value(s)
	case a.path != nil:
		value, err := s.evaluate(a.path)
		if err != nil {
			return nil, runtimeError("The JsonPath argument for the field '%s' could not be found in the input '%s'", a.path.text, s.input.text)
		}
		return value, nil
	}
	return a.literal, nil
}

// maxNesting is how deep intrinsic functions may be nested (developer guide, intrinsic functions).
const maxNesting = 10

// parseCall reads a whole call.
func parseCall(text string) (*functionCall, error) {
	p := &pathParser{text: text, inside: true}
	call, err := p.call(1)
	p.spaces()
	if err == nil && p.at < len(text) {
		err = p.errorf("unexpected %q", text[p.at:])
	}
	return call, err
}

func (p *pathParser) call(depth int) (*functionCall, error) {
	p.spaces()
	start := p.at
	for isNameStart(p.peek()) || p.peek() == '.' || p.peek() >= '0' && p.peek() <= '9' {
		p.at++
	}
	name := p.text[start:p.at]
	function, known := intrinsics[name]
	if !known {
		return nil, p.errorf("%q is neither a path nor an intrinsic function", name)
	}
	if depth > maxNesting {
		return nil, p.errorf("intrinsic functions are nested more than %d deep", maxNesting)
	}
	if !p.accept("(") {
		return nil, p.errorf("( is missing")
	}
	call := &functionCall{function: function}
	for p.spaces(); !p.accept(")"); p.spaces() {
		if len(call.arguments) > 0 && !p.accept(",") {
			return nil, p.errorf(", or ) is missing")
		}
		a, err := p.argument(depth)
		if err != nil {
			return nil, err
		}
		call.arguments = append(call.arguments, a)
	}
	if n := len(call.arguments); n < function.least || n > function.most {
		return nil, p.errorf("%s takes %s, not %d arguments", name, function.takes(), n)
	}
	return call, nil
}

func (f intrinsic) takes() string {
	switch {
	case f.least == f.most:
		return fmt.Sprint(f.least)
	case f.most == anyNumber:
		return fmt.Sprintf("at least %d", f.least)
	}
	return fmt.Sprintf("%d to %d", f.least, f.most)
}

func (p *pathParser) argument(depth int) (argument, error) {
	p.spaces()
	switch c := p.peek(); {
	case c == '\'':
		raw, err := p.literal()
		return argument{literal: unescape(raw), raw: raw}, err
	case c == '$':
		path, err := p.path()
		return argument{path: path}, err
	case strings.HasPrefix(p.text[p.at:], "States."):
		call, err := p.call(depth + 1)
		return argument{call: call}, err
	}
	start := p.at
	for p.at < len(p.text) && strings.IndexByte(",) ", p.peek()) < 0 {
		p.at++
	}
	value, err := decode([]byte(p.text[start:p.at]))
	switch value.(type) {
	case string, []any, *object:
		err = errNotJSON
	}
	if err != nil {
		return argument{}, p.errorf("%q is not an argument; a string stands in single quotes", p.text[start:p.at])
	}
	return argument{literal: value}, nil
}

// literal reads a string in single quotes and keeps its escapes.
func (p *pathParser) literal() (string, error) {
	start := p.at + 1
	for p.at = start; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\'':
			p.at++
			return p.text[start : p.at-1], nil
		case '\\':
			p.at++
			if strings.IndexByte(`'\{}`, p.peek()) < 0 {
				return "", p.errorf(`a backslash may stand only before ', {, } and \`)
			}
		}
	}
	return "", p.errorf("the string does not end")
}

// unescape drops the backslash of each escape.
func unescape(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	var s strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) {
			i++
		}
		s.WriteByte(raw[i])
	}
	return s.String()
}
