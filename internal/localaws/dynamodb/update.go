package dynamodb

import (
	"slices"
	"sort"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// term is what an assignment gives to a path; it sees the item as it was before the update.
type term interface {
	from(before item) (value, error)
}

type (
	constantTerm struct{ value value }
	pathTerm     struct{ path path }
	sum          struct {
		left, right term
		minus       bool
	}
	ifNotExists struct {
		path  pathTerm
		other term
	}
	listAppend struct{ left, right term }
)

func (t constantTerm) from(item) (value, error) { return t.value, nil }

func (t pathTerm) from(before item) (value, error) {
	v, ok := t.path.find(before)
	if !ok {
		return nil, invalid("The provided expression refers to an attribute that does not exist in the item")
	}
	return v, nil
}

func (t ifNotExists) from(before item) (value, error) {
	if v, ok := t.path.path.find(before); ok {
		return v, nil
	}
	return t.other.from(before)
}

var errOperand = invalid("An operand in the update expression has an incorrect data type")

func (t sum) from(before item) (value, error) {
	left, err := t.left.from(before)
	if err != nil {
		return nil, err
	}
	right, err := t.right.from(before)
	if err != nil {
		return nil, err
	}
	a, isNumber := left.(*types.AttributeValueMemberN)
	b, isNumberToo := right.(*types.AttributeValueMemberN)
	if !isNumber || !isNumberToo {
		return nil, errOperand
	}
	other := numberOf(b.Value)
	if t.minus {
		other = other.negative()
	}
	total, err := numberOf(a.Value).add(other)
	return &types.AttributeValueMemberN{Value: total.String()}, err
}

func (t listAppend) from(before item) (value, error) {
	left, err := t.left.from(before)
	if err != nil {
		return nil, err
	}
	right, err := t.right.from(before)
	if err != nil {
		return nil, err
	}
	a, isList := left.(*types.AttributeValueMemberL)
	b, isListToo := right.(*types.AttributeValueMemberL)
	if !isList || !isListToo {
		return nil, errOperand
	}
	return &types.AttributeValueMemberL{Value: slices.Concat(a.Value, b.Value)}, nil
}

// apply returns the item after the update; before stays as it is.
func (u *update) apply(before item) (item, error) {
	after := copyItem(before)
	values := make([]value, len(u.sets))
	for i, set := range u.sets {
		var err error
		if values[i], err = set.term.from(before); err != nil {
			return nil, err
		}
	}
	for i, set := range u.sets {
		if err := put(after, set.path, copyValue(values[i])); err != nil {
			return nil, err
		}
	}
	// The last first: an index means the list as it was.
	removes := slices.Clone(u.removes)
	sort.SliceStable(removes, func(i, j int) bool { return later(removes[i], removes[j]) })
	for _, target := range removes {
		if err := drop(after, target); err != nil {
			return nil, err
		}
	}
	for _, c := range u.adds {
		if err := c.add(after); err != nil {
			return nil, err
		}
	}
	for _, c := range u.deletes {
		if err := c.delete(after); err != nil {
			return nil, err
		}
	}
	return after, nil
}

func later(a, b path) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i].index > b[i].index
		}
	}
	return false
}

var errPath = invalid("The document path provided in the update expression is invalid for update")

// holder returns what the path's last step leads into.
func holder(attributes item, p path) (value, error) {
	if len(p) == 1 {
		return &types.AttributeValueMemberM{Value: attributes}, nil
	}
	v, ok := p[:len(p)-1].find(attributes)
	if !ok {
		return nil, errPath
	}
	return v, nil
}

func put(attributes item, p path, v value) error {
	in, err := holder(attributes, p)
	if err != nil {
		return err
	}
	last := p[len(p)-1]
	switch in := in.(type) {
	case *types.AttributeValueMemberM:
		if !last.indexed {
			in.Value[last.name] = v
			return nil
		}
	case *types.AttributeValueMemberL:
		if last.indexed {
			if last.index < len(in.Value) {
				in.Value[last.index] = v
			} else {
				in.Value = append(in.Value, v)
			}
			return nil
		}
	}
	return errPath
}

func drop(attributes item, p path) error {
	in, err := holder(attributes, p)
	if err != nil {
		return err
	}
	last := p[len(p)-1]
	switch in := in.(type) {
	case *types.AttributeValueMemberM:
		if !last.indexed {
			delete(in.Value, last.name)
			return nil
		}
	case *types.AttributeValueMemberL:
		if last.indexed {
			if last.index < len(in.Value) {
				in.Value = slices.Delete(in.Value, last.index, last.index+1)
			}
			return nil
		}
	}
	return errPath
}

// add adds a number to a number or members to a set; what is missing is zero, or the empty set.
func (c change) add(attributes item) error {
	old, ok := c.path.find(attributes)
	if !ok {
		return put(attributes, c.path, c.value)
	}
	if typeName(old) != typeName(c.value) {
		return errOperand
	}
	if n, ok := old.(*types.AttributeValueMemberN); ok {
		total, err := numberOf(n.Value).add(numberOf(c.value.(*types.AttributeValueMemberN).Value))
		if err != nil {
			return err
		}
		return put(attributes, c.path, &types.AttributeValueMemberN{Value: total.String()})
	}
	members := slices.Concat(setMembers(old), setMembers(c.value))
	slices.Sort(members)
	return put(attributes, c.path, setOf(typeName(old), slices.Compact(members)))
}

// delete takes members from a set; a set without members is no attribute.
func (c change) delete(attributes item) error {
	old, ok := c.path.find(attributes)
	if !ok {
		_, err := holder(attributes, c.path)
		return err
	}
	if typeName(old) != typeName(c.value) {
		return errOperand
	}
	gone := setMembers(c.value)
	members := slices.DeleteFunc(slices.Clone(setMembers(old)), func(m string) bool { return slices.Contains(gone, m) })
	if len(members) == 0 {
		return drop(attributes, c.path)
	}
	return put(attributes, c.path, setOf(typeName(old), members))
}
