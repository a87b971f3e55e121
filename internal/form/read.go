package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"
)

// Read reads text into what the form points to, and returns everything that is wrong with it. A member that is given
// twice is wrong: who reads the text sees one of them, and the decoder would take the other.
func Read(text []byte, f Form) *Problems {
	problems, whole := &Problems{whole: f}, &place{}
	if len(text) > MostBytes {
		problems.Add("%s is larger than %d bytes (%d KiB): it must be smaller", whole, MostBytes, MostBytes>>10)
		return problems
	}
	switch {
	case bytes.HasPrefix(text, []byte("\ufeff")):
		problems.Add("%s begins with a byte-order mark (U+FEFF): save it as UTF-8 without one", whole)
		return problems
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		problems.Add("%s is UTF-16: save it as UTF-8, without a byte-order mark", whole)
		return problems
	}
	r := reader{decoder: json.NewDecoder(bytes.NewReader(text)), problems: problems}
	value, err := r.whole(text, whole)
	if err != nil {
		problems.Add("%s is not JSON (%v): it must be %s", whole, err, f.wants())
		return problems
	}
	f.read(whole, value, problems)
	return problems
}

// Take is Read of a value that was decoded: what is right goes where the form points to; of anything else it is told that it
// is not.
func Take(value any, f Form) (right bool) {
	problems := &Problems{}
	f.read(&place{}, value, problems)
	return problems.Count() == 0
}

// reader is a JSON decoder that notices members given twice.
type reader struct {
	decoder  *json.Decoder
	depth    int
	problems *Problems
}

// deepest is more than any form has: what is nested deeper costs memory and cannot be right.
const deepest = 32

// whole reads text, which must hold one value and nothing else. The decoder by itself takes what is not UTF-8 for other characters.
func (r *reader) whole(text []byte, at *place) (any, error) {
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		if c == utf8.RuneError && size == 1 {
			return nil, fmt.Errorf("its byte %d is not UTF-8", i+1)
		}
		i += size
	}
	r.decoder.UseNumber()
	value, err := r.value(at)
	if err == nil {
		if _, more := r.decoder.Token(); more != io.EOF {
			err = fmt.Errorf("something follows its end")
		}
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return value, err
}

func (r *reader) value(at *place) (any, error) {
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
		return r.object(at)
	case json.Delim('['):
		return r.list(at)
	}
	return token, nil
}

func (r *reader) object(at *place) (any, error) {
	members := make(map[string]any)
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // the decoder allows nothing else
		if _, again := members[name]; again {
			r.problems.Add("%s is given twice: it must be given once", at.member(name))
		}
		if members[name], err = r.value(at.member(name)); err != nil {
			return nil, err
		}
	}
	_, err := r.decoder.Token()
	return members, err
}

func (r *reader) list(at *place) (any, error) {
	items := []any{}
	for r.decoder.More() {
		item, err := r.value(at.at(len(items)))
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := r.decoder.Token()
	return items, err
}
