package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"bluegreen/internal/localaws/wire"
)

// node is a JSON value of an event pattern, with where it stands: EventBridge's errors name the line and column that its
// parser had reached.
type node struct {
	token   any // a string, json.Number, bool or nil; json.Delim '{' or '[' for an object or array
	at, end int // bytes read when the value's first token was seen, and its last one

	names  []name  // of an object's members
	values []*node // of an object's members, or an array's elements
}

type name struct {
	text string
	at   int
}

func (n *node) isObject() bool { return n.token == json.Delim('{') }
func (n *node) isArray() bool  { return n.token == json.Delim('[') }

func (n *node) text() (string, bool) {
	s, ok := n.token.(string)
	return s, ok
}

func (n *node) number() (float64, bool) {
	number, ok := n.token.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := number.Float64()
	return f, err == nil
}

// reader reads a pattern's JSON.
type reader struct {
	source  string
	decoder *json.Decoder
}

// read reads the whole of a pattern.
func read(source string) (*node, error) {
	r := &reader{source: source, decoder: json.NewDecoder(strings.NewReader(source))}
	r.decoder.UseNumber()
	n, err := r.value()
	if err == nil && r.decoder.More() {
		err = errors.New("a second document")
	}
	if err != nil {
		return nil, invalidPattern("Invalid JSON")
	}
	return n, nil
}

// next returns the next token and how far its parser has read then: a string is read lazily, up to its first quote.
func (r *reader) next() (json.Token, int, error) {
	before := int(r.decoder.InputOffset())
	token, err := r.decoder.Token()
	if _, isText := token.(string); isText {
		return token, before + strings.IndexByte(r.source[before:], '"') + 1, err
	}
	return token, int(r.decoder.InputOffset()), err
}

func (r *reader) value() (*node, error) {
	token, at, err := r.next()
	if err != nil {
		return nil, err
	}
	n := &node{token: token, at: at, end: at}
	if _, nested := token.(json.Delim); !nested {
		return n, nil
	}
	for r.decoder.More() {
		if n.isObject() {
			text, at, err := r.next()
			if err != nil {
				return nil, err
			}
			n.names = append(n.names, name{text.(string), at})
		}
		inner, err := r.value()
		if err != nil {
			return nil, err
		}
		n.values = append(n.values, inner)
	}
	_, n.end, err = r.next()
	return n, err
}

// maxShownSource is how much of a pattern its errors repeat, in bytes: the default of the parser that EventBridge uses.
const maxShownSource = 500

// problem is what is wrong with a pattern, at the place that its parser had reached.
func problem(source string, at int, format string, args ...any) error {
	read := source[:at]
	line := 1 + strings.Count(read, "\n")
	column := 1 + utf8.RuneCountInString(read[strings.LastIndexByte(read, '\n')+1:])
	shown := `"` + source + `"`
	if len(source) > maxShownSource {
		shown = fmt.Sprintf("%q[truncated %d chars]", source[:maxShownSource], len(source)-maxShownSource)
	}
	return invalidPattern(fmt.Sprintf("%s\n at [Source: (String)%s; line: %d, column: %d]", fmt.Sprintf(format, args...), shown, line, column))
}

func invalidPattern(reason string) error {
	return wire.Errorf("InvalidEventPatternException", "Event pattern is not valid. Reason: %s", reason)
}
