package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// xmlWriter writes the answers of the query protocols.
type xmlWriter struct {
	bytes.Buffer
	naming *naming
}

func (w *xmlWriter) open(name string) {
	w.WriteByte('<')
	w.WriteString(name)
	w.WriteByte('>')
}

func (w *xmlWriter) close(name string) {
	w.WriteString("</")
	w.WriteString(name)
	w.WriteByte('>')
}

func (w *xmlWriter) text(name, text string) {
	w.open(name)
	_ = xml.EscapeText(&w.Buffer, []byte(text))
	w.close(name)
}

// members writes the members of a struct that are set, and the empty lists that AWS writes too: clients print them.
func (w *xmlWriter) members(v reflect.Value) error {
	for _, m := range w.naming.members(v.Type()) {
		if err := w.member(m, v.Field(m.index)); err != nil {
			return err
		}
	}
	return nil
}

func (w *xmlWriter) member(m member, v reflect.Value) error {
	if m.list && v.Len() == 0 {
		if m.empty.shows(v) {
			w.open(m.name)
			w.close(m.name)
		}
		return nil
	}
	if m.item != "" {
		return w.list(m.name, m.item, v)
	}
	return w.value(m.name, v)
}

// value writes v as the element name. Absent are nil and the empty string of an enum.
func (w *xmlWriter) value(name string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		if v.Elem().Kind() == reflect.String {
			w.text(name, v.Elem().String())
			return nil
		}
		return w.value(name, v.Elem())
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			w.text(name, base64.StdEncoding.EncodeToString(v.Bytes()))
			return nil
		}
		item := "member"
		switch w.naming.protocol {
		case EC2Query:
			item = "item"
		case RESTXML: // Changes of Change
			item = strings.TrimSuffix(name, "s")
		}
		return w.list(name, item, v)
	case reflect.Map:
		if v.IsNil() {
			return nil
		}
		return w.entries(name, v)
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			w.text(name, t.UTC().Format("2006-01-02T15:04:05.000Z"))
			return nil
		}
		w.open(name)
		defer w.close(name)
		return w.members(v)
	}
	text, err := scalarText(v)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if text != "" {
		w.text(name, text)
	}
	return nil
}

func (w *xmlWriter) list(name, item string, v reflect.Value) error {
	w.open(name)
	defer w.close(name)
	for i := range v.Len() {
		element := v.Index(i)
		if element.Kind() == reflect.String {
			w.text(item, element.String())
			continue
		}
		if err := w.value(item, element); err != nil {
			return err
		}
	}
	return nil
}

func (w *xmlWriter) entries(name string, v reflect.Value) error {
	w.open(name)
	defer w.close(name)
	keys := map[string]reflect.Value{}
	for _, key := range v.MapKeys() {
		keys[key.String()] = v.MapIndex(key)
	}
	for _, key := range sortedKeys(keys) {
		w.open("entry")
		w.text("key", key)
		if value := keys[key]; value.Kind() == reflect.String {
			w.text("value", value.String())
		} else if err := w.value("value", value); err != nil {
			return err
		}
		w.close("entry")
	}
	return nil
}

// scalarText is a bool, number or string as XML, headers and query strings have it.
func scalarText(v reflect.Value) (string, error) {
	switch v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()), nil
	}
	return "", fmt.Errorf("cannot encode %s", v.Type())
}

// usualAnswer is room, in bytes, for most answers.
const usualAnswer = 2 << 10

// queryAnswer is the body of a query protocol's answer.
func (s *served) queryAnswer(operation *Operation, output any, requestID string) ([]byte, error) {
	w := &xmlWriter{naming: s.response}
	w.Grow(usualAnswer)
	w.WriteString(xml.Header)
	root := operation.Name + "Response"
	fmt.Fprintf(w, "<%s xmlns=\"%s\">", root, s.Namespace)
	v := reflect.ValueOf(output).Elem()
	if s.Protocol == EC2Query {
		w.text("requestId", requestID)
		err := w.members(v)
		w.close(root)
		return w.Bytes(), err
	}
	w.open(operation.Name + "Result")
	err := w.members(v)
	w.close(operation.Name + "Result")
	w.open("ResponseMetadata")
	w.text("RequestId", requestID)
	w.close("ResponseMetadata")
	w.close(root)
	return w.Bytes(), err
}

// queryError is the body of a query protocol's error answer.
func (s *served) queryError(e *Error, requestID string) []byte {
	w := &xmlWriter{naming: s.response}
	w.WriteString(xml.Header)
	if s.Protocol == EC2Query {
		w.WriteString("<Response><Errors><Error>")
		w.text("Code", e.Code)
		w.text("Message", e.Message)
		w.WriteString("</Error></Errors>")
		w.text("RequestID", requestID)
		w.WriteString("</Response>")
		return w.Bytes()
	}
	fmt.Fprintf(w, "<ErrorResponse xmlns=\"%s\"><Error>", s.Namespace)
	kind := "Sender"
	if e.Status >= 500 {
		kind = "Receiver"
	}
	w.text("Type", kind)
	w.text("Code", e.Code)
	w.text("Message", e.Message)
	w.WriteString("</Error>")
	w.text("RequestId", requestID)
	w.WriteString("</ErrorResponse>")
	return w.Bytes()
}
