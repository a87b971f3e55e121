package dynamodb

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// operand is what a condition compares: a path, a constant, or the size of either.
type operand interface {
	// of is the operand's value for an item; false if the item has none.
	of(attributes item) (value, bool)
}

func (p path) of(attributes item) (value, bool) { return p.find(attributes) }

// constant is the value of a :placeholder.
type constant struct{ value value }

func (c constant) of(item) (value, bool) { return c.value, true }

// size is the function of that name.
type size struct{ operand operand }

func (s size) of(attributes item) (value, bool) {
	v, ok := s.operand.of(attributes)
	if !ok {
		return nil, false
	}
	n := 0
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		n = utf8.RuneCountInString(v.Value)
	case *types.AttributeValueMemberB:
		n = len(v.Value)
	case *types.AttributeValueMemberL:
		n = len(v.Value)
	case *types.AttributeValueMemberM:
		n = len(v.Value)
	case *types.AttributeValueMemberSS, *types.AttributeValueMemberNS, *types.AttributeValueMemberBS:
		n = len(setMembers(v))
	default:
		return nil, false
	}
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}, true
}

// operand reads an operand of a condition.
func (p *parser) operand() (operand, error) {
	switch text := p.peek(); {
	case strings.HasPrefix(text, ":"):
		v, err := p.value()
		return constant{v}, err
	case p.ahead(1) == "(":
		if text != "size" {
			return nil, p.notHere(text)
		}
		p.at += 2
		inner, err := p.operand()
		if err != nil {
			return nil, err
		}
		if err := p.allow("size", inner, "S", "B", "SS", "NS", "BS", "L", "M"); err != nil {
			return nil, err
		}
		return size{inner}, p.expect(")")
	}
	return p.path()
}

// notHere refuses a function where an operand should be.
func (p *parser) notHere(function string) error {
	if _, ok := functions[function]; ok {
		return p.invalid("The function is not allowed to be used this way in an expression; function: %s", function)
	}
	return p.invalid("Invalid function name; function: %s", function)
}

// allow refuses a constant whose type the function can't take.
func (p *parser) allow(function string, o operand, allowed ...string) error {
	return p.allowFor("operator or function", function, o, allowed...)
}

func (p *parser) allowFor(what, name string, o operand, allowed ...string) error {
	c, ok := o.(constant)
	if !ok {
		return nil
	}
	kind := typeName(c.value)
	for _, a := range allowed {
		if a == kind {
			return nil
		}
	}
	return p.invalid("Incorrect operand type for operator or function; %s: %s, operand type: %s", what, name, kind)
}
