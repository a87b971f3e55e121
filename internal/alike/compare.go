package alike

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Difference is a place that reads differently.
type Difference struct {
	Place       string
	Blue, Green string // empty: not shown
	Why         string // from the table of differences that are meant to be; empty: none explains it
}

// Compare finds the places that differ.
func Compare(blue, green Shown) []Difference {
	places := maps.Clone(blue)
	maps.Copy(places, green)
	var all []Difference
	for _, place := range slices.Sorted(maps.Keys(places)) {
		if blue[place] != green[place] {
			all = append(all, Difference{place, blue[place], green[place], why(place)})
		}
	}
	return all
}

// Unexplained are the differences that nothing explains.
func Unexplained(all []Difference) []Difference {
	return slices.DeleteFunc(slices.Clone(all), func(d Difference) bool { return d.Why != "" })
}

// Table are the places of two groups side by side, those that differ marked: ~ as it is meant to be, ! as nothing explains.
func Table(out io.Writer, blue, green Shown) error {
	places := maps.Clone(blue)
	maps.Copy(places, green)
	for _, place := range slices.Sorted(maps.Keys(places)) {
		mark, is := " ", why(place)
		if blue[place] != green[place] {
			mark = "!"
			if is != "" {
				mark = "~"
			}
		}
		if _, err := fmt.Fprintf(out, "%s %-60s %-40s %s\n", mark, place, short(blue[place]), short(green[place])); err != nil {
			return err
		}
	}
	return nil
}

// short is a text that fits a column.
func short(text string) string {
	const most = 38
	text = strings.ReplaceAll(text, "\n", " ")
	if text == "" {
		return "-"
	}
	if runes := []rune(text); len(runes) > most {
		return "…" + string(runes[len(runes)-most+1:])
	}
	return text
}
