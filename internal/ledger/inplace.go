package ledger

import "slices"

// InPlace is how far the replacement of a group's instances has come, of which nothing else knows: what is launched is found again by its
// tags, and asked for by tokens that the deployment and the number of the launch give.
type InPlace struct {
	Version  string   `json:"version,omitempty"`  // number of the template's version that was made, once it is known
	Launches []Launch `json:"launches,omitempty"` // each one call, written before it is made
	Ended    []string `json:"ended,omitempty"`    // ids of previous instances, written before they are ended
	Joined   []string `json:"joined,omitempty"`   // ids of instances that the deployment has launched, written before they join
	Lost     []string `json:"lost,omitempty"`     // ids of those that it has launched and that have ended: EC2 forgets them
}

// With are ids with others that are not among them.
func With(ids []string, others ...string) []string {
	for _, id := range others {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Without are ids without others.
func Without(ids []string, others ...string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(others, id) })
}

// Launch is a launch of instances of one type in one subnet.
type Launch struct {
	Subnet string `json:"subnet"`
	Type   string `json:"type"`
	Count  int    `json:"count"`
	Done   bool   `json:"done,omitempty"` // EC2 has answered
}

// clone copies what a change of the record may change.
func (p *InPlace) clone() *InPlace {
	if p == nil {
		return nil
	}
	c := *p
	c.Launches, c.Ended, c.Joined, c.Lost = slices.Clone(p.Launches), slices.Clone(p.Ended), slices.Clone(p.Joined), slices.Clone(p.Lost)
	return &c
}
