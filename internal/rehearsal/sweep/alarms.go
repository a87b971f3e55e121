package sweep

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/rehearsal"
)

// heeded is the alarm that the courses' requests name.
const heeded = "errors"

func quietAlarm(ctx context.Context, r *rehearsal.Rehearsal) error {
	return rehearsal.PutAlarm(ctx, r.Config, heeded)
}

// alarmAsItLeaves lets the alarm ring once blue leaves its target group.
func alarmAsItLeaves(ctx context.Context, r *rehearsal.Rehearsal) error {
	if err := quietAlarm(ctx, r); err != nil {
		return err
	}
	asBlueLeaves(r, func() {
		if err := rehearsal.SetAlarm(context.Background(), r.Config, heeded, types.StateValueAlarm); err != nil {
			panic(err) // it was made a moment ago
		}
	})
	return nil
}
