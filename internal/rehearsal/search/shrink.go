package search

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Shrink makes a case that fails smaller while it fails in the same way: it takes away one thing after the other and
// makes numbers smaller, within so many tries. It returns the smallest case and how that one went.
func Shrink(c Case, played Played, tries int) (Case, Played) {
	want := kind(played.Failure)
	for smaller := true; smaller; {
		smaller = false
		for i := 0; tries > 0; {
			all := c.simpler()
			if i >= len(all) {
				break
			}
			tries--
			if again := all[i].Play(); kind(again.Failure) == want {
				c, played, smaller = all[i], again, true
				continue // what stands at i now is the next one
			}
			i++
		}
	}
	return c, played
}

// simpler are the cases that are one step simpler, those that take most away first.
func (c Case) simpler() []Case {
	var all []Case
	for i := range c.Events {
		without := c
		without.Events = slices.Delete(slices.Clone(c.Events), i, i+1)
		all = append(all, without)
	}
	for i := range c.Setup {
		without := c
		without.Setup = slices.Delete(slices.Clone(c.Setup), i, i+1)
		all = append(all, without)
	}
	for i := range c.Faults {
		without := c
		without.Faults = slices.Delete(slices.Clone(c.Faults), i, i+1)
		all = append(all, without)
	}
	for _, world := range simplerArguments(c.World) {
		other := c
		other.World = world
		all = append(all, other)
	}
	for _, field := range []func(*RequestOptions) *int{
		func(o *RequestOptions) *int { return &o.Wait },
		func(o *RequestOptions) *int { return &o.TimeoutSeconds },
		func(o *RequestOptions) *int { return &o.Consecutive },
		func(o *RequestOptions) *int { return &o.DrainSeconds },
		func(o *RequestOptions) *int { return &o.BakeSeconds },
	} {
		other := c
		if value := field(&other.Request); *value > 0 {
			*value = 0
			all = append(all, other)
		}
	}
	if c.Request.OnTimeout != "" {
		other := c
		other.Request.OnTimeout = ""
		all = append(all, other)
	}
	if c.Request.Delete {
		other := c
		other.Request.Delete = false
		all = append(all, other)
	}
	if c.Request.Green != "" {
		other := c
		other.Request.Green = ""
		all = append(all, other)
	}
	for i, fault := range c.Faults {
		for _, args := range simplerArguments(fault.Arguments) {
			other := c
			other.Faults = slices.Clone(c.Faults)
			other.Faults[i].Arguments = args
			all = append(all, other)
		}
	}
	for i, event := range c.Events {
		for _, simpler := range event.simpler() {
			other := c
			other.Events = slices.Clone(c.Events)
			other.Events[i] = simpler
			if slices.IsSortedFunc(other.Events, func(a, b Event) int { return int(a.At - b.At) }) {
				all = append(all, other)
			}
		}
	}
	return all
}

func (e Event) simpler() []Event {
	var all []Event
	for _, at := range []time.Duration{0, e.At.Truncate(time.Minute), e.At.Truncate(10 * time.Second)} {
		if at < e.At {
			other := e
			other.At = at
			all = append(all, other)
		}
	}
	for _, args := range simplerArguments(e.Arguments) {
		other := e
		other.Arguments = args
		all = append(all, other)
	}
	return all
}

// simplerArguments are the arguments without one of them, or with a smaller value. What makes no sense any more then
// fails in another way, and is not taken.
func simplerArguments(args []Argument) [][]Argument {
	var all [][]Argument
	for i := range args {
		all = append(all, slices.Delete(slices.Clone(args), i, i+1))
	}
	for i, arg := range args {
		for _, value := range simplerValues(arg.Value) {
			other := slices.Clone(args)
			other[i].Value = value
			all = append(all, other)
		}
	}
	return all
}

// simplerValues are smaller numbers and times, and the ends of a range of times.
func simplerValues(value string) []string {
	if least, most, varies := strings.Cut(value, "-"); varies && least != "" {
		return []string{least, most}
	}
	if n, err := strconv.Atoi(value); err == nil && n > 1 {
		return slices.Compact([]string{"1", strconv.Itoa(n / 2), strconv.Itoa(n - 1)})
	}
	if d, err := time.ParseDuration(value); err == nil && d > time.Second {
		return slices.Compact([]string{(d / 2).Truncate(time.Second).String(), (d - 1).Truncate(time.Second).String()})
	}
	return nil
}
