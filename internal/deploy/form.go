package deploy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"bluegreen/internal/fault"
)

// A form describes JSON that a person writes: it decodes strictly and reports all problems at once, where the standard
// decoder stops at the first.
type form interface {
	// read takes value, found at path, and returns what is wrong with it.
	read(path string, value any) []string
	// wants says what the form accepts.
	wants() string
}

// field is one member of an object.
type field struct {
	name      string
	mandatory bool
	form      form
}

// object is a JSON object of known fields.
type object []field

func required(name string, f form) field { return field{name: name, mandatory: true, form: f} }
func optional(name string, f form) field { return field{name: name, form: f} }

// decode reads input into what form points to.
func decode(input json.RawMessage, f form) error {
	decoder := json.NewDecoder(bytes.NewReader(input))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return fault.New(fault.BadRequest, "$: the input is not JSON (%v); it must be an object such as %s", err, minimal)
	}
	problems := f.read("$", value)
	if len(problems) == 0 {
		return nil
	}
	return fault.New(fault.BadRequest, "the request has %s: %s; the smallest request is %s",
		count(len(problems), "problem"), strings.Join(problems, "; "), minimal)
}

const minimal = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}}`

func (o object) wants() string { return "an object" }

func (o object) read(path string, value any) []string {
	members, ok := value.(map[string]any)
	if !ok {
		return []string{mismatch(path, value, o)}
	}
	var problems []string
	for _, f := range o {
		member, given := members[f.name]
		switch {
		case given:
			problems = append(problems, f.form.read(path+"."+f.name, member)...)
		case f.mandatory:
			problems = append(problems, fmt.Sprintf("%s.%s is missing: it must be %s", path, f.name, f.form.wants()))
		}
	}
	return append(problems, o.unknown(path, members)...)
}

func (o object) unknown(path string, members map[string]any) []string {
	known := make([]string, len(o))
	for i, f := range o {
		known[i] = f.name
	}
	var problems []string
	for name := range members {
		if !slices.Contains(known, name) {
			problems = append(problems, fmt.Sprintf("%s.%s is not a known field: did you mean %q? (known: %s)",
				path, name, nearest(name, known), strings.Join(known, ", ")))
		}
	}
	slices.Sort(problems)
	return problems
}

type textForm struct {
	into     *string
	min, max int
}

func text(into *string, minLength, maxLength int) form { return textForm{into, minLength, maxLength} }

func (f textForm) wants() string {
	return fmt.Sprintf("a string of %d to %d characters", f.min, f.max)
}

func (f textForm) read(path string, value any) []string {
	s, ok := value.(string)
	if !ok || len(s) < f.min || len(s) > f.max {
		return []string{mismatch(path, value, f)}
	}
	*f.into = s
	return nil
}

type wholeForm struct {
	into     *int
	min, max int
	unit     string
}

func whole(into *int, least, most int, unit string) form { return wholeForm{into, least, most, unit} }

func (f wholeForm) wants() string {
	return fmt.Sprintf("a whole number of %s from %d to %d", f.unit, f.min, f.max)
}

func (f wholeForm) read(path string, value any) []string {
	number, ok := value.(json.Number)
	if !ok {
		return []string{mismatch(path, value, f)}
	}
	n, err := number.Int64()
	if err != nil || n < int64(f.min) || n > int64(f.max) {
		return []string{mismatch(path, value, f)}
	}
	*f.into = int(n)
	return nil
}

type oneOfForm[T ~string] struct {
	into    *T
	choices []T
}

func oneOf[T ~string](into *T, choices ...T) form { return oneOfForm[T]{into, choices} }

func (f oneOfForm[T]) wants() string {
	quoted := make([]string, len(f.choices))
	for i, choice := range f.choices {
		quoted[i] = fmt.Sprintf("%q", string(choice))
	}
	return strings.Join(quoted, " or ")
}

func (f oneOfForm[T]) read(path string, value any) []string {
	s, ok := value.(string)
	if !ok || !slices.Contains(f.choices, T(s)) {
		return []string{mismatch(path, value, f)}
	}
	*f.into = T(s)
	return nil
}

type linesForm struct {
	into               *[]string
	mostLines, longest int
}

func lines(into *[]string, mostLines, longest int) form { return linesForm{into, mostLines, longest} }

func (f linesForm) wants() string {
	return fmt.Sprintf("a list of 1 to %d strings of up to %d characters", f.mostLines, f.longest)
}

func (f linesForm) read(path string, value any) []string {
	list, ok := value.([]any)
	if !ok || len(list) == 0 || len(list) > f.mostLines {
		return []string{mismatch(path, value, f)}
	}
	var problems []string
	for i, item := range list {
		line := ""
		problems = append(problems, text(&line, 1, f.longest).read(fmt.Sprintf("%s[%d]", path, i), item)...)
		*f.into = append(*f.into, line)
	}
	return problems
}

func mismatch(path string, value any, f form) string {
	given, err := json.Marshal(value)
	if err != nil || len(given) > 60 {
		given = fmt.Appendf(nil, "%.40s…", given)
	}
	return fmt.Sprintf("%s is %s: it must be %s", path, given, f.wants())
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
