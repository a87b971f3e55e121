package survey

import (
	"context"
	"slices"
	"strings"
)

// imageFindings looks for the images that a copy would launch as blue's group names them: blue's instances run on where theirs is
// gone. bases are the template versions that green is copied from.
func (h Surveyor) imageFindings(ctx context.Context, base contents, bases []pinned) ([]string, error) {
	images := []string{base.image}
	for _, one := range bases {
		images = append(images, ofVersion(one.data).image)
	}
	slices.Sort(images)
	var findings []string
	for _, id := range slices.Compact(images) {
		if !strings.HasPrefix(id, "ami-") {
			continue
		}
		_, finding, err := h.describeImage(ctx, id)
		if err != nil {
			return nil, err
		}
		if finding != "" {
			findings = append(findings, finding+": green could launch nothing by what its group names; let that name another, or give green.image")
		}
	}
	return findings, nil
}
