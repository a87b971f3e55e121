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
// that was replaced before, no matter who has deleted it. It returns the names of those that the record remembers.
func (h handler) takeAway(ctx context.Context, s *step.Step, record ledger.Record, e ending, fleets map[string]deploy.Fleet) (gone []string, err error) {
	beside := record.Beside()
	var others []string
	for _, one := range beside {
		if !slices.Contains(e.names(), one.Name) {
			others = append(others, one.Name)
		}
	}
	stand, err := fleet.Standing(ctx, h.groups, others)
	if err != nil {
		return nil, err
	}
	var made []ledger.Made
	if e.ours && record.Lock != nil {
		made = slices.Clone(record.Lock.Made)
	}
	for _, one := range beside {
		if _, described := fleets[one.Name]; !described && !stand[one.Name] {
			made, gone = append(made, one.Made...), append(gone, one.Name)
		}
	}
	return gone, h.copier.TakeAway(ctx, s, made, e.stage)
}
