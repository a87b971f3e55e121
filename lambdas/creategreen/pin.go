package creategreen

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/clone"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// pin has blue launch what its instances run while it is replaced: where it names $Latest or $Default, that may be what is being
// deployed.
func (h handler) pin(ctx context.Context, s *step.Step, group types.AutoScalingGroup) error {
	d, blue := s.Deployment, fleet.Of(group)
	pins := clone.Pins(*d, blue)
	if pins == nil && !d.Template.Floated() {
		return nil // nobody has pinned it
	}
	record, err := s.Record(ctx, ledger.Creating)
	if err != nil {
		return err
	}
	if clone.Pinning(record.Lock, blue) {
		d.PinnedAgain = &s.Entered
	}
	if pins == nil {
		return nil
	}
	if _, err := s.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) { clone.NotePins(r.Lock, blue, pins) }, ledger.Creating); err != nil {
		return err
	}
	input := &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &d.Blue}
	clone.Name(input, group, pins)
	_, err = step.Write(ctx, h.writes, fence(s), writes.UpdateAutoScalingGroup, input)
	if why := clone.Refusal(err); why != "" {
		d.Warn("blue %s could not be pinned to what its instances run, so what it launches meanwhile may be what is being deployed: AWS says: %s", d.Blue, why)
		return nil
	}
	if err != nil {
		return fmt.Errorf("pinning what blue %s launches: %w", d.Blue, err)
	}
	return nil
}
