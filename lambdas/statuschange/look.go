package statuschange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// LookEvery is how far apart the looks for locks are.
const LookEvery = 15 * time.Minute

// again is how long after its end an execution that still holds its lock is looked after again, and again.
const again = 24 * time.Hour

// look looks after executions that have ended and still hold a lock. AWS delivers the event of an end as best it can, and it
// may be lost; a lock that nobody takes keeps its lineage from being deployed. at is the time that the look was due, also
// when it is late or tried again: so each execution has its turn at one look, a quarter of an hour after its end at the
// earliest, and once a day from then on for as long as it holds the lock.
func (h handler) look(ctx context.Context, at time.Time) error {
	locked, err := h.ledger.Locked(ctx)
	problems := []error{err}
	for _, record := range locked {
		detail, err := h.describe(ctx, record.Lock.Execution)
		if detail.attempt = turn(at, detail.StopDate); err == nil && detail.attempt > 0 {
			err = h.handle(ctx, detail)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("lineage %s, held by %s: %w", record.Lineage, record.Lock.Execution, err))
		}
	}
	return errors.Join(problems...)
}

// turn counts the turns that an execution which stopped then, in milliseconds, has had when a look is one of them; 0 when
// it is none, or when the execution runs (stopped is 0).
func turn(at time.Time, stopped int64) int {
	late := at.Sub(time.UnixMilli(stopped)) - LookEvery
	if stopped == 0 || late < 0 || late%again >= LookEvery {
		return 0
	}
	return 1 + int(late/again)
}

// describe is the event of an execution's end, from what Step Functions remembers of it. It remembers 90 days; of an older
// one nothing is to be told that was not told every day before.
func (h handler) describe(ctx context.Context, execution string) (Detail, error) {
	out, err := h.executions.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
	var gone *types.ExecutionDoesNotExist
	switch {
	case errors.As(err, &gone):
		return Detail{}, nil
	case err != nil:
		return Detail{}, err
	}
	d := Detail{
		ExecutionArn: execution, StateMachineArn: aws.ToString(out.StateMachineArn), Status: string(out.Status),
		StartDate: out.StartDate.UnixMilli(), RedriveCount: int(aws.ToInt32(out.RedriveCount)),
		Input: out.Input, Error: aws.ToString(out.Error), Cause: aws.ToString(out.Cause),
	}
	if out.StopDate != nil {
		d.StopDate = out.StopDate.UnixMilli()
	}
	if out.RedriveDate != nil {
		d.RedriveDate = aws.Int64(out.RedriveDate.UnixMilli())
	}
	return d, nil
}
