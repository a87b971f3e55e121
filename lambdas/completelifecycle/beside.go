package completelifecycle

import (
	"context"
	"slices"
	"time"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// takeAway deletes what was made beside groups that are gone: the deployment's own on the way back, blue where it is deleted, and any
// that was replaced before, no matter who has deleted it. It returns the names of those that the record remembers, and what is left to the
// next look, in words. What still has requests stays, and the record remembers it.
func (h handler) takeAway(ctx context.Context, s *step.Step, record ledger.Record, e ending, fleets map[string]deploy.Fleet) (gone []string, left string, err error) {
	beside := record.Beside()
	var others []string
	for _, one := range beside {
		if !slices.Contains(e.names(), one.Name) {
			others = append(others, one.Name)
		}
	}
	stand, err := fleet.Standing(ctx, h.groups, others)
	if err != nil {
		return nil, "", err
	}
	var made []ledger.Made
	if e.ours && record.Lock != nil {
		made = slices.Clone(record.Lock.Made)
	}
	for _, one := range beside {
		if _, described := fleets[one.Name]; described || stand[one.Name] {
			continue
		}
		busy, err := h.serves(ctx, s, one.Made)
		if err != nil {
			return nil, "", err
		}
		if busy != "" {
			s.Deployment.Warn("%s, which was made for %s, stays: %s", busy, one.Name, "requests still come to it")
			made = append(made, slices.DeleteFunc(slices.Clone(one.Made), ledger.Made.Serves)...)
			continue
		}
		made, gone = append(made, one.Made...), append(gone, one.Name)
	}
	if err := h.copier.TakeAway(ctx, s, made, e.stage); err != nil {
		return nil, "", err
	}
	left, err = h.twins.Unmake(ctx, s, serving(made), e.stage)
	return gone, left, err
}

// lately is how long no request may have come to a load balancer that is to go.
const lately = 15 * time.Minute

// serves says which of what was made for a fleet that is gone still has requests; empty: none.
func (h handler) serves(ctx context.Context, s *step.Step, made []ledger.Made) (string, error) {
	to := s.Now().Truncate(time.Minute)
	for _, one := range made {
		entries, err := h.balancers.Named(ctx, one)
		if err != nil {
			return "", err
		}
		for _, entry := range entries {
			use, err := h.balancers.Use(ctx, entry, to.Add(-lately), to)
			if err != nil || use != (balancer.Use{}) {
				return string(one.What) + " " + one.Name, err
			}
		}
	}
	return "", nil
}

// serving are those of things that traffic comes through.
func serving(made []ledger.Made) []ledger.Made {
	return slices.DeleteFunc(slices.Clone(made), func(one ledger.Made) bool { return !one.Serves() })
}
