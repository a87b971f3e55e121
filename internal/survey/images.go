package survey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"
)

// keyFindings looks for the key pairs that a copy would launch with: blue's instances run on where theirs is deleted.
func (h Surveyor) keyFindings(ctx context.Context, base contents, bases []pinned) ([]string, error) {
	keys := []string{base.key}
	for _, one := range bases {
		keys = append(keys, ofVersion(one.data).key)
	}
	slices.Sort(keys)
	var findings []string
	for _, key := range slices.Compact(keys) {
		if key == "" {
			continue
		}
		_, err := h.templates.DescribeKeyPairs(ctx, &ec2.DescribeKeyPairsInput{KeyNames: []string{key}})
		var api smithy.APIError
		switch {
		case errors.As(err, &api) && api.ErrorCode() == "InvalidKeyPair.NotFound":
			findings = append(findings, fmt.Sprintf("key pair %s does not exist in this Region: green could launch nothing by what its group names; let that name another", key))
		case err != nil:
			return nil, fmt.Errorf("describing key pair %s: %w", key, err)
		}
	}
	return findings, nil
}

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
