package restoreblue

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/capacity"
	"bluegreen/internal/clone"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// unpin gives blue its own sizes, and has it name the versions of its launch templates as people named them. Where others have named
// another since, that stays. So does the pin where AWS refuses what it was: the report warns, and nothing else waits for it.
func (h handler) unpin(ctx context.Context, s *step.Step, record ledger.Record, group types.AutoScalingGroup, u capacity.Update) error {
	d, blue := s.Deployment, fleet.Of(group)
	if theirs := clone.Renamed(record.Lock, blue); theirs != "" {
		d.Warn("somebody else has blue %s launch from %s since it was pinned; that stays", d.Blue, theirs)
	}
	refused, err := clone.Unpin(record.Lock, group, u.Of(d.Blue), func(input *autoscaling.UpdateAutoScalingGroupInput) error {
		_, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Removing), writes.UpdateAutoScalingGroup, input)
		return err
	})
	if err != nil {
		return fmt.Errorf("restoring blue %s: %w", d.Blue, err)
	}
	if refused == "" {
		return nil
	}
	d.Warn("blue %s stays pinned to the launch template version that its instances run, since AWS refuses what it named before (%s): name that again once it can be "+
		"launched; until then deployments launch the pinned version", d.Blue, refused)
	_, err = s.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) { r.Lock.ForgetAll(ledger.KindVersion) }, ledger.Removing)
	return err
}
