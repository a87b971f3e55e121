package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"bluegreen/internal/deploy"
)

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

// leftWithin are what left is of a group that stays, which is blue and green in one.
var leftWithin = func() map[Kind]string {
	lines := maps.Clone(left)
	lines[KindMax] = "the maximum of %s, raised to %s: it was %s"
	lines[KindDesired] = "the desired capacity of %s, left at %s: people want %s"
	return lines
}()

// within says how a group that stays is left.
func (l *Lock) within() []string {
	group, place := l.Deployment.Blue, cmp.Or(l.InPlace, &InPlace{})
	launched, guarded := 0, 0
	for _, launch := range place.Launches {
		launched += launch.Count
	}
	lines := []string{fmt.Sprintf("%s serves; of %s %d have joined it, and of its previous ones %d have been ended",
		group, deploy.Counted(launched, "new instance"), len(place.Joined), len(place.Ended))}
	if place.Version != "" {
		lines = append(lines, fmt.Sprintf("version %s of its launch template, with image %s", place.Version, l.Deployment.Own.ImageID))
	}
	for _, c := range l.Changes {
		if c.Kind == KindGuard {
			guarded++
			continue
		}
		lines = append(lines, fmt.Sprintf(leftWithin[c.Kind], c.Of, c.Set[len(c.Set)-1], cmp.Or(c.Was, "none")))
	}
	if guarded > 0 {
		lines = append(lines, fmt.Sprintf("the scale-in protection of %s, changed", deploy.Counted(guarded, "instance")))
	}
	return lines
}
