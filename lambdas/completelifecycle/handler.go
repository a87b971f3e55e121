// Package completelifecycle waits until a fleet that was scaled in is empty, and closes the deployment in the record:
// blue is kept at size 0 after a success, green is deleted on the way back. It never forces.
package completelifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is all of AWS that this state may touch.
type groups interface {
	fleet.Groups
	DeleteAutoScalingGroup(context.Context, *autoscaling.DeleteAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.DeleteAutoScalingGroupOutput, error)
}

var _ groups = (*autoscaling.Client)(nil)

// emptyWithin is longer than AWS lets any lifecycle hook hold an instance (48 hours, aws-facts A1) and the longest
// deregistration delay before it (1 hour).
const emptyWithin = 50 * time.Hour

type handler struct {
	groups groups
	ledger ledger.Ledger
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return handler{
		groups: autoscaling.NewFromConfig(cfg),
		ledger: ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle
}

// ending is what one way does with the fleet that goes.
type ending struct {
	fleet  string
	stage  ledger.Stage
	end    string
	remove bool
}

func endingOf(call deploy.Call) ending {
	if call.Way == deploy.Back {
		return ending{fleet: call.Document.Deployment.Green, stage: ledger.Restoring, end: deploy.EndRolledBack, remove: true}
	}
	return ending{fleet: call.Document.Deployment.Blue, stage: ledger.Committed, end: deploy.EndSucceeded}
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	e := endingOf(call)
	fleets, err := fleet.Read(ctx, h.groups, e.fleet)
	if err != nil {
		return deploy.Document{}, err
	}
	progress := call.Begin()
	f, found := fleets[e.fleet]
	foreign := e.remove && found && f.Tags[deploy.TagExecution] != document.Deployment.Execution
	switch {
	case found && !foreign && len(f.Instances) > 0:
		progress, err = h.drain(call, progress, f)
	case found && !foreign && e.remove:
		progress, err = h.remove(ctx, call, progress, f)
	default:
		progress, err = h.close(ctx, call, progress, e)
	}
	if err != nil {
		return deploy.Document{}, err
	}
	if progress.Verdict == deploy.Done {
		document.Deployment.Closed = e.end
	}
	document.Progress = &progress
	return document, nil
}

// drain waits for the instances that are left.
func (h handler) drain(call deploy.Call, p deploy.Progress, f deploy.Fleet) (deploy.Progress, error) {
	message := remaining(f)
	if call.Elapsed(p) >= emptyWithin {
		return p, fault.New(fault.DrainExpired, "after %s %s; look at them with "+
			"aws autoscaling describe-auto-scaling-instances, then redrive this execution", emptyWithin, message)
	}
	return call.Wait(p, message), nil
}

// remove deletes an empty group that this deployment created, and looks again until it is gone.
func (h handler) remove(ctx context.Context, call deploy.Call, p deploy.Progress, f deploy.Fleet) (deploy.Progress, error) {
	p = call.Again(p, fmt.Sprintf("%s is empty and is being deleted", f.Name))
	if f.Deleting {
		return p, nil
	}
	if _, err := h.ledger.For(call).Check(ctx, ledger.Restoring); err != nil {
		return p, err
	}
	_, err := h.groups.DeleteAutoScalingGroup(ctx, &autoscaling.DeleteAutoScalingGroupInput{AutoScalingGroupName: &f.Name})
	var active *types.ScalingActivityInProgressFault
	var inUse *types.ResourceInUseFault
	if errors.As(err, &active) || errors.As(err, &inUse) { // what was described lags: look again
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("deleting %s: %w", f.Name, err)
	}
	return p, nil
}

// close gives the lock back and notes the end. Closing twice is closing once.
func (h handler) close(ctx context.Context, call deploy.Call, p deploy.Progress, e ending) (deploy.Progress, error) {
	d := call.Document.Deployment
	p = p.Finished(deploy.Done, fmt.Sprintf("%s is empty; the deployment is closed as %s", e.fleet, e.end))
	record, _, err := h.ledger.Get(ctx, d.Lineage)
	if err != nil {
		return p, err
	}
	if outcome, ended := record.Ended(d.Execution); ended && outcome.End == e.end {
		return p, nil
	}
	outcome := ledger.Outcome{Execution: d.Execution, End: e.end, Blue: d.Blue, Green: d.Green, At: call.Entered}
	if call.Document.Fault != nil {
		outcome.Error = call.Document.Fault.Error
	}
	_, err = h.ledger.For(call).Change(ctx, func(r *ledger.Record) { r.Close(outcome) }, e.stage)
	return p, err
}

// remaining says how many instances are left, by lifecycle state.
func remaining(f deploy.Fleet) string {
	return fmt.Sprintf("%d instances of %s are left: %s", len(f.Instances), f.Name, f.Lifecycles())
}
