package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

// parseJSON reads a JSON body into maps, slices and json.Number; an empty body is an empty object.
func parseJSON(body []byte) (any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return map[string]any{}, nil
	}
	if !utf8.Valid(body) {
		return nil, Errorf("SerializationException", "the body is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, Errorf("SerializationException", "the body is not JSON: %v", err)
	}
	return tree, nil
}

// sent are the names of an object's members that are not null.
func sent(tree any) map[string]bool {
	object, _ := tree.(map[string]any)
	names := make(map[string]bool, len(object))
	for name, value := range object {
		names[name] = value != nil
	}
	return names
}

// decodeJSON sets v to what tree holds.
func (n *naming) decodeJSON(tree any, v reflect.Value, path string) error {
	if tree == nil {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return n.decodeJSON(tree, v.Elem(), path)
	case reflect.Interface:
		return n.decodeUnion(tree, v, path)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return decodeEpoch(tree, v, path)
		}
		return n.decodeObject(tree, v, path)
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			return n.decodeArray(tree, v, path)
		}
	case reflect.Map:
		return n.decodeJSONMap(tree, v, path)
	}
	switch scalar := tree.(type) {
	case string:
		if v.Kind() == reflect.String || v.Kind() == reflect.Slice {
			return setScalar(v, scalar, path)
		}
		if f, ok := namedFloat(scalar); ok && (v.Kind() == reflect.Float64 || v.Kind() == reflect.Float32) {
			v.SetFloat(f)
			return nil
		}
	case json.Number:
		if v.Kind() != reflect.String && v.Kind() != reflect.Bool && v.Kind() != reflect.Slice {
			return setScalar(v, scalar.String(), path)
		}
	case bool:
		if v.Kind() == reflect.Bool {
			v.SetBool(scalar)
			return nil
		}
	}
	return malformed(path, jsonKind(v))
}

func namedFloat(name string) (float64, bool) {
	f, ok := map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}[name]
	return f, ok
}

func jsonKind(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String, reflect.Slice:
		return "a string"
	}
	return "a number"
}

func decodeEpoch(tree any, v reflect.Value, path string) error {
	number, ok := tree.(json.Number)
	if !ok {
		return malformed(path, "a number of seconds")
	}
	seconds, err := number.Float64()
	if err != nil {
		return malformed(path, "a number of seconds")
	}
	v.Set(reflect.ValueOf(time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()))
	return nil
}

func (n *naming) decodeObject(tree any, v reflect.Value, path string) error {
	object, ok := tree.(map[string]any)
	if !ok {
		return malformed(path, "an object")
	}
	known := map[string]bool{"__type": true}
	for _, m := range n.members(v.Type()) {
		known[m.name] = true
		child, ok := object[m.name]
		if !ok {
			continue
		}
		if err := n.decodeJSON(child, v.Field(m.index), join(path, m.name)); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(object) {
		if !known[name] {
			return &unknownMember{join(path, name)}
		}
	}
	return nil
}

func (n *naming) decodeArray(tree any, v reflect.Value, path string) error {
	array, ok := tree.([]any)
	if !ok {
		return malformed(path, "an array")
	}
	list := reflect.MakeSlice(v.Type(), len(array), len(array))
	for i, item := range array {
		if err := n.decodeJSON(item, list.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	v.Set(list)
	return nil
}

func (n *naming) decodeJSONMap(tree any, v reflect.Value, path string) error {
	object, ok := tree.(map[string]any)
	if !ok {
		return malformed(path, "an object")
	}
	result := reflect.MakeMapWithSize(v.Type(), len(object))
	for _, key := range sortedKeys(object) {
		item := reflect.New(v.Type().Elem()).Elem()
		if err := n.decodeJSON(object[key], item, join(path, key)); err != nil {
			return err
		}
		result.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), item)
	}
	v.Set(result)
	return nil
}

// decodeUnion reads an object with one key, which names the union's member type.
func (n *naming) decodeUnion(tree any, v reflect.Value, path string) error {
	union, ok := n.unions[v.Type()]
	if !ok {
		return fmt.Errorf("%s: %s is no union that the service describes", path, v.Type())
	}
	object, isObject := tree.(map[string]any)
	if !isObject || len(object) != 1 {
		return malformed(path, "an object with one member, one of "+strings.Join(n.unionNames(union), ", "))
	}
	for key, value := range object {
		for _, pointer := range union.Members {
			if n.unionName(union, pointer) != key {
				continue
			}
			item := reflect.New(pointer.Elem())
			if err := n.decodeJSON(value, item.Elem().FieldByName("Value"), join(path, key)); err != nil {
				return err
			}
			v.Set(item)
			return nil
		}
	}
	return malformed(path, "an object with one member, one of "+strings.Join(n.unionNames(union), ", "))
}

func (n *naming) unionName(union Union, pointer reflect.Type) string {
	name := strings.TrimPrefix(pointer.Elem().Name(), union.Interface.Name()+"Member")
	if n.lowerCamel {
		return lowerFirst(name)
	}
	return name
}

func (n *naming) unionNames(union Union) []string {
	var names []string
	for _, pointer := range union.Members {
		names = append(names, n.unionName(union, pointer))
	}
	return names
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// epoch is a time as the JSON protocols write it: in seconds, to the millisecond.
type epoch time.Time

// MarshalJSON implements json.Marshaler.
func (e epoch) MarshalJSON() ([]byte, error) {
	t := time.Time(e)
	return fmt.Appendf(nil, "%d.%03d", t.Unix(), t.Nanosecond()/1e6), nil
}

// encodeJSON returns v as a tree of maps, lists, epochs, []byte and scalars, which marshal and marshalCBOR write in the
// wire's form; absent values are nil.
func (n *naming) encodeJSON(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return n.encodeJSON(v.Elem())
	case reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		return n.encodeUnion(v)
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return epoch(t), nil
		}
		return n.encodeObject(v, nil)
	case reflect.Slice:
		if v.IsNil() {
			return nil, nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Bytes(), nil
		}
		list := make([]any, v.Len())
		for i := range list {
			item, err := n.encodeItem(v.Index(i))
			if err != nil {
				return nil, err
			}
			list[i] = item
		}
		return list, nil
	case reflect.Map:
		if v.IsNil() {
			return nil, nil
		}
		object := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			item, err := n.encodeItem(v.MapIndex(key))
			if err != nil {
				return nil, err
			}
			object[key.String()] = item
		}
		return object, nil
	}
	return v.Interface(), nil
}

// encodeItem encodes an item of a list, map or union, where what is empty cannot be left out.
func (n *naming) encodeItem(v reflect.Value) (any, error) {
	encoded, err := n.encodeJSON(v)
	switch {
	case encoded != nil || err != nil:
		return encoded, err
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return []byte{}, nil
	case v.Kind() == reflect.Slice:
		return []any{}, nil
	case v.Kind() == reflect.Map:
		return map[string]any{}, nil
	}
	return nil, nil
}

// encodeObject encodes the members of a struct that are set, and the empty lists that AWS answers too, without those named
// in except.
func (n *naming) encodeObject(v reflect.Value, except map[string]bool) (map[string]any, error) {
	object := map[string]any{}
	for _, m := range n.members(v.Type()) {
		field := v.Field(m.index)
		if except[m.field] || (field.Kind() == reflect.String && field.Len() == 0) {
			continue
		}
		if m.list && field.Len() == 0 {
			if m.empty.shows(field) {
				object[m.name] = []any{}
			}
			continue
		}
		value, err := n.encodeJSON(field)
		if err != nil {
			return nil, err
		}
		if value != nil {
			object[m.name] = value
		}
	}
	return object, nil
}

func (n *naming) encodeUnion(v reflect.Value) (any, error) {
	union, ok := n.unions[v.Type()]
	if !ok {
		return nil, fmt.Errorf("%s is no union that the service describes", v.Type())
	}
	pointer := v.Elem()
	value, err := n.encodeItem(pointer.Elem().FieldByName("Value"))
	if err != nil {
		return nil, err
	}
	return map[string]any{n.unionName(union, pointer.Type()): value}, nil
}

// objectAnswer is the body of a JSON protocol's answer, or of one in CBOR.
func (s *served) objectAnswer(output any) ([]byte, error) {
	object, err := s.response.encodeObject(reflect.ValueOf(output).Elem(), nil)
	if err != nil {
		return nil, err
	}
	return s.marshal(object)
}

// marshal writes a tree as the service's protocol has it.
func (s *served) marshal(tree map[string]any) ([]byte, error) {
	if s.Protocol == RPCv2CBOR {
		return marshalCBOR(tree)
	}
	return marshal(tree)
}

// encodeMember encodes a further member of an error.
func (s *served) encodeMember(value any) (any, error) {
	if s.response == nil {
		return value, nil
	}
	return s.response.encodeJSON(reflect.ValueOf(value))
}
