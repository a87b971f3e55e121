// Package form describes JSON that a person writes: a table of fields, each with what it means and what it accepts.
// From one table come the decoder, which is strict and reports all problems at once, and the JSON Schema.
package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"bluegreen/internal/text"
)

// A Form is what one value must look like, and where it goes. Before it is read, the place that it goes to holds the
// default.
type Form interface {
	// read takes value, found at a place, and adds what is wrong with it.
	read(at *place, value any, p *Problems)
	// wants says what the form accepts.
	wants() string
	// schema is the form as a JSON Schema.
	schema() schema
}

// Field is one member of an object.
type Field struct {
	name      string
	meaning   string
	mandatory bool
	form      Form
}

// Object is a JSON object of known fields.
type Object []Field

// Required is a member that must be there. The meaning is for the schema's reader.
func Required(name, meaning string, f Form) Field {
	return Field{name: name, meaning: meaning, mandatory: true, form: f}
}

// Optional is a member that may be there.
func Optional(name, meaning string, f Form) Field {
	return Field{name: name, meaning: meaning, form: f}
}

func (o Object) wants() string { return "an object" }

func (o Object) read(at *place, value any, p *Problems) {
	members, ok := value.(map[string]any)
	if !ok {
		mismatch(at, value, o, p)
		return
	}
	for _, f := range o {
		member, given := members[f.name]
		switch {
		case given:
			f.form.read(at.member(f.name), member, p)
		case f.mandatory:
			p.Add("%s is missing: it must be %s", at.member(f.name), f.form.wants())
		}
	}
	o.unknown(at, members, p)
}

func (o Object) unknown(at *place, members map[string]any, p *Problems) {
	known := make([]string, len(o))
	for i, f := range o {
		known[i] = f.name
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(known, name) {
			p.addWorded(func() string {
				return fmt.Sprintf("%s is not a known field%s (known: %s)", at.member(name), p.meant(name, known), strings.Join(known, ", "))
			})
		}
	}
}

// Whole is a whole number of some unit, both bounds included.
type Whole struct {
	Into     *int
	Min, Max int
	Unit     string
}

func (f Whole) wants() string {
	return fmt.Sprintf("a whole number of %s from %d to %d", f.Unit, f.Min, f.Max)
}

// read takes 30.0 and 3e1 as 30, as JSON Schema does.
func (f Whole) read(at *place, value any, p *Problems) {
	number, _ := value.(json.Number) // of what is no number: the empty one, which is none either
	n, err := number.Float64()
	if err != nil || n != math.Trunc(n) || n < float64(f.Min) || n > float64(f.Max) {
		mismatch(at, value, f, p)
		return
	}
	*f.Into = int(n)
}

// YesNo is true or false.
type YesNo struct{ Into *bool }

func (f YesNo) wants() string { return "true or false" }

func (f YesNo) read(at *place, value any, p *Problems) {
	yes, ok := value.(bool)
	if !ok {
		mismatch(at, value, f, p)
		return
	}
	*f.Into = yes
}

// OneOf is one of a few words.
type OneOf[T ~string] struct {
	Into    *T
	Choices []T
}

func (f OneOf[T]) wants() string { return oneOf(f.Choices) }

func oneOf[T ~string](choices []T) string {
	quoted := make([]string, len(choices))
	for i, choice := range choices {
		quoted[i] = fmt.Sprintf("%q", string(choice))
	}
	return strings.Join(quoted, " or ")
}

func (f OneOf[T]) read(at *place, value any, p *Problems) {
	s, ok := value.(string)
	if !ok || !slices.Contains(f.Choices, T(s)) {
		mismatch(at, value, f, p)
		return
	}
	*f.Into = T(s)
}

// Shaped is a string that Pattern describes and Parse understands, and keeps. Pattern is what an editor can check: it is
// a whole regular expression that both Go's and ECMAScript's engines read alike.
type Shaped struct {
	Pattern string
	Shape   string // a string such as …
	Parse   func(string) error
}

func (f Shaped) wants() string { return f.Shape }

func (f Shaped) read(at *place, value any, p *Problems) {
	s, ok := value.(string)
	if !ok || !regexp.MustCompile(f.Pattern).MatchString(s) {
		p.addWorded(func() string {
			return fmt.Sprintf("%s is %s: it must be %s%s", at, shown(value), f.wants(), f.taken(s))
		})
		return
	}
	if err := f.Parse(s); err != nil {
		p.Add("%s is %s: it must be %s (%v)", at, shown(value), f.wants(), err)
	}
}

// List is a JSON array of Min to Max values, each as Item makes its form. What is read takes the default's place.
type List[T any] struct {
	Into     *[]T
	Min, Max int
	Item     func(*T) Form
}

func (f List[T]) wants() string {
	var item T
	return fmt.Sprintf("a list of %d to %d, each %s", f.Min, f.Max, f.Item(&item).wants())
}

func (f List[T]) read(at *place, value any, p *Problems) {
	list, ok := value.([]any)
	if !ok || len(list) < f.Min || len(list) > f.Max {
		mismatch(at, value, f, p)
		return
	}
	items := make([]T, len(list))
	for i, item := range list {
		f.Item(&items[i]).read(at.at(i), item, p)
	}
	*f.Into = items
}

func mismatch(at *place, value any, f Form, p *Problems) {
	p.addWorded(func() string { return fmt.Sprintf("%s is %s: it must be %s", at, shown(value), f.wants()) })
}

// shown is as much of a value as tells a person which one is meant.
func shown(value any) string {
	given, err := json.Marshal(value)
	if err != nil || len(given) > 60 {
		given = fmt.Appendf(nil, "%.40s…", given)
	}
	return text.Line(string(given))
}
