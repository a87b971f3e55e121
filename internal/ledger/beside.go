package ledger

import (
	"encoding/json"
	"slices"
)

// Superseded is a fleet that was replaced before the last one, and what was made for it: nobody asks it back any more, and what was
// made for it goes once it is gone.
type Superseded struct {
	Name string `json:"name"`
	Made []Made `json:"made"`
}

// supersededBytes is how much of the record superseded fleets may take, as JSON. An item may have 400 KB in all.
const supersededBytes = 64 << 10

// Supersede remembers what was made for a fleet that stood by until now; nothing of nil, or where nothing was made. Where there is no
// room for all, the oldest are forgotten; it returns those.
func (r *Record) Supersede(p *Previous) (forgotten []Superseded) {
	if p == nil || len(p.Made) == 0 {
		return nil
	}
	r.Superseded = append([]Superseded{{p.Name, p.Made}}, r.Superseded...)
	for i := range r.Superseded {
		encoded, err := json.Marshal(r.Superseded[:i+1])
		if err == nil && len(encoded) > supersededBytes {
			forgotten, r.Superseded = r.Superseded[i:], slices.Clone(r.Superseded[:i])
			return forgotten
		}
	}
	return nil
}

// Beside is what was made for fleets that do not serve: the one that stands by, and superseded ones.
func (r Record) Beside() []Superseded {
	if p := r.Previous; p != nil && len(p.Made) > 0 {
		return append([]Superseded{{p.Name, p.Made}}, r.Superseded...)
	}
	return r.Superseded
}

// TakenAway forgets what was made for a fleet that does not serve.
func (r *Record) TakenAway(name string) {
	r.Superseded = slices.DeleteFunc(slices.Clone(r.Superseded), func(s Superseded) bool { return s.Name == name })
	if len(r.Superseded) == 0 {
		r.Superseded = nil
	}
	if r.Previous != nil && r.Previous.Name == name {
		r.Previous.Made = nil
	}
}
