package wire

import (
	"fmt"
	"reflect"
	"strings"
)

// checkOperation panics if the operation names a member that its types do not have: that is a mistake in the program.
func checkOperation(service *Service, o *Operation) {
	for _, paths := range [][]string{o.Modelled, o.Required} {
		for _, path := range paths {
			if !hasPath(o.Input, strings.Split(path, ".")) {
				panic(fmt.Sprintf("wire: %s:%s: %s has no member %s", service.SigningName, o.Name, o.Input, path))
			}
		}
	}
}

func hasPath(t reflect.Type, path []string) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if len(path) == 0 {
		return true
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	field, ok := t.FieldByName(path[0])
	return ok && hasPath(field.Type, path[1:])
}

// unmodelled returns the path of a member that is set in v and that modelled does not name, or "".
func unmodelled(v reflect.Value, path string, modelled []string) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ""
		}
		return unmodelled(v.Elem(), path, modelled)
	case reflect.Slice:
		for i := range v.Len() {
			if found := unmodelled(v.Index(i), path, modelled); found != "" {
				return found
			}
		}
		return ""
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if found := unmodelled(v.MapIndex(key), path, modelled); found != "" {
				return found
			}
		}
		return ""
	case reflect.Struct:
		return unmodelledMember(v, path, modelled)
	}
	return path
}

func unmodelledMember(v reflect.Value, path string, modelled []string) string {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || field.Name == "ResultMetadata" || v.Field(i).IsZero() {
			continue
		}
		member := join(path, field.Name)
		whole, part := honours(modelled, member)
		if whole {
			continue
		}
		if !part {
			return member
		}
		if found := unmodelled(v.Field(i), member, modelled); found != "" {
			return found
		}
	}
	return ""
}

// honours reports whether modelled names member itself, or only members in it.
func honours(modelled []string, member string) (whole, part bool) {
	for _, path := range modelled {
		whole = whole || path == member
		part = part || strings.HasPrefix(path, member+".")
	}
	return whole, part
}
