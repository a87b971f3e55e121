package form

import (
	"strings"
)

// One is an object with exactly one of its fields: each is another way to say the same thing.
type One Object

func (o One) wants() string {
	names := make([]string, len(o))
	for i, f := range o {
		names[i] = `"` + f.name + `"`
	}
	return "an object with exactly one of " + strings.Join(names, ", ")
}

func (o One) read(at *place, value any, p *Problems) {
	members, ok := value.(map[string]any)
	if !ok || len(members) != 1 {
		mismatch(at, value, o, p)
		return
	}
	Object(o).read(at, value, p)
}

func (o One) schema() schema {
	return append(Object(o).schema(), keyword{"minProperties", 1}, keyword{"maxProperties", 1})
}
