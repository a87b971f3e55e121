package fleet

import (
	"context"
	"slices"
)

// groupsAtOnce is how many groups a call names at most (SDK, DescribeAutoScalingGroupsInput).
const groupsAtOnce = 50

// Standing are those of the named groups, of which there may be any number, that exist. One that is being deleted does.
func Standing(ctx context.Context, groups Groups, names []string) (map[string]bool, error) {
	stand := make(map[string]bool)
	for batch := range slices.Chunk(names, groupsAtOnce) {
		described, err := Describe(ctx, groups, batch...)
		if err != nil {
			return nil, err
		}
		for name := range described {
			stand[name] = true
		}
	}
	return stand, nil
}
