package asl

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
)

// scope is what paths and intrinsic functions may refer to.
type scope struct {
	input     document       // $
	context   func() *object // $$
	variables *variables
	random    func(func(*rand.Rand)) // draws from the execution's randomness
}

// evaluate gives the value of a path; an error is worded as AWS's JSONPath library does.
func (s *scope) evaluate(p *jsonPath) (any, error) {
	switch p.root {
	case rootContext:
		return p.evaluate(s.context())
	case rootVariable:
		value, assigned := s.variables.lookup(p.variable)
		if !assigned {
			return nil, fmt.Errorf("variable $%s is not defined", p.variable)
		}
		return p.evaluate(value)
	default:
		return p.evaluate(s.input.value)
	}
}

// expression is a path or an intrinsic function where a definition may have either.
type expression struct {
	text string
	path *jsonPath     // or
	call *functionCall // this
}

func parseExpression(text string) (expression, error) {
	if strings.HasPrefix(text, "$") {
		path, err := parsePath(text)
		return expression{text: text, path: path}, err
	}
	call, err := parseCall(text)
	return expression{text: text, call: call}, err
}

// value evaluates an expression that stands in the named field.
func (e expression) value(s *scope, field string) (any, *stateError) {
	if e.call != nil {
		value, failed := e.call.value(s)
		if failed != nil {
			failed.Cause = "The function '" + e.text + "' had the following error: " + failed.Cause
		}
		return value, failed
	}
	value, err := s.evaluate(e.path)
	if errors.As(err, new(beyondArray)) {
		return nil, nil // AWS gives null here, and fails only for names that are missing
	}
	if err != nil {
		return nil, runtimeError("The JSONPath '%s' specified for the field '%s' could not be found in the input '%s'", e.text, field, s.input.text)
	}
	return value, nil
}

// template is a payload template: JSON in which fields named "….$" hold expressions.
type template interface {
	render(s *scope) (any, *stateError)
}

type literalTemplate struct{ value any }

func (t literalTemplate) render(*scope) (any, *stateError) { return t.value, nil }

type arrayTemplate []template

func (t arrayTemplate) render(s *scope) (any, *stateError) {
	items := make([]any, len(t))
	for i, each := range t {
		var failed *stateError
		if items[i], failed = each.render(s); failed != nil {
			return nil, failed
		}
	}
	return items, nil
}

type objectTemplate []fieldTemplate

// fieldTemplate is a field with a template or an expression.
type fieldTemplate struct {
	name       string // without ".$"
	template   template
	expression expression
}

func (t objectTemplate) render(s *scope) (any, *stateError) {
	o := newObject()
	for _, field := range t {
		value, failed := field.render(s)
		if failed != nil {
			return nil, failed
		}
		o.set(field.name, value)
	}
	return o, nil
}

func (f fieldTemplate) render(s *scope) (any, *stateError) {
	if f.template != nil {
		return f.template.render(s)
	}
	return f.expression.value(s, f.name+".$")
}

// parseTemplate reads a payload template; problems are told to report with the place of the field.
func parseTemplate(value any, place string, report func(place, text string)) template {
	switch value := value.(type) {
	case []any:
		items := make(arrayTemplate, len(value))
		for i, item := range value {
			items[i] = parseTemplate(item, fmt.Sprintf("%s[%d]", place, i), report)
		}
		return items
	case *object:
		fields := make(objectTemplate, 0, len(value.members))
		for _, m := range value.members {
			at := place + "/" + m.name
			name, isExpression := strings.CutSuffix(m.name, ".$")
			if !isExpression {
				fields = append(fields, fieldTemplate{name: name, template: parseTemplate(m.value, at, report)})
				continue
			}
			text, isString := m.value.(string)
			parsed, err := parseExpression(text)
			if !isString || err != nil {
				report(at, fmt.Sprintf("The value for the field '%s' must be a valid JSONPath or a valid intrinsic function call", m.name)+detail(err))
				continue
			}
			fields = append(fields, fieldTemplate{name: name, expression: parsed})
		}
		return fields
	}
	return literalTemplate{value}
}

func detail(err error) string {
	if err == nil {
		return ""
	}
	return " (" + err.Error() + ")"
}
