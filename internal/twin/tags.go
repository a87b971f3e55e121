package twin

import (
	"maps"
	"slices"

	"bluegreen/internal/deploy"
)

// copiedTags are those of blue's that its copy has too.
func copiedTags(blue map[string]string) map[string]string {
	copied := maps.Clone(blue)
	maps.DeleteFunc(copied, func(key, _ string) bool { return deploy.ReservedTag(key) })
	return copied
}

// tagsFor are the copied tags and the deployment's own, as an API of Elastic Load Balancing takes them.
func tagsFor[T any](blue map[string]string, d deploy.Deployment, tag func(key, value string) T) []T {
	all := copiedTags(blue)
	if all == nil {
		all = make(map[string]string)
	}
	for _, own := range d.OwnTags() {
		all[own[0]] = own[1]
	}
	var tags []T
	for _, key := range slices.Sorted(maps.Keys(all)) {
		tags = append(tags, tag(key, all[key]))
	}
	return tags
}

// tagTraits are the traits of tags.
func tagTraits(of string, tags map[string]string, into map[string]string) {
	for key, value := range copiedTags(tags) {
		into[of+" tag "+key] = given(value)
		if value == "" {
			into[of+" tag "+key] = `""`
		}
	}
}
