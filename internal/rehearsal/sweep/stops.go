package sweep

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/rehearsal"
)

// aftermath is what a person does once the execution has ended.
type aftermath func(context.Context, *courseRun) error

// stops are what a person does after stopping an execution.
var stops = []struct {
	kind string
	then aftermath
}{
	{"stopped, the same request again", again},
	{"stopped, recovered, redriven", stoppedRecovered},
	{"stopped, redriven", redriven},
}

// stopPoints are a stop at each state: a state of a poll loop at its first, middle and last visit.
func stopPoints(entered []Visit) []Point {
	visits := make(map[string]int)
	for _, entry := range entered {
		visits[entry.Name]++
	}
	var points []Point
	seen := make(map[string]int)
	for i, entry := range entered {
		state := entry.Name
		seen[state]++
		nth, last := seen[state], visits[state]
		if !firstMiddleOrLast(nth, last) {
			continue
		}
		for _, stop := range stops {
			points = append(points, Point{
				Kind: stop.kind, Where: fmt.Sprintf("visit %d of %s", nth, state),
				arm: func(run *courseRun) { run.stopAt(state, nth) }, then: stop.then,
				place: fmt.Sprintf("entry of %s, stage %q", state, entry.Stage), nth: i,
			})
		}
	}
	return points
}

// stopAt lets a person stop the execution when it enters a state for the nth time. A function that works there goes on.
func (run *courseRun) stopAt(state string, nth int) {
	run.onEntry = func(entered string, n int) {
		if entered != state || n != nth {
			return
		}
		arn := run.r.AWS.Account.ARN("states", "execution:"+rehearsal.ShortName(run.r.World.Machine())+":"+executionName)
		run.r.Clock.Go(func() {
			_, err := run.r.Machines.StopExecution(context.Background(), &sfn.StopExecutionInput{
				ExecutionArn: &arn, Error: aws.String("Operator"), Cause: aws.String("stopped by a person"),
			})
			if err != nil {
				run.problems("stopping it: " + err.Error())
			}
		})
	}
}

func endedWell(end string) bool {
	return slices.Contains([]string{deploy.EndSucceeded, deploy.EndRolledBack, deploy.EndRejected}, end)
}

// recovered is what a person, or the rule that watches executions, does after an end that is none of ours. Then the
// person redrives the execution all the same, which must find that it is over.
func recovered(ctx context.Context, run *courseRun) error {
	if endedWell(run.outcome.End) {
		return nil
	}
	run.r.Wait(ctx, longestFault) // until what was denied is allowed again
	return recoverAndRedrive(ctx, run)
}

func stoppedRecovered(ctx context.Context, run *courseRun) error { return recoverAndRedrive(ctx, run) }

func recoverAndRedrive(ctx context.Context, run *courseRun) error {
	record, _, err := run.r.ReadRecord(ctx)
	if err != nil {
		return err
	}
	held := record.Lock != nil
	out, err := run.start(ctx, "recovery", fmt.Sprintf(`{"project": %q, "action": "recover", "blue": {"asg_name": %q}}`, run.course.Plan.Project, run.r.World.GroupName))
	if err != nil {
		return err
	}
	state, report := rehearsal.EndState(out)
	run.outcome.Recovered = state
	if state != deploy.EndSucceeded {
		run.problems(fmt.Sprintf("the recovery ended %s: %s", state, report.What))
		return nil
	}
	run.rest(ctx)
	if !held {
		return nil // nothing had begun, or all was done: there was nothing to recover
	}
	return run.redriveRecovered(ctx)
}

// redriveRecovered redrives an execution whose leavings another has finished or undone: it must end Rejected, or as what its deployment
// has come to, and write nothing.
func (run *courseRun) redriveRecovered(ctx context.Context) error {
	began := run.r.Clock.Now()
	if refused, err := run.redrive(ctx); err != nil || refused {
		return err
	}
	record, _, err := run.r.ReadRecord(ctx)
	if err != nil {
		return err
	}
	outcome, _ := record.Ended(run.arn)
	if end := run.outcome.End; end != deploy.EndRejected && end != outcome.End {
		run.problems(fmt.Sprintf("redriven after its recovery as %s it ended %s: %s", outcome.End, end, run.outcome.What))
	}
	run.problems(run.writesSince(began)...)
	return nil
}

// redrive redrives the execution and waits for its end. refused is true if it cannot be redriven, as one that succeeded.
func (run *courseRun) redrive(ctx context.Context) (refused bool, err error) {
	_, err = run.r.Machines.RedriveExecution(ctx, &sfn.RedriveExecutionInput{ExecutionArn: &run.arn})
	var no *sfntypes.ExecutionNotRedrivable
	if errors.As(err, &no) && run.outcome.End == deploy.EndSucceeded {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, run.await(ctx, run.arn)
}

// redriven is a redrive without a recovery: it goes on where the execution ended, and comes to an end of ours.
func redriven(ctx context.Context, run *courseRun) error {
	if run.outcome.End == deploy.EndStranded {
		run.r.Wait(ctx, longestFault) // until what was denied is allowed again
	}
	if _, err := run.redrive(ctx); err != nil {
		return err
	}
	if !endedWell(run.outcome.End) {
		run.problems(fmt.Sprintf("redriven it ended %s: %s", run.outcome.End, run.outcome.What))
	}
	return nil
}

// again is the same request once more: what was left is finished or undone first, then it ends as if nothing had been, or better:
// what made the first one turn back may have gone.
func again(ctx context.Context, run *courseRun) error {
	if run.course.Once {
		run.r.Wait(ctx, deploy.FunctionTimeoutSeconds*time.Second) // a function of it may be about to finish
		if record, _, err := run.r.ReadRecord(ctx); err != nil || record.Lock == nil && record.Live != run.before.Name {
			run.outcome.End = deploy.EndSucceeded // it was stopped when all was done
			return err
		}
	}
	out, err := run.start(ctx, "again", run.r.World.Request(run.course.Request))
	if err != nil {
		return err
	}
	var report deploy.Report
	run.outcome.End, report = rehearsal.EndState(out)
	run.outcome.Error, run.outcome.What = report.Error, report.What
	if !slices.Contains([]string{run.course.End, run.course.Again, deploy.EndSucceeded}, run.outcome.End) {
		run.problems(fmt.Sprintf("started again it ended %s: %s", run.outcome.End, report.What))
	}
	return nil
}
