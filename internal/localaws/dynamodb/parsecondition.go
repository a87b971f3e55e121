package dynamodb

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// condition reads the whole of a condition, filter or key condition expression; without one it is nil.
func (s *scope) condition(e source) (condition, error) {
	if e.text == nil {
		return nil, nil
	}
	p := s.parser(e)
	c, err := p.or()
	if err != nil {
		return nil, err
	}
	return c, p.end()
}

func (p *parser) or() (condition, error) {
	left, err := p.and()
	for err == nil && p.keyword("OR") {
		var right condition
		right, err = p.and()
		left = either{left, right}
	}
	return left, err
}

func (p *parser) and() (condition, error) {
	left, err := p.not()
	for err == nil && p.keyword("AND") {
		var right condition
		right, err = p.not()
		left = both{left, right}
	}
	return left, err
}

func (p *parser) not() (condition, error) {
	if p.keyword("NOT") {
		c, err := p.not()
		return not{c}, err
	}
	if p.keyword("(") {
		c, err := p.or()
		if err != nil {
			return nil, err
		}
		return c, p.expect(")")
	}
	if p.ahead(1) == "(" && p.peek() != "size" {
		return p.call()
	}
	return p.comparison()
}

// call reads a function that is a condition by itself.
func (p *parser) call() (condition, error) {
	name := p.peek()
	count, ok := functions[name]
	if !ok {
		return nil, p.invalid("Invalid function name; function: %s", name)
	}
	p.at++
	arguments, err := p.operands()
	if err != nil {
		return nil, err
	}
	if len(arguments) != count {
		return nil, p.invalid("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, len(arguments))
	}
	if _, isPath := arguments[0].(path); !isPath && strings.HasPrefix(name, "attribute_") {
		return nil, p.invalid("Operator or function requires a document path; operator or function: %s", name)
	}
	switch name {
	case "attribute_type":
		err = p.checkTypeName(arguments[1])
	case "begins_with":
		if err = p.allow(name, arguments[0], "S", "B"); err == nil {
			err = p.allow(name, arguments[1], "S", "B")
		}
	}
	return call{name, arguments}, err
}

func (p *parser) checkTypeName(o operand) error {
	c, ok := o.(constant)
	if !ok {
		return p.invalid("Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}")
	}
	if err := p.allow("attribute_type", o, "S"); err != nil {
		return err
	}
	name := c.value.(*types.AttributeValueMemberS).Value
	if longNames[name] == "" {
		return p.invalid("Invalid attribute type name found; type: %s, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}", name)
	}
	return nil
}

// operands reads a list of operands in brackets.
func (p *parser) operands() ([]operand, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var list []operand
	for {
		o, err := p.operand()
		if err != nil {
			return nil, err
		}
		list = append(list, o)
		if !p.keyword(",") {
			return list, p.expect(")")
		}
	}
}

var ordered = []string{"S", "N", "B"}

// comparison reads a comparison, BETWEEN or IN.
func (p *parser) comparison() (condition, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	switch operator := p.peek(); {
	case slices.Contains([]string{"=", "<>", "<", "<=", ">", ">="}, operator):
		p.at++
		right, err := p.operand()
		if err != nil {
			return nil, err
		}
		if operator != "=" && operator != "<>" {
			for _, o := range []operand{left, right} {
				if err := p.allowFor("operator", operator, o, ordered...); err != nil {
					return nil, err
				}
			}
		}
		return comparison{operator, left, right}, nil
	case p.keyword("BETWEEN"):
		return p.between(left)
	case p.keyword("IN"):
		list, err := p.operands()
		return in{left, list}, err
	}
	return nil, p.syntaxError()
}

func (p *parser) between(o operand) (condition, error) {
	low, err := p.operand()
	if err != nil {
		return nil, err
	}
	if err := p.expect("AND"); err != nil {
		return nil, err
	}
	high, err := p.operand()
	if err != nil {
		return nil, err
	}
	for _, bound := range []operand{o, low, high} {
		if err := p.allowFor("operator", "BETWEEN", bound, ordered...); err != nil {
			return nil, err
		}
	}
	lower, isLower := low.(constant)
	upper, isUpper := high.(constant)
	if isLower && isUpper {
		order, same := compare(lower.value, upper.value)
		if !same {
			return nil, p.invalid("The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: %s, upper bound operand: %s", shown(lower.value), shown(upper.value))
		}
		if order > 0 {
			return nil, p.invalid("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: %s, upper bound operand: %s", shown(lower.value), shown(upper.value))
		}
	}
	return between{o, low, high}, nil
}

// shown is a scalar as DynamoDB's errors write it: AttributeValue: {N:1}.
func shown(v value) string {
	text := ""
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		text = v.Value
	case *types.AttributeValueMemberN:
		text = v.Value
	case *types.AttributeValueMemberB:
		text = string(v.Value)
	}
	return "AttributeValue: {" + typeName(v) + ":" + text + "}"
}
