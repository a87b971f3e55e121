package asl

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A JSON value is nil, a bool, a string, a number, a []any or an *object. Values are never changed once made, so states,
// branches and variables share them. Members keep their order, because States.JsonToString and histories show it.

// number is a JSON number in the text that AWS prints: an integer as written, any other as a double.
type number string

// object is a JSON object whose members keep their order.
type object struct {
	members []member
	index   map[string]int // only for large objects
}

type member struct {
	name  string
	value any
}

// indexFrom is the size from which looking a member up in a map beats reading them one by one.
const indexFrom = 12

func newObject(members ...member) *object {
	o := &object{members: make([]member, 0, len(members))}
	for _, m := range members {
		o.set(m.name, m.value)
	}
	return o
}

func (o *object) find(name string) int {
	if o.index != nil {
		if i, ok := o.index[name]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(o.members, func(m member) bool { return m.name == name })
}

func (o *object) get(name string) (any, bool) {
	if i := o.find(name); i >= 0 {
		return o.members[i].value, true
	}
	return nil, false
}

// set is only for objects that nobody else holds yet.
func (o *object) set(name string, value any) {
	if i := o.find(name); i >= 0 {
		o.members[i].value = value
		return
	}
	o.members = append(o.members, member{name, value})
	switch {
	case o.index != nil:
		o.index[name] = len(o.members) - 1
	case len(o.members) >= indexFrom:
		o.index = make(map[string]int, 2*len(o.members))
		for i, m := range o.members {
			o.index[m.name] = i
		}
	}
}

// with is the object with one member replaced or added.
func (o *object) with(name string, value any) *object {
	copied := newObject(o.members...)
	copied.set(name, value)
	return copied
}

// document is a value with its text. A value that passes through a state unchanged keeps the text it came with, as it
// does on AWS.
type document struct {
	value any
	text  string
}

func documentOf(value any) document { return document{value, encode(value)} }

var emptyDocument = document{newObject(), "{}"}

func parseDocument(text []byte) (document, error) {
	value, err := decode(text)
	return document{value, string(text)}, err
}

var errNotJSON = errors.New("not valid JSON")

// decode reads one JSON value.
func decode(text []byte) (any, error) {
	if !json.Valid(text) {
		return nil, errNotJSON
	}
	d := decoder{text: text}
	return d.value(), nil
}

// decoder reads text that is known to be valid.
type decoder struct {
	text []byte
	at   int
}

func (d *decoder) next() byte {
	for {
		c := d.text[d.at]
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
		d.at++
	}
}

func (d *decoder) value() any {
	switch c := d.next(); c {
	case '{':
		return d.object()
	case '[':
		return d.array()
	case '"':
		return d.string()
	case 't':
		d.at += len("true")
		return true
	case 'f':
		d.at += len("false")
		return false
	case 'n':
		d.at += len("null")
		return nil
	default:
		return d.number()
	}
}

func (d *decoder) object() *object {
	o := &object{}
	d.at++
	for d.next() != '}' {
		if d.text[d.at] == ',' {
			d.at++
			d.next()
		}
		name := d.string()
		d.next()
		d.at++
		o.set(name, d.value())
	}
	d.at++
	return o
}

func (d *decoder) array() []any {
	items := []any{}
	d.at++
	for d.next() != ']' {
		if d.text[d.at] == ',' {
			d.at++
		}
		items = append(items, d.value())
	}
	d.at++
	return items
}

func (d *decoder) number() number {
	start := d.at
	for d.at < len(d.text) && strings.IndexByte("+-.0123456789eE", d.text[d.at]) >= 0 {
		d.at++
	}
	return canonicalNumber(string(d.text[start:d.at]))
}

func (d *decoder) string() string {
	d.at++
	start := d.at
	for d.text[d.at] != '"' && d.text[d.at] != '\\' {
		d.at++
	}
	if d.text[d.at] == '"' && utf8.Valid(d.text[start:d.at]) {
		d.at++
		return string(d.text[start : d.at-1])
	}
	for d.text[d.at] != '"' {
		if d.text[d.at] == '\\' {
			d.at++
		}
		d.at++
	}
	d.at++
	var s string
	if err := json.Unmarshal(d.text[start-1:d.at], &s); err != nil {
		panic("asl: valid JSON has a string that is not: " + err.Error())
	}
	return s
}

// canonicalNumber is the number as AWS's JSON library prints it.
func canonicalNumber(text string) number {
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return "0"
		}
		return number(text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return number(text) // beyond a double's range
	}
	return floatNumber(f)
}

func intNumber(i int64) number { return number(strconv.FormatInt(i, 10)) }

// floatNumber prints a double as Java does: 1.0, 0.001, 1.0E7.
func floatNumber(f float64) number {
	if size := max(f, -f); size == 0 || (size >= 1e-3 && size < 1e7) {
		text := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return number(text)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, 64), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return number(mantissa + "E" + sign + strings.TrimLeft(exponent[1:], "0"))
}

// integer reports the number if it was written without fraction and exponent and fits.
func (n number) integer() (int64, bool) {
	i, err := strconv.ParseInt(string(n), 10, 64)
	return i, err == nil
}

func (n number) float() float64 {
	f, _ := strconv.ParseFloat(string(n), 64)
	return f
}

func (n number) compare(other number) int {
	a, aIsInt := n.integer()
	b, bIsInt := other.integer()
	if aIsInt && bIsInt {
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	}
	switch x, y := n.float(), other.float(); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// equal compares JSON values; numbers by value, objects without regard to order.
func equal(a, b any) bool {
	switch a := a.(type) {
	case number:
		b, ok := b.(number)
		return ok && a.compare(b) == 0
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case *object:
		b, ok := b.(*object)
		if !ok || len(a.members) != len(b.members) {
			return false
		}
		for _, m := range a.members {
			if other, found := b.get(m.name); !found || !equal(m.value, other) {
				return false
			}
		}
		return true
	default:
		switch b.(type) {
		case number, []any, *object:
			return false
		}
		return a == b
	}
}

// encode writes a value without spaces, in the order of its members, and without escaping more than JSON needs.
func encode(value any) string { return string(appendValue(make([]byte, 0, 64), value)) }

func appendValue(out []byte, value any) []byte {
	switch value := value.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, value)
	case number:
		return append(out, value...)
	case string:
		return appendString(out, value)
	case []any:
		out = append(out, '[')
		for i, item := range value {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendValue(out, item)
		}
		return append(out, ']')
	case *object:
		out = append(out, '{')
		for i, m := range value.members {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(appendString(out, m.name), ':')
			out = appendValue(out, m.value)
		}
		return append(out, '}')
	}
	panic("asl: not a JSON value")
}

func appendString(out []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c >= ' ':
			out = append(out, c)
		case c == '\n':
			out = append(out, '\\', 'n')
		case c == '\r':
			out = append(out, '\\', 'r')
		case c == '\t':
			out = append(out, '\\', 't')
		case c == '\b':
			out = append(out, '\\', 'b')
		case c == '\f':
			out = append(out, '\\', 'f')
		default:
			out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(out, '"')
}
