package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Read reads text into what the form points to, and returns everything that is wrong with it, each with its JSON path.
// A member that is given twice is wrong: who reads the text sees one of them, and the decoder would take the other.
func Read(text []byte, f Form) []string {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	r := reader{decoder: decoder}
	value, err := r.value("$")
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = fmt.Errorf("something follows its end")
		}
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return []string{fmt.Sprintf("$ is not JSON (%v): it must be %s", err, f.wants())}
	}
	return append(r.twice, f.read("$", value)...)
}

// reader is a JSON decoder that notices members given twice.
type reader struct {
	decoder *json.Decoder
	depth   int
	twice   []string // what is wrong
}

// deepest is more than any form has: what is nested deeper costs memory and cannot be right.
const deepest = 32

func (r *reader) value(path string) (any, error) {
	r.depth++
	defer func() { r.depth-- }()
	if r.depth > deepest {
		return nil, fmt.Errorf("it is nested more than %d deep", deepest)
	}
	token, err := r.decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return r.object(path)
	case json.Delim('['):
		return r.list(path)
	}
	return token, nil
}

func (r *reader) object(path string) (any, error) {
	members := make(map[string]any)
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // the decoder allows nothing else
		if _, again := members[name]; again {
			r.twice = append(r.twice, fmt.Sprintf("%s.%s is given twice: it must be given once", path, name))
		}
		if members[name], err = r.value(path + "." + name); err != nil {
			return nil, err
		}
	}
	_, err := r.decoder.Token()
	return members, err
}

func (r *reader) list(path string) (any, error) {
	items := []any{}
	for r.decoder.More() {
		item, err := r.value(fmt.Sprintf("%s[%d]", path, len(items)))
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := r.decoder.Token()
	return items, err
}
