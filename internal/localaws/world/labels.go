package world

import (
	"maps"
	"slices"
)

// labels are the tags that people give to all that they make for the fleet.
func (p Plan) labels() map[string]string {
	return map[string]string{"Project": p.Project, "Role": p.Role, "Environment": p.Environment}
}

// labelled are the labels as one of the services' APIs takes them.
func labelled[T any](p Plan, tag func(key, value string) T) []T {
	labels := p.labels()
	var tags []T
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		tags = append(tags, tag(key, labels[key]))
	}
	return tags
}
