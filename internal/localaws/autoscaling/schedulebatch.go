package autoscaling

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// maxScheduledBatch is how many scheduled actions one call may name (aws-facts H3).
const maxScheduledBatch = 50

// batchPutScheduledActions makes scheduled actions. The call succeeds even if none of them could be made: the answer says
// which failed.
func (in *Groups) batchPutScheduledActions(_ *wire.Call, input *autoscaling.BatchPutScheduledUpdateGroupActionInput) (*autoscaling.BatchPutScheduledUpdateGroupActionOutput, error) {
	g, err := in.batched(input.AutoScalingGroupName, len(input.ScheduledUpdateGroupActions))
	if err != nil {
		return nil, err
	}
	out := &autoscaling.BatchPutScheduledUpdateGroupActionOutput{}
	for _, action := range input.ScheduledUpdateGroupActions {
		err := g.putSchedule(&autoscaling.PutScheduledUpdateGroupActionInput{
			AutoScalingGroupName: input.AutoScalingGroupName, ScheduledActionName: action.ScheduledActionName,
			MinSize: action.MinSize, MaxSize: action.MaxSize, DesiredCapacity: action.DesiredCapacity,
			StartTime: action.StartTime, EndTime: action.EndTime, Recurrence: action.Recurrence, TimeZone: action.TimeZone,
		})
		if err != nil {
			out.FailedScheduledUpdateGroupActions = append(out.FailedScheduledUpdateGroupActions, failedAction(action.ScheduledActionName, err))
		}
	}
	return out, nil
}

// batchDeleteScheduledActions deletes scheduled actions, and succeeds as the other does.
func (in *Groups) batchDeleteScheduledActions(_ *wire.Call, input *autoscaling.BatchDeleteScheduledActionInput) (*autoscaling.BatchDeleteScheduledActionOutput, error) {
	g, err := in.batched(input.AutoScalingGroupName, len(input.ScheduledActionNames))
	if err != nil {
		return nil, err
	}
	out := &autoscaling.BatchDeleteScheduledActionOutput{}
	for _, name := range input.ScheduledActionNames {
		if err := g.deleteSchedule(name); err != nil {
			out.FailedScheduledActions = append(out.FailedScheduledActions, failedAction(&name, err))
		}
	}
	return out, nil
}

func (in *Groups) batched(group *string, n int) (*group, error) {
	g, err := in.writable(group)
	if err == nil && (n < 1 || n > maxScheduledBatch) {
		err = invalid("A call names 1 to %d scheduled actions, not %d", maxScheduledBatch, n)
	}
	return g, err
}

func failedAction(name *string, err error) types.FailedScheduledUpdateGroupActionRequest {
	var failure *wire.Error
	if !errors.As(err, &failure) {
		failure = wire.Errorf("InternalFailure", "%v", err)
	}
	return types.FailedScheduledUpdateGroupActionRequest{
		ScheduledActionName: name, ErrorCode: aws.String(failure.Code), ErrorMessage: aws.String(failure.Message)}
}
