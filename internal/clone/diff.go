package clone

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
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
		names := make(map[string]string)
		maps.Copy(names, copied)
		maps.Copy(names, is)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			_, shown := is[name]
			_, defaults := p.(defaulter)
			if (shown || !defaults) && is[name] != copied[name] {
				blue, green := narrowed(is[name], copied[name])
				all = append(all, Difference{name, blue, green})
			}
		}
	}
	return all
}

// narrowed are two objects of JSON without the members in which they agree. All else stays as it is.
func narrowed(one, other string) (string, string) {
	var left, right map[string]any
	if json.Unmarshal([]byte(one), &left) != nil || json.Unmarshal([]byte(other), &right) != nil {
		return one, other
	}
	for name := range left {
		if both, ok := right[name]; ok && reflect.DeepEqual(left[name], both) {
			delete(left, name)
			delete(right, name)
		}
	}
	return text(left), text(right)
}

func text(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error() // a description is plain data
	}
	return string(encoded)
}

// given is what an input gives, as JSON: neither members without a value nor empty lists, which AWS shows or leaves out.
func given(input any) string {
	var tree any
	if err := json.Unmarshal([]byte(text(input)), &tree); err != nil {
		return err.Error() // text has just written it
	}
	return text(Pruned(tree))
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}
