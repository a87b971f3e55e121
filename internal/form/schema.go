package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf16"
)

// schema is a JSON Schema: its keywords in the order in which a person reads them.
type schema []keyword

type keyword struct {
	name  string
	value any
}

// MarshalJSON keeps the order.
func (s schema) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := encode(k.name)
		if err != nil {
			return nil, err
		}
		value, err := encode(k.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode leaves <, > and & as they are: a person reads this.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(b.Bytes()), err
}

// Schema is a form as a document of JSON Schema (draft 2020-12).
func Schema(title, meaning string, f Form) ([]byte, error) {
	document := append(schema{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", title},
		{"description", meaning},
	}, f.schema()...)
	text, err := encode(document)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return escaped(b.Bytes()), nil
}

// escaped is a JSON text in ASCII: characters that nobody sees, or that turn the direction of others, stand in patterns.
func escaped(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		if r <= unicode.MaxASCII {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.Bytes()
}

func (o Object) schema() schema {
	var mandatory []string
	var properties schema
	for _, f := range o {
		if f.mandatory {
			mandatory = append(mandatory, f.name)
		}
		properties = append(properties, keyword{f.name, append(schema{{"description", f.meaning}}, f.form.schema()...)})
	}
	s := schema{{"type", "object"}, {"properties", properties}}
	if len(mandatory) > 0 {
		s = append(s, keyword{"required", mandatory})
	}
	return append(s, keyword{"additionalProperties", false})
}

func (f Text) schema() schema {
	return withDefault(schema{{"type", "string"}, {"minLength", f.Min}, {"maxLength", f.Max}, {"pattern", f.pattern()}}, *f.Into)
}

func (f Whole) schema() schema {
	return withDefault(schema{{"type", "integer"}, {"minimum", f.Min}, {"maximum", f.Max}}, *f.Into)
}

func (f YesNo) schema() schema { return withDefault(schema{{"type", "boolean"}}, *f.Into) }

func (f OneOf[T]) schema() schema {
	return withDefault(schema{{"type", "string"}, {"enum", f.Choices}}, *f.Into)
}

func (f Shaped) schema() schema { return schema{{"type", "string"}, {"pattern", f.Pattern}} }

func (f List[T]) schema() schema {
	var item T
	s := schema{{"type", "array"}, {"minItems", f.Min}, {"maxItems", f.Max}, {"items", f.Item(&item).schema()}}
	if len(*f.Into) > 0 {
		s = append(s, keyword{"default", slices.Clone(*f.Into)})
	}
	return s
}

// withDefault adds what a field is when it is not given, where that is more than nothing.
func withDefault[T comparable](s schema, value T) schema {
	if nothing := *new(T); value != nothing {
		s = append(s, keyword{"default", value})
	}
	return s
}
