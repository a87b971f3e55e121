package dynamodb

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// value is an attribute's value, and item the attributes of an item, by name.
type (
	value = types.AttributeValue
	item  = map[string]types.AttributeValue
)

// typeName is the name that a value's type has on the wire.
func typeName(v value) string {
	switch v.(type) {
	case *types.AttributeValueMemberS:
		return "S"
	case *types.AttributeValueMemberN:
		return "N"
	case *types.AttributeValueMemberB:
		return "B"
	case *types.AttributeValueMemberBOOL:
		return "BOOL"
	case *types.AttributeValueMemberNULL:
		return "NULL"
	case *types.AttributeValueMemberL:
		return "L"
	case *types.AttributeValueMemberM:
		return "M"
	case *types.AttributeValueMemberSS:
		return "SS"
	case *types.AttributeValueMemberNS:
		return "NS"
	case *types.AttributeValueMemberBS:
		return "BS"
	}
	return ""
}

// longNames are the types' names in the texts of errors.
var longNames = map[string]string{
	"S": "STRING", "N": "NUMBER", "B": "BINARY", "BOOL": "BOOLEAN", "NULL": "NULL", "L": "LIST", "M": "MAP",
	"SS": "STRING_SET", "NS": "NUMBER_SET", "BS": "BINARY_SET",
}

// clean checks a value that a client sent and returns a copy of its own with numbers in their normal form.
func clean(v value, depth int) (value, error) {
	if depth > 32 {
		return nil, invalid("Nesting Levels have exceeded supported limits: Attributes have nested levels beyond supported limit")
	}
	switch v := v.(type) {
	case nil:
		return nil, invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	case *types.AttributeValueMemberN:
		n, err := readNumber(v.Value)
		if err != nil {
			return nil, err
		}
		return &types.AttributeValueMemberN{Value: n.String()}, nil
	case *types.AttributeValueMemberNULL:
		if !v.Value {
			return nil, invalid("One or more parameter values were invalid: Null attribute value types must have the value of true")
		}
		return v, nil
	case *types.AttributeValueMemberL:
		list := make([]value, len(v.Value))
		for i, element := range v.Value {
			var err error
			if list[i], err = clean(element, depth+1); err != nil {
				return nil, err
			}
		}
		return &types.AttributeValueMemberL{Value: list}, nil
	case *types.AttributeValueMemberM:
		cleaned, err := cleanItem(v.Value, depth+1)
		return &types.AttributeValueMemberM{Value: cleaned}, err
	case *types.AttributeValueMemberSS, *types.AttributeValueMemberNS, *types.AttributeValueMemberBS:
		return cleanSet(v)
	}
	return v, nil
}

func cleanItem(attributes item, depth int) (item, error) {
	cleaned := make(item, len(attributes))
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		var err error
		if cleaned[name], err = clean(attributes[name], depth); err != nil {
			return nil, err
		}
	}
	return cleaned, nil
}

func cleanSet(v value) (value, error) {
	members := setMembers(v)
	if len(members) == 0 {
		kind := map[string]string{"SS": "string", "NS": "number", "BS": "binary"}[typeName(v)]
		return nil, invalid("One or more parameter values were invalid: An %s set  may not be empty", kind)
	}
	if numbers, ok := v.(*types.AttributeValueMemberNS); ok {
		members = make([]string, len(numbers.Value))
		for i, text := range numbers.Value {
			n, err := readNumber(text)
			if err != nil {
				return nil, err
			}
			members[i] = n.String()
		}
	}
	unique := slices.Compact(slices.Sorted(slices.Values(members)))
	if len(unique) < len(members) {
		return nil, invalid("One or more parameter values were invalid: Input collection [%s] contains duplicates.", strings.Join(members, ", "))
	}
	return setOf(typeName(v), members), nil
}

// setMembers are the members of a set, or nil for another type.
func setMembers(v value) []string {
	switch v := v.(type) {
	case *types.AttributeValueMemberSS:
		return v.Value
	case *types.AttributeValueMemberNS:
		return v.Value
	case *types.AttributeValueMemberBS:
		members := make([]string, len(v.Value))
		for i, blob := range v.Value {
			members[i] = string(blob)
		}
		return members
	}
	return nil
}

// setOf is a set of the named type, in order, as DynamoDB gives sets back.
func setOf(name string, members []string) value {
	members = slices.Clone(members)
	switch name {
	case "NS":
		sort.Slice(members, func(i, j int) bool { return numberOf(members[i]).compare(numberOf(members[j])) < 0 })
		return &types.AttributeValueMemberNS{Value: members}
	case "BS":
		sort.Strings(members)
		blobs := make([][]byte, len(members))
		for i, member := range members {
			blobs[i] = []byte(member)
		}
		return &types.AttributeValueMemberBS{Value: blobs}
	}
	sort.Strings(members)
	return &types.AttributeValueMemberSS{Value: members}
}

// numberOf reads a number that clean has let in.
func numberOf(text string) number {
	n, err := parseNumber(text)
	if err != nil {
		panic("dynamodb: a stored number is none: " + text)
	}
	return n
}

// equal reports whether two clean values are the same.
func equal(a, b value) bool {
	if typeName(a) != typeName(b) {
		return false
	}
	switch a := a.(type) {
	case *types.AttributeValueMemberBOOL:
		return a.Value == b.(*types.AttributeValueMemberBOOL).Value
	case *types.AttributeValueMemberNULL:
		return true
	case *types.AttributeValueMemberL:
		return slices.EqualFunc(a.Value, b.(*types.AttributeValueMemberL).Value, equal)
	case *types.AttributeValueMemberM:
		return maps.EqualFunc(a.Value, b.(*types.AttributeValueMemberM).Value, equal)
	case *types.AttributeValueMemberSS, *types.AttributeValueMemberNS, *types.AttributeValueMemberBS:
		return slices.Equal(slices.Sorted(slices.Values(setMembers(a))), slices.Sorted(slices.Values(setMembers(b))))
	}
	order, _ := compare(a, b)
	return order == 0
}

// compare orders two strings, two numbers or two blobs; ok is false for anything else.
func compare(a, b value) (order int, ok bool) {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		if b, same := b.(*types.AttributeValueMemberS); same {
			return cmp.Compare(a.Value, b.Value), true
		}
	case *types.AttributeValueMemberN:
		if b, same := b.(*types.AttributeValueMemberN); same {
			return numberOf(a.Value).compare(numberOf(b.Value)), true
		}
	case *types.AttributeValueMemberB:
		if b, same := b.(*types.AttributeValueMemberB); same {
			return bytes.Compare(a.Value, b.Value), true
		}
	}
	return 0, false
}

// copyItem is a deep copy of what may change: maps and lists. Scalars and sets are replaced, never changed.
func copyItem(attributes item) item {
	if attributes == nil {
		return nil
	}
	copied := make(item, len(attributes))
	for name, v := range attributes {
		copied[name] = copyValue(v)
	}
	return copied
}

func copyValue(v value) value {
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		return &types.AttributeValueMemberM{Value: copyItem(v.Value)}
	case *types.AttributeValueMemberL:
		list := make([]value, len(v.Value))
		for i, element := range v.Value {
			list[i] = copyValue(element)
		}
		return &types.AttributeValueMemberL{Value: list}
	}
	return v
}

// maxItem is the largest item, in bytes, names included.
const maxItem = 400 << 10

// itemSize is an item's size as DynamoDB counts it.
func itemSize(attributes item) int {
	size := 0
	for name, v := range attributes {
		size += len(name) + valueSize(v)
	}
	return size
}

func valueSize(v value) int {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return numberSize(v.Value)
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberNS:
		size := 0
		for _, text := range v.Value {
			size += numberSize(text)
		}
		return size
	case *types.AttributeValueMemberSS, *types.AttributeValueMemberBS:
		size := 0
		for _, member := range setMembers(v) {
			size += len(member)
		}
		return size
	case *types.AttributeValueMemberL:
		size := 3
		for _, element := range v.Value {
			size += 1 + valueSize(element)
		}
		return size
	case *types.AttributeValueMemberM:
		return 3 + len(v.Value) + itemSize(v.Value)
	}
	return 1
}

// numberSize: one byte for two significant digits, and one.
func numberSize(text string) int {
	return (len(strings.TrimLeft(numberOf(text).digits.String(), "-"))+1)/2 + 1
}
