package switchtraffic

import (
	"context"

	"bluegreen/internal/clone"
	"bluegreen/internal/ledger"
)

// Arm lets what hangs on green act, such as its scaling policies (traffic.Switch). A fleet that is brought back has its own, which were
// kept quiet while it stood by.
func (v *move) Arm(ctx context.Context, when clone.Moment) error {
	if v.Deployment.Revives {
		if previous := v.record.Previous; previous != nil && previous.Name == v.Deployment.Green {
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
