package elbv2

import (
	"maps"
	"slices"
	"strconv"
)

// attribute is a keyed attribute of target groups, load balancers or listeners.
type attribute struct {
	key, byDefault string
	kind           string // of load balancer; empty for both
	valid          func(string) bool
}

// attributes are what things of one sort can have, in the order in which they are described.
type attributes []attribute

func number(least, most int) func(string) bool {
	return func(text string) bool {
		n, err := strconv.Atoi(text)
		return err == nil && n >= least && n <= most
	}
}

func oneOf(values ...string) func(string) bool {
	return func(text string) bool { return slices.Contains(values, text) }
}

func orOff(valid func(string) bool) func(string) bool {
	return func(text string) bool { return text == "off" || valid(text) }
}

func anything(string) bool { return true }

// of are those that a kind of load balancer has.
func (all attributes) of(kind string) attributes {
	return slices.DeleteFunc(slices.Clone(all), func(a attribute) bool { return a.kind != "" && a.kind != kind })
}

// defaults are the values of something new.
func (all attributes) defaults() map[string]string {
	values := make(map[string]string, len(all))
	for _, a := range all {
		values[a.key] = a.byDefault
	}
	return values
}

// takes reports whether a key is one of these, and may have this value.
func (all attributes) takes(key, value string) bool {
	return slices.ContainsFunc(all, func(a attribute) bool { return a.key == key && a.valid(value) })
}

// change is the values with changes: key and value, of something that is named so in errors.
func (all attributes) change(values map[string]string, changes [][2]string, named string) (map[string]string, error) {
	values = maps.Clone(values)
	for _, change := range changes {
		key, value := change[0], change[1]
		at := slices.IndexFunc(all, func(a attribute) bool { return a.key == key })
		if at < 0 {
			return nil, invalid("%s attribute key '%s' is not recognized", named, key)
		}
		if !all[at].valid(value) {
			return nil, invalid("'%s' is not a valid value for %s attribute '%s'", value, lowerFirst(named), key)
		}
		values[key] = value
	}
	return values, nil
}

func lowerFirst(text string) string { return string(text[0]|0x20) + text[1:] }
