package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// node is an element of a request's body.
type node struct {
	name     string
	text     string
	children []*node
}

// parseXML reads a body, which may be empty: then there is no node.
func parseXML(body []byte) (*node, error) {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	var open []*node
	root := &node{}
	open = append(open, root)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && len(open) == 1 {
			break
		}
		if err != nil {
			return nil, malformed("", "XML")
		}
		at := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			child := &node{name: token.Name.Local}
			at.children = append(at.children, child)
			open = append(open, child)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			at.text += string(token)
		}
	}
	if len(root.children) == 0 {
		return nil, nil
	}
	return root.children[0], nil
}

// decodeXML sets v to what an element holds: a list's items are its children, a struct's members are its children by name.
func (n *naming) decodeXML(from *node, v reflect.Value, path string) error {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return n.decodeXML(from, v.Elem(), path)
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[time.Time]() {
			return n.decodeElements(from, v, path)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			list := reflect.MakeSlice(v.Type(), len(from.children), len(from.children))
			for i, item := range from.children {
				if err := n.decodeXML(item, list.Index(i), fmt.Sprintf("%s.%d", path, i+1)); err != nil {
					return err
				}
			}
			v.Set(list)
			return nil
		}
	}
	return setScalar(v, strings.TrimSpace(from.text), path)
}

func (n *naming) decodeElements(from *node, v reflect.Value, path string) error {
	members := make(map[string]member)
	for _, m := range n.members(v.Type()) {
		members[m.name] = m
	}
	for _, child := range from.children {
		m, known := members[child.name]
		if !known {
			return &unknownMember{join(path, child.name)}
		}
		if err := n.decodeXML(child, v.Field(m.index), join(path, child.name)); err != nil {
			return err
		}
	}
	return nil
}

// decodeRESTXML fills an input from path labels, query string and the XML body.
func (s *served) decodeRESTXML(o *Operation, r *http.Request, body []byte, v reflect.Value) error {
	root, err := parseXML(body)
	if err != nil {
		return err
	}
	if root != nil {
		if err := s.request.decodeElements(root, v, ""); err != nil {
			return err
		}
	}
	return setFromURL(o, r, v)
}

// restXMLAnswer writes an output as its operation's headers, status and body.
func (s *served) restXMLAnswer(o *Operation, output any, header http.Header) (status int, body []byte, err error) {
	v := reflect.ValueOf(output).Elem()
	shown := reflect.New(v.Type()).Elem()
	shown.Set(v)
	if _, err := setHeaders(o, shown, header); err != nil {
		return 0, nil, err
	}
	for member := range o.Headers { // what travels as a header is not in the body
		if field := shown.FieldByName(member); field.IsValid() {
			field.SetZero()
		}
	}
	w := &xmlWriter{naming: s.response}
	w.WriteString(xml.Header)
	root := o.Name + "Response"
	fmt.Fprintf(w, "<%s xmlns=\"%s\">", root, s.Namespace)
	err = w.members(shown)
	w.close(root)
	status = o.Success
	if status == 0 {
		status = http.StatusOK
	}
	return status, w.Bytes(), err
}
