package scaleinblue

import (
	"context"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// follow gives green what somebody has set on blue since the commit, while blue was not scaled in yet.
func (h handler) follow(ctx context.Context, s *step.Step, record ledger.Record, blue, green deploy.Fleet) error {
	if record.Previous == nil || record.Previous.Name != s.Deployment.Blue {
		return nil
	}
	want, u := capacity.Late(record, blue, green)
	if want == record.Previous.Sizes {
		return nil
	}
	record.Previous.Sizes = want
	if err := h.resize(ctx, s, green.Name, u, "giving it what was set on blue since the commit", ledger.Committed); err != nil {
		return err
	}
	return put(ctx, s, record)
}
