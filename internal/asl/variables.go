package asl

// variables are those that one branch can see: its own, and those of the branches around it. Only its own can be
// assigned, so branches that run at the same time share the outer ones safely: an outer branch stands still meanwhile.
type variables struct {
	outer *variables
	own   *object // never changed, only replaced
}

func (v *variables) lookup(name string) (any, bool) {
	for ; v != nil; v = v.outer {
		if v.own != nil {
			if value, ok := v.own.get(name); ok {
				return value, true
			}
		}
	}
	return nil, false
}

// assign sets the members of values all at once.
func (v *variables) assign(values *object) {
	merged := newObject()
	if v.own != nil {
		merged = newObject(v.own.members...)
	}
	for _, m := range values.members {
		merged.set(m.name, m.value)
	}
	v.own = merged
}
