// Package filled fills values of any type, for tests that hold that a conversion or a copy loses nothing.
package filled

import (
	"fmt"
	"reflect"
	"time"
)

// Value returns a T each of whose exported members is set, at every depth, to what no other member is set to, as far as its
// type allows: lists have two items, maps one, booleans are true. An enumeration has one of its values. A member that is an
// interface, such as a union of the SDK, gets the first of the unions that implements it: each is a pointer to a struct.
func Value[T any](unions ...any) T {
	var value T
	f := filler{unions: unions}
	f.fill(reflect.ValueOf(&value).Elem())
	return value
}

type filler struct {
	unions []any
	n      int // the last value given
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.String:
		v.SetString(word(v, f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(f.n) + 0.5)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key)
		f.fill(item)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, item)
	case reflect.Struct:
		f.fillStruct(v)
	case reflect.Interface:
		f.fillUnion(v)
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

func (f *filler) fillStruct(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 11, 30, 0, 0, f.n, 0, time.UTC)))
		return
	}
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() && field.Name != "ResultMetadata" {
			f.fill(v.Field(i))
		}
	}
}

func (f *filler) fillUnion(v reflect.Value) {
	for _, union := range f.unions {
		if member := reflect.TypeOf(union); member.Implements(v.Type()) {
			made := reflect.New(member.Elem())
			f.fill(made.Elem())
			v.Set(made)
			return
		}
	}
	panic(fmt.Sprintf("filled: none of the unions is a %s", v.Type()))
}
