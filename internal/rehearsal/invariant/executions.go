package invariant

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/asl"
	"bluegreen/internal/deploy"
	"bluegreen/internal/rehearsal"
)

// executionEvent follows the executions. It takes the lock itself.
func (w *Watcher) executionEvent(arn string, event asl.Event) {
	out := &sfn.DescribeExecutionOutput{}
	execution, _ := w.r.AWS.Machines.Execution(arn)
	switch details := event.Details.(type) {
	case *asl.ExecutionStartedDetails, *asl.ExecutionRedrivenDetails:
		w.r.AWS.Account.Lock()
		defer w.r.AWS.Account.Unlock()
		for _, i := range w.invariants {
			i.executionStarted(arn, execution.Input)
		}
		return
	case *asl.ExecutionSucceededDetails:
		out.Status, out.Output = types.ExecutionStatusSucceeded, aws.String(string(details.Output))
	case *asl.ExecutionFailedDetails:
		out.Status, out.Error, out.Cause = types.ExecutionStatusFailed, aws.String(details.Error), aws.String(details.Cause)
	case *asl.ExecutionAbortedDetails:
		out.Status = types.ExecutionStatusAborted
	case *asl.ExecutionTimedOutDetails:
		out.Status = types.ExecutionStatusTimedOut
	default:
		return
	}
	end, _ := rehearsal.EndState(out)
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	w.flush()
	for _, i := range w.invariants {
		i.executionEnded(arn, end, execution.Input)
	}
}

// deploys reports whether an execution is a deployment, and not of the machine that drains at every scale-in: of that the
// record tells nothing.
func (w *Watcher) deploys(arn string) bool {
	of := deploy.MachineOf(arn)
	return of != "" && (of == w.r.World.MachineARN || of == w.r.World.InPlaceARN)
}
