package wire

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
)

// param is one level of a query request: Filter.1.Name is a param in a param in a param. It is how both query protocols
// write structs, lists and maps.
type param struct {
	path     string
	value    *string
	children map[string]*param
}

// parseForm arranges the form of a query request as a tree, without the parameters that belong to the protocol.
func parseForm(form url.Values) *param {
	root := &param{}
	for key, values := range form {
		if key == "Action" || key == "Version" || strings.HasPrefix(key, "X-Amz-") || len(values) == 0 {
			continue
		}
		at := root
		for _, name := range strings.Split(key, ".") {
			at = at.descend(name)
		}
		at.value = &values[0]
	}
	return root
}

func (p *param) descend(name string) *param {
	child := p.children[name]
	if child == nil {
		path := name
		if p.path != "" {
			path = p.path + "." + name
		}
		child = &param{path: path}
		if p.children == nil {
			p.children = map[string]*param{}
		}
		p.children[name] = child
	}
	return child
}

// unknownMember is a member of a request that the SDK's type doesn't have.
type unknownMember struct{ path string }

func (e *unknownMember) Error() string { return "unknown member " + e.path }

// decodeParam sets v to what p holds.
func (n *naming) decodeParam(p *param, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return n.decodeParam(p, v.Elem())
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[time.Time]() {
			return n.decodeParams(p, v)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			return n.decodeParamList(p, v)
		}
	case reflect.Map:
		return n.decodeParamMap(p, v)
	}
	if p.value == nil {
		return malformed(p.path, "a value")
	}
	return setScalar(v, *p.value, p.path)
}

func (n *naming) decodeParams(p *param, v reflect.Value) error {
	known := map[string]bool{}
	for _, m := range n.members(v.Type()) {
		known[m.name] = true
		child := p.children[m.name]
		if child == nil {
			continue
		}
		if err := n.decodeParam(child, v.Field(m.index)); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(p.children) {
		if !known[name] {
			return &unknownMember{p.children[name].path}
		}
	}
	return nil
}

// decodeParamList reads List.member.1 (or List.item.1) and, as ec2 writes it, List.1. An empty list is written List= without a value.
func (n *naming) decodeParamList(p *param, v reflect.Value) error {
	items := p
	for _, wrapper := range []string{"member", "item"} {
		if inner := p.children[wrapper]; inner != nil {
			items = inner
		}
	}
	numbers, err := items.numbers()
	if err != nil {
		return err
	}
	list := reflect.MakeSlice(v.Type(), len(numbers), len(numbers))
	for i, number := range numbers {
		if err := n.decodeParam(items.children[strconv.Itoa(number)], list.Index(i)); err != nil {
			return err
		}
	}
	v.Set(list)
	return nil
}

// decodeParamMap reads Map.entry.1.key and Map.entry.1.value; sns calls the two Name and Value in one of its maps.
func (n *naming) decodeParamMap(p *param, v reflect.Value) error {
	entries := p
	if inner := p.children["entry"]; inner != nil {
		entries = inner
	}
	numbers, err := entries.numbers()
	if err != nil {
		return err
	}
	result := reflect.MakeMapWithSize(v.Type(), len(numbers))
	for _, number := range numbers {
		entry := entries.children[strconv.Itoa(number)]
		key, value := entry.either("key", "Name"), entry.either("value", "Value")
		if key == nil || key.value == nil || value == nil {
			return malformed(entry.path, "a key and a value")
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if err := n.decodeParam(value, item); err != nil {
			return err
		}
		result.SetMapIndex(reflect.ValueOf(*key.value).Convert(v.Type().Key()), item)
	}
	v.Set(result)
	return nil
}

func (p *param) either(names ...string) *param {
	for _, name := range names {
		if child := p.children[name]; child != nil {
			return child
		}
	}
	return nil
}

// numbers are the indices of a list's items, in order.
func (p *param) numbers() ([]int, error) {
	var numbers []int
	for name, child := range p.children {
		number, err := strconv.Atoi(name)
		if err != nil {
			return nil, malformed(child.path, "an index")
		}
		numbers = append(numbers, number)
	}
	sort.Ints(numbers)
	return numbers, nil
}

// setScalar sets v, a bool, number, string, time or blob, to what text says.
func setScalar(v reflect.Value, text, path string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return nil
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return malformed(path, "true or false")
		}
		v.SetBool(b)
		return nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return malformed(path, "an integer")
		}
		v.SetInt(i)
		return nil
	case reflect.Float32, reflect.Float64:
		f, err := strconv.ParseFloat(text, v.Type().Bits())
		if err != nil {
			return malformed(path, "a number")
		}
		v.SetFloat(f)
		return nil
	case reflect.Slice:
		blob, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return malformed(path, "base64")
		}
		v.SetBytes(blob)
		return nil
	case reflect.Struct:
		t, err := parseTime(text)
		if err != nil {
			return malformed(path, "a timestamp such as 2026-01-02T15:04:05Z")
		}
		v.Set(reflect.ValueOf(t))
		return nil
	}
	return fmt.Errorf("%s: cannot decode into %s", path, v.Type())
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	seconds, err := strconv.ParseFloat(text, 64)
	return time.UnixMilli(int64(seconds * 1000)).UTC(), err
}

// malformed is the error of a member at path that is not what it should be.
func malformed(path, want string) *Error {
	if path == "" {
		path = "the body"
	}
	return Errorf("MalformedInput", "%s must be %s", path, want)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
