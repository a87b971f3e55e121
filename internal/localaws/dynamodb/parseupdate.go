package dynamodb

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// update is an update expression.
type update struct {
	sets    []assignment
	removes []path
	adds    []change
	deletes []change
}

// assignment is path = term of a SET section.
type assignment struct {
	path path
	term term
}

// change is one of an ADD or DELETE section.
type change struct {
	path  path
	value value
}

// paths are all paths that the update changes.
func (u *update) paths() []path {
	paths := append([]path(nil), u.removes...)
	for _, set := range u.sets {
		paths = append(paths, set.path)
	}
	for _, c := range append(append([]change(nil), u.adds...), u.deletes...) {
		paths = append(paths, c.path)
	}
	return paths
}

// update reads the whole of an update expression; without one it is empty.
func (s *scope) update(e source) (*update, error) {
	u := &update{}
	if e.text == nil {
		return u, nil
	}
	p, seen := s.parser(e), map[string]bool{}
	if p.peek() == "" {
		return nil, p.syntaxError()
	}
	for p.peek() != "" {
		section := strings.ToUpper(p.peek())
		read := map[string]func(*update) error{"SET": p.set, "REMOVE": p.remove, "ADD": p.add, "DELETE": p.delete}[section]
		if read == nil {
			return nil, p.syntaxError()
		}
		if seen[section] {
			return nil, p.invalid("The \"%s\" section can only be used once in an update expression;", section)
		}
		seen[section] = true
		for first := true; first || p.peek() == ","; first = false {
			p.at++ // the section's name, or a comma
			if err := read(u); err != nil {
				return nil, err
			}
		}
	}
	return u, p.apart(u.paths())
}

func (p *parser) set(u *update) error {
	target, err := p.path()
	if err != nil {
		return err
	}
	if err := p.expect("="); err != nil {
		return err
	}
	t, err := p.sum()
	u.sets = append(u.sets, assignment{target, t})
	return err
}

func (p *parser) remove(u *update) error {
	target, err := p.path()
	u.removes = append(u.removes, target)
	return err
}

func (p *parser) add(u *update) error {
	c, err := p.change("ADD", "ALLOWED_FOR_ADD_OPERAND", "N", "SS", "NS", "BS")
	u.adds = append(u.adds, c)
	return err
}

func (p *parser) delete(u *update) error {
	c, err := p.change("DELETE", "ALLOWED_FOR_DELETE_OPERAND", "SS", "NS", "BS")
	u.deletes = append(u.deletes, c)
	return err
}

func (p *parser) change(section, typeSet string, allowed ...string) (change, error) {
	target, err := p.path()
	if err != nil {
		return change{}, err
	}
	if !strings.HasPrefix(p.peek(), ":") {
		return change{}, p.syntaxError()
	}
	v, err := p.value()
	if err != nil {
		return change{}, err
	}
	kind := typeName(v)
	for _, name := range allowed {
		if name == kind {
			return change{target, v}, nil
		}
	}
	return change{}, p.invalid("Incorrect operand type for operator or function; operator: %s, operand type: %s, typeSet: %s", section, longNames[kind], typeSet)
}

// sum reads the right side of an assignment: a term, or two that are added or subtracted.
func (p *parser) sum() (term, error) {
	left, err := p.term()
	if err != nil {
		return nil, err
	}
	operator := p.peek()
	if operator != "+" && operator != "-" {
		return left, nil
	}
	p.at++
	right, err := p.term()
	if err != nil {
		return nil, err
	}
	for _, side := range []term{left, right} {
		if c, ok := side.(constantTerm); ok && typeName(c.value) != "N" {
			return nil, p.invalid("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", operator, typeName(c.value))
		}
	}
	return sum{left, right, operator == "-"}, nil
}

func (p *parser) term() (term, error) {
	if strings.HasPrefix(p.peek(), ":") {
		v, err := p.value()
		return constantTerm{v}, err
	}
	if p.keyword("(") {
		t, err := p.sum()
		if err != nil {
			return nil, err
		}
		return t, p.expect(")")
	}
	if p.ahead(1) != "(" {
		found, err := p.path()
		return pathTerm{found}, err
	}
	name := p.peek()
	if name != "if_not_exists" && name != "list_append" {
		return nil, p.notHere(name)
	}
	p.at += 2
	left, err := p.term()
	if err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	right, err := p.term()
	if err != nil {
		return nil, err
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	return p.function(name, left, right)
}

func (p *parser) function(name string, left, right term) (term, error) {
	if name == "if_not_exists" {
		target, ok := left.(pathTerm)
		if !ok {
			return nil, p.invalid("Operator or function requires a document path; operator or function: if_not_exists")
		}
		return ifNotExists{target, right}, nil
	}
	for _, side := range []term{left, right} {
		if c, ok := side.(constantTerm); ok {
			if _, list := c.value.(*types.AttributeValueMemberL); !list {
				return nil, p.invalid("Incorrect operand type for operator or function; operator or function: list_append, operand type: %s", typeName(c.value))
			}
		}
	}
	return listAppend{left, right}, nil
}
