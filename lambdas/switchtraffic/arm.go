package switchtraffic

import (
	"context"

	"bluegreen/internal/clone"
	"bluegreen/internal/ledger"
)

// arm lets what hangs on green act, such as its scaling policies: before green joins its target groups, and what looks at those
// right after. A fleet that is brought back has its own, which were kept quiet while it stood by.
func (v *move) arm(ctx context.Context, record ledger.Record, when clone.Moment) error {
	if v.Deployment.Revives {
		if previous := record.Previous; previous != nil && previous.Name == v.Deployment.Green {
			return v.copier.Wake(ctx, v.Step, v.Deployment.Green, previous.Quieted, ledger.Switching)
		}
		return nil
	}
	blue, err := v.copier.Read(ctx, v.blue, nil)
	if err != nil {
		return err
	}
	return v.copier.Arm(ctx, v.Step, ledger.Switching, blue, when)
}
