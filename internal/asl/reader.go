package asl

import (
	"fmt"
	"slices"
	"strings"
)

// problems collects what is wrong with a definition.
type problems struct{ list []Problem }

const schemaFailed = "SCHEMA_VALIDATION_FAILED"

func (p *problems) add(code, place, format string, args ...any) {
	p.list = append(p.list, Problem{Code: code, Text: fmt.Sprintf(format, args...), Path: place})
}

// fields reads the members of one object of a definition, and knows in the end which ones nobody asked for.
type fields struct {
	*problems
	object *object
	place  string // "" for the definition itself
	read   map[string]bool
}

// objectFields reads value, which must be an object; if it is not, that is a problem and all fields are absent.
func (p *problems) objectFields(value any, place string) *fields {
	o, ok := value.(*object)
	if !ok {
		p.schema(place, "Value must be an object")
		o = newObject()
	}
	return &fields{problems: p, object: o, place: place, read: make(map[string]bool, len(o.members))}
}

func (p *problems) schema(place, format string, args ...any) {
	if place == "" {
		place = "/"
	}
	p.add(schemaFailed, place, format, args...)
}

func (f *fields) at(name string) string { return f.place + "/" + name }

// take gives the field's value and marks it as read.
func (f *fields) take(name string) (any, bool) {
	f.read[name] = true
	return f.object.get(name)
}

func (f *fields) has(name string) bool {
	_, ok := f.object.get(name)
	return ok
}

// require reports all absent ones of the named fields at once.
func (f *fields) require(names ...string) {
	missing := slices.DeleteFunc(names, f.has)
	if len(missing) > 0 {
		f.schema(f.place, "These fields are required: [%s]", strings.Join(missing, ", "))
	}
}

// exclusive reports two fields that must not stand together.
func (f *fields) exclusive(one, other string) {
	if f.has(one) && f.has(other) {
		f.schema(f.place, "Fields '%s' and '%s' must not be used together", one, other)
	}
}

// refuse names fields that exist on AWS and are not modelled here.
func (f *fields) refuse(why string, names ...string) {
	for _, name := range names {
		if _, ok := f.take(name); ok {
			f.schema(f.at(name), "Field '%s' is not supported here: %s", name, why)
		}
	}
}

// finish reports the fields that nobody has read.
func (f *fields) finish() {
	for _, m := range f.object.members {
		if !f.read[m.name] {
			f.schema(f.at(m.name), "Field is not supported")
		}
	}
}

func (f *fields) text(name string) string {
	value, ok := f.take(name)
	if !ok {
		return ""
	}
	text, isString := value.(string)
	if !isString {
		f.schema(f.at(name), "Value must be a string")
	}
	return text
}

func (f *fields) texts(name string) []string {
	value, ok := f.take(name)
	if !ok {
		return nil
	}
	items, isArray := value.([]any)
	if !isArray || len(items) == 0 {
		f.schema(f.at(name), "Value must be an array of strings that is not empty")
	}
	texts := make([]string, 0, len(items))
	for i, item := range items {
		text, isString := item.(string)
		if !isString {
			f.schema(fmt.Sprintf("%s[%d]", f.at(name), i), "Value must be a string")
		}
		texts = append(texts, text)
	}
	return texts
}

func (f *fields) isTrue(name string) bool {
	value, ok := f.take(name)
	is, isBool := value.(bool)
	if ok && !isBool {
		f.schema(f.at(name), "Value must be true or false")
	}
	return is
}

// integer reads a whole number between two bounds; absent is what an absent field stands for.
func (f *fields) integer(name string, least, most, absent int64) int64 {
	value, ok := f.take(name)
	if !ok {
		return absent
	}
	n, _ := value.(number)
	i, isInteger := n.integer()
	if !isInteger || i < least || i > most {
		f.schema(f.at(name), "Value must be an integer from %d to %d", least, most)
		return absent
	}
	return i
}

// path reads a field that holds a path; null is told apart where the language allows it.
func (f *fields) path(name string, nullable bool) (path *jsonPath, isNull bool) {
	value, ok := f.take(name)
	if !ok {
		return nil, false
	}
	if value == nil && nullable {
		return nil, true
	}
	text, isString := value.(string)
	if !isString {
		f.schema(f.at(name), "Value must be a string that is a JSONPath")
		return nil, false
	}
	path, err := parsePath(text)
	if err != nil {
		f.schema(f.at(name), "Value is not a valid JSONPath%s", detail(err))
		return nil, false
	}
	return path, false
}

// reference reads a field that holds a reference path.
func (f *fields) reference(name string, nullable bool) (path *jsonPath, isNull bool) {
	path, isNull = f.path(name, nullable)
	if path != nil && !path.isReference() {
		f.schema(f.at(name), "Value is not a Reference Path: it must name exactly one place")
		return nil, false
	}
	return path, isNull
}

// resultPath reads ResultPath, which is a reference path into the state's input.
func (f *fields) resultPath() (path *jsonPath, discard bool) {
	path, discard = f.reference("ResultPath", true)
	if path != nil && path.root != rootInput {
		f.schema(f.at("ResultPath"), "Value is not a Reference Path: it must start with '$.'")
		return nil, false
	}
	return path, discard
}

// template reads a payload template.
func (f *fields) template(name string) template {
	value, ok := f.take(name)
	if !ok {
		return nil
	}
	return parseTemplate(value, f.at(name), func(place, text string) { f.schema(place, "%s", text) })
}

// The limits of variables (developer guide, variables).
const maxVariableName = 80

// assign reads Assign: an object whose members are variables.
func (f *fields) assign() template {
	value, ok := f.take("Assign")
	if !ok {
		return nil
	}
	o, isObject := value.(*object)
	if !isObject {
		f.schema(f.at("Assign"), "Value must be an object")
		return nil
	}
	for _, m := range o.members {
		name := strings.TrimSuffix(m.name, ".$")
		p := pathParser{text: name}
		switch {
		case name == "" || !isNameStart(name[0]) || p.variable() != name || len(name) > maxVariableName:
			f.schema(f.at("Assign")+"/"+m.name, "A variable's name is made of letters, digits and _, does not start with a digit, and has up to %d characters", maxVariableName)
		case name == "states":
			f.schema(f.at("Assign")+"/"+m.name, "The variable name 'states' is reserved")
		}
	}
	return parseTemplate(o, f.at("Assign"), func(place, text string) { f.schema(place, "%s", text) })
}
