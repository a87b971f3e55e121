package completelifecycle

import (
	"context"
	"slices"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// takeAway deletes what was made beside groups that are gone: the deployment's own on the way back, blue where it is deleted, and any
// that was replaced before, whoever has deleted it. It returns the names of those that the record remembers.
func (h handler) takeAway(ctx context.Context, s *step.Step, record ledger.Record, e ending, fleets map[string]deploy.Fleet) (gone []string, err error) {
	beside := record.Beside()
	stand, err := h.standing(ctx, beside, e, fleets)
	if err != nil {
		return nil, err
	}
	var made []ledger.Made
	if e.ours && record.Lock != nil {
		made = slices.Clone(record.Lock.Made)
	}
	for _, one := range beside {
		if !stand[one.Name] {
			made, gone = append(made, one.Made...), append(gone, one.Name)
		}
	}
	return gone, h.copier.TakeAway(ctx, s, made, e.stage)
}

// standing says of fleets whether they exist. Those of the deployment were described just before.
func (h handler) standing(ctx context.Context, beside []ledger.Superseded, e ending, fleets map[string]deploy.Fleet) (map[string]bool, error) {
	var others []string
	stand := make(map[string]bool)
	for _, one := range beside {
		if _, found := fleets[one.Name]; found {
			stand[one.Name] = true
		} else if !slices.Contains(e.names(), one.Name) {
			others = append(others, one.Name)
		}
	}
	const atOnce = 50 // names in a call (SDK, DescribeAutoScalingGroupsInput)
	for names := range slices.Chunk(others, atOnce) {
		described, err := fleet.Describe(ctx, h.groups, names...)
		if err != nil {
			return nil, err
		}
		for name := range described {
			stand[name] = true
		}
	}
	return stand, nil
}
