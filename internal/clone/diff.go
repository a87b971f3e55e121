package clone

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"bluegreen/internal/deploy"
)

// Difference is one trait of blue that its copy has not, or that the copy has and blue has not.
type Difference struct {
	Name  string
	Blue  string // in words; empty: it has none
	Green string
}

// String says what blue has, and what it had when green was copied from it.
func (d Difference) String() string {
	return fmt.Sprintf("%s is %s, not %s", d.Name, orNone(d.Blue), orNone(d.Green))
}

// Diff is how blue differs from its copy, but for sizes and target groups.
func Diff(blue, green Whole, d deploy.Deployment) []Difference {
	var all []Difference
	for _, p := range pieces {
		is, copied := p.traits(blue, d), p.traits(green, d)
		names := maps.Clone(copied)
		maps.Copy(names, is)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if _, shown := is[name]; !shown && p == (group{}) { // AWS shows a default where blue shows nothing
				continue
			}
			if is[name] != copied[name] {
				all = append(all, Difference{name, is[name], copied[name]})
			}
		}
	}
	return all
}

func text(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error() // a description is plain data
	}
	return string(encoded)
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}
