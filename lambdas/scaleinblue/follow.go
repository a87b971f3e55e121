package scaleinblue

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// follow gives green what somebody has set on blue since the commit, while blue was not scaled in yet: whoever did that
// did not know that green is live. What somebody has set on green since then stays, and a fleet that a rollback brought
// back keeps its own.
func (h handler) follow(ctx context.Context, s *step.Step, record ledger.Record, blue, green deploy.Fleet) error {
	d := s.Deployment
	previous := record.Previous
	if previous == nil || previous.Name != d.Blue || blue.Sizes == (deploy.Sizes{}) {
		return nil
	}
	want := wanted(blue, previous.Sizes, record.Lock.Originals.PinnedMin)
	if want == previous.Sizes {
		return nil
	}
	was := previous.Sizes
	previous.Sizes = want
	if d.Revives {
		return put(ctx, s, record)
	}
	input := &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &d.Green}
	if want.Min != was.Min && green.Sizes.Min == was.Min {
		input.MinSize = aws.Int32(int32(want.Min))
	}
	if want.Max != was.Max && green.Sizes.Max == was.Max {
		input.MaxSize = aws.Int32(int32(want.Max))
	}
	if green.Name != "" && (input.MinSize != nil || input.MaxSize != nil) {
		if _, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Committed), writes.UpdateAutoScalingGroup, input); err != nil {
			return fmt.Errorf("giving %s what was set on %s since the commit: %w", d.Green, d.Blue, err)
		}
	}
	return put(ctx, s, record)
}
