package launch_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// silent are the members, of those that a filled value has, without which what is made of it is the same. Every other member
// counts: so a member that the SDK's types get one day counts, or is found here.
func silent[T any](t *testing.T, value T, made func(T) any) []string {
	t.Helper()
	whole := asText(t, made(value))
	var found []string
	for _, path := range leaves(reflect.ValueOf(value), nil) {
		less := reflect.New(reflect.TypeFor[T]()).Elem()
		copied, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(copied, less.Addr().Interface()); err != nil {
			t.Fatal(err)
		}
		at(less, path).SetZero()
		if asText(t, made(less.Interface().(T))) == whole {
			found = append(found, named(reflect.TypeFor[T](), path))
		}
	}
	return found
}

func asText(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// leaves are the paths of all members that hold no others: of a list the first item's.
func leaves(v reflect.Value, path []int) [][]int {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Struct && v.Type().PkgPath() != "time":
		var all [][]int
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Name != "ResultMetadata" {
				all = append(all, leaves(v.Field(i), append(path[:len(path):len(path)], i))...)
			}
		}
		return all
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		return leaves(v.Index(0), path)
	}
	return [][]int{path}
}

// at is the member at a path, through pointers and the first items of lists.
func at(v reflect.Value, path []int) reflect.Value {
	for _, i := range path {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice {
			if v.Kind() == reflect.Slice {
				v = v.Index(0)
			} else {
				v = v.Elem()
			}
		}
		v = v.Field(i)
	}
	return v
}

func named(t reflect.Type, path []int) string {
	var names []string
	for _, i := range path {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		names = append(names, t.Field(i).Name)
		t = t.Field(i).Type
	}
	return strings.Join(names, ".")
}
