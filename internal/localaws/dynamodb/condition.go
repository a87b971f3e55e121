package dynamodb

import (
	"bytes"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// condition is what a condition, filter or key condition expression says about an item.
type condition interface{ holds(attributes item) bool }

type (
	both       struct{ left, right condition }
	either     struct{ left, right condition }
	not        struct{ condition condition }
	comparison struct {
		operator    string
		left, right operand
	}
	between struct{ operand, low, high operand }
	in      struct {
		operand operand
		list    []operand
	}
	call struct {
		function  string
		arguments []operand
	}
)

func (c both) holds(i item) bool   { return c.left.holds(i) && c.right.holds(i) }
func (c either) holds(i item) bool { return c.left.holds(i) || c.right.holds(i) }
func (c not) holds(i item) bool    { return !c.condition.holds(i) }

// holds: what is missing equals nothing and differs from everything.
func (c comparison) holds(i item) bool {
	left, hasLeft := c.left.of(i)
	right, hasRight := c.right.of(i)
	if !hasLeft || !hasRight {
		return c.operator == "<>"
	}
	switch c.operator {
	case "=":
		return equal(left, right)
	case "<>":
		return !equal(left, right)
	}
	order, ok := compare(left, right)
	if !ok {
		return false
	}
	switch c.operator {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

func (c between) holds(i item) bool {
	return comparison{">=", c.operand, c.low}.holds(i) && comparison{"<=", c.operand, c.high}.holds(i)
}

func (c in) holds(i item) bool {
	return slices.ContainsFunc(c.list, func(o operand) bool { return comparison{"=", c.operand, o}.holds(i) })
}

// functions are the number of arguments of each.
var functions = map[string]int{
	"attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2, "size": 1,
}

func (c call) holds(i item) bool {
	first, ok := c.arguments[0].of(i)
	switch c.function {
	case "attribute_exists":
		return ok
	case "attribute_not_exists":
		return !ok
	}
	second, hasSecond := c.arguments[1].of(i)
	if !ok || !hasSecond {
		return false
	}
	switch c.function {
	case "attribute_type":
		return typeName(first) == second.(*types.AttributeValueMemberS).Value
	case "begins_with":
		return beginsWith(first, second)
	}
	return contains(first, second)
}

func beginsWith(v, prefix value) bool {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		prefix, ok := prefix.(*types.AttributeValueMemberS)
		return ok && strings.HasPrefix(v.Value, prefix.Value)
	case *types.AttributeValueMemberB:
		prefix, ok := prefix.(*types.AttributeValueMemberB)
		return ok && bytes.HasPrefix(v.Value, prefix.Value)
	}
	return false
}

func contains(v, part value) bool {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		part, ok := part.(*types.AttributeValueMemberS)
		return ok && strings.Contains(v.Value, part.Value)
	case *types.AttributeValueMemberB:
		part, ok := part.(*types.AttributeValueMemberB)
		return ok && bytes.Contains(v.Value, part.Value)
	case *types.AttributeValueMemberL:
		return slices.ContainsFunc(v.Value, func(element value) bool { return equal(element, part) })
	case *types.AttributeValueMemberSS, *types.AttributeValueMemberNS, *types.AttributeValueMemberBS:
		members := setMembers(v)
		if typeName(v) != typeName(part)+"S" {
			return false
		}
		switch part := part.(type) {
		case *types.AttributeValueMemberS:
			return slices.Contains(members, part.Value)
		case *types.AttributeValueMemberN:
			return slices.Contains(members, part.Value)
		case *types.AttributeValueMemberB:
			return slices.Contains(members, string(part.Value))
		}
	}
	return false
}
