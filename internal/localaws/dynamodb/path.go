package dynamodb

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// step is one step of a document path: into a map by name, or into a list by index.
type step struct {
	name    string
	index   int
	indexed bool
}

// path is a document path: an attribute's name and the steps below it.
type path []step

// String is the path as DynamoDB's errors write it: [a, b, [0]].
func (p path) String() string {
	parts := make([]string, len(p))
	for i, s := range p {
		parts[i] = s.name
		if s.indexed {
			parts[i] = "[" + strconv.Itoa(s.index) + "]"
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// find returns what stands at the path.
func (p path) find(attributes item) (value, bool) {
	found, ok := attributes[p[0].name]
	for _, s := range p[1:] {
		if !ok {
			return nil, false
		}
		found, ok = s.into(found)
	}
	return found, ok
}

// into takes one step into v.
func (s step) into(v value) (value, bool) {
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		if !s.indexed {
			found, ok := v.Value[s.name]
			return found, ok
		}
	case *types.AttributeValueMemberL:
		if s.indexed && s.index < len(v.Value) {
			return v.Value[s.index], true
		}
	}
	return nil, false
}

// path reads a document path.
func (p *parser) path() (path, error) {
	first, err := p.name()
	if err != nil {
		return nil, err
	}
	found := path{first}
	for {
		switch p.peek() {
		case ".":
			p.at++
			next, err := p.name()
			if err != nil {
				return nil, err
			}
			found = append(found, next)
		case "[":
			p.at++
			index, err := strconv.Atoi(p.peek())
			if err != nil {
				return nil, p.syntaxError()
			}
			p.at++
			if err := p.expect("]"); err != nil {
				return nil, err
			}
			found = append(found, step{index: index, indexed: true})
		default:
			return found, nil
		}
	}
}

// name reads an attribute's name, or the #placeholder that stands for one.
func (p *parser) name() (step, error) {
	text := p.peek()
	if text == "" || (text[0] != '#' && !isLetter(text[0])) {
		return step{}, p.syntaxError()
	}
	if text[0] != '#' {
		if reserved[strings.ToUpper(text)] {
			return step{}, p.invalid("Attribute name is a reserved keyword; reserved keyword: %s", text)
		}
		p.at++
		return step{name: text}, nil
	}
	if len(text) == 1 {
		return step{}, p.syntaxError()
	}
	name, ok := p.names[text]
	if !ok {
		return step{}, p.invalid("An expression attribute name used in the document path is not defined; attribute name: %s", text)
	}
	p.usedNames[text] = true
	p.at++
	return step{name: name}, nil
}

// value reads a :placeholder.
func (p *parser) value() (value, error) {
	text := p.peek()
	if len(text) < 2 {
		return nil, p.syntaxError()
	}
	v, ok := p.values[text]
	if !ok {
		return nil, p.invalid("An expression attribute value used in expression is not defined; attribute value: %s", text)
	}
	p.usedValues[text] = true
	p.at++
	return v, nil
}

// apart refuses two paths of which one leads into the other, or which take the same place for a map and for a list.
func (p *parser) apart(paths []path) error {
	for i, one := range paths {
		for _, two := range paths[:i] {
			n := 0
			for n < len(one) && n < len(two) && one[n] == two[n] {
				n++
			}
			switch {
			case n == len(one) || n == len(two):
				return p.invalid("Two document paths overlap with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", two, one)
			case one[n].indexed != two[n].indexed:
				return p.invalid("Two document paths conflict with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", two, one)
			}
		}
	}
	return nil
}
