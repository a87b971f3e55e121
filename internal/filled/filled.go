// Package filled fills values of any type, for tests that hold that a conversion or a copy loses nothing.
package filled

import (
	"fmt"
	"reflect"
	"time"
)

// Value returns a T each of whose exported members is set, at every depth, to what no other member is set to, as far as its
// type allows: lists have two items, maps one, booleans are true. An enumeration has one of its values.
func Value[T any]() T {
	var value T
	n := 0
	fill(reflect.ValueOf(&value).Elem(), &n)
	return value
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.String:
		v.SetString(word(v, *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(item, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, item)
	case reflect.Struct:
		fillStruct(v, n)
	default:
		panic(fmt.Sprintf("filled: a %s cannot be filled", v.Type()))
	}
}

// word is one of an enumeration's values, or a text with a number.
func word(v reflect.Value, n int) string {
	if values := v.MethodByName("Values"); values.IsValid() {
		all := values.Call(nil)[0]
		return all.Index(n % all.Len()).String()
	}
	return fmt.Sprintf("text-%d", n)
}

func fillStruct(v reflect.Value, n *int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 11, 30, 0, 0, *n, 0, time.UTC)))
		return
	}
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() && field.Name != "ResultMetadata" {
			fill(v.Field(i), n)
		}
	}
}
