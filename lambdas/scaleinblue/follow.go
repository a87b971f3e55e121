package scaleinblue

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// follow gives green what somebody has set on blue since the commit, while blue was not scaled in yet: whoever did that
// did not know that green is live. What green's own sizes have become since the commit stays as it is otherwise.
func (h handler) follow(ctx context.Context, d *deploy.Deployment, record ledger.Record, blue, green deploy.Fleet) error {
	previous := record.Previous
	if previous == nil || previous.Name != d.Blue || blue.Sizes == (deploy.Sizes{}) {
		return nil
	}
	want := wanted(blue, previous.Sizes, record.Lock.Originals.PinnedMin)
	if want == previous.Sizes {
		return nil
	}
	input := &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &d.Green}
	if want.Min != previous.Sizes.Min {
		input.MinSize = aws.Int32(int32(want.Min))
	}
	if want.Max != previous.Sizes.Max && d.Action != deploy.ActionRollback { // which keeps green's own maximum
		input.MaxSize = aws.Int32(int32(want.Max))
	}
	if green.Name != "" && (input.MinSize != nil || input.MaxSize != nil) {
		if _, err := h.groups.UpdateAutoScalingGroup(ctx, input); err != nil {
			return fmt.Errorf("giving %s what was set on %s since the commit: %w", d.Green, d.Blue, err)
		}
	}
	previous.Sizes = want
	return h.put(ctx, record)
}
