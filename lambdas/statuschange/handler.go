// Package statuschange looks after executions that did not succeed. One that ended as Rejected or RolledBack has told so
// itself; of one that is Stranded people are told at once; one that was stopped, or died, is recovered. It hears of them by
// events, and looks for locks of those whose events were lost.
package statuschange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/announce"
	"bluegreen/internal/awserror"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/notice"
)

// executions are started to recover, and looked at.
type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
	StartExecution(context.Context, *sfn.StartExecutionInput, ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error)
}

var _ executions = (*sfn.Client)(nil)

// Detail is the event "Step Functions Execution Status Change" (developer guide, "Automating Step Functions event
// delivery"): what DescribeExecution says, with times in milliseconds. Or, with Look alone, that it is time to look for
// locks.
type Detail struct {
	Look time.Time `json:"look"`

	ExecutionArn    string  `json:"executionArn"`
	StateMachineArn string  `json:"stateMachineArn"`
	Status          string  `json:"status"`
	StartDate       int64   `json:"startDate"`
	StopDate        int64   `json:"stopDate"`
	RedriveDate     *int64  `json:"redriveDate"`
	RedriveCount    int     `json:"redriveCount"`
	Input           *string `json:"input"` // null where the event would be too large
	Error           string  `json:"error"`
	Cause           string  `json:"cause"`

	attempt int // at a recovery
}

// Subject is what the function's trace is annotated with.
func (d Detail) Subject() (executionARN string, input json.RawMessage) {
	if d.Input != nil {
		input = json.RawMessage(*d.Input)
	}
	return d.ExecutionArn, input
}

type handler struct {
	executions executions
	ledger     ledger.Ledger
	env        lambdaentry.Environment
	tell       func(context.Context, notice.Notice) error
}

// New makes the function's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.HandleEvent[Detail] {
	return handler{
		executions: sfn.NewFromConfig(cfg),
		ledger:     ledger.Open(cfg, env.LedgerTable),
		env:        env,
		tell:       func(ctx context.Context, n notice.Notice) error { return announce.AtOnce(ctx, cfg, env, n) },
	}.handle
}

func (h handler) handle(ctx context.Context, detail Detail) error {
	if !detail.Look.IsZero() {
		return h.look(ctx, detail.Look)
	}
	switch detail.Status {
	case "FAILED", "TIMED_OUT", "ABORTED":
	default:
		return nil // it runs, or has succeeded
	}
	if h.env.Machine == "" { // every execution would look like a drain's
		return fault.New(fault.Bug, "%s is not set: it must be the ARN of the state machine that deploys, or of an alias of it", lambdaentry.MachineVariable)
	}
	ended := detail.ended()
	if h.deploys(ended.Machine) == "" {
		h.count(ended, "DrainsInterrupted")
		return h.tell(ctx, ended.DrainInterrupted())
	}
	switch ended.Aftermath() {
	case notice.AfterReported:
		return nil
	case notice.AfterUnreported:
		return h.tell(ctx, ended.Unreported(nil))
	}
	// People are told even if the record cannot be read: then it is not known what is left.
	held, unread := h.held(ctx, ended)
	if ended.Aftermath() == notice.AfterStranded {
		h.count(ended, "DeploymentsStranded")
		return errors.Join(unread, h.tell(ctx, ended.Stranded(held)))
	}
	h.count(ended, "DeploymentsInterrupted")
	recovery, why, unstarted := h.recover(ctx, ended)
	return errors.Join(unread, unstarted, h.tell(ctx, ended.Interrupted(held, recovery, why)))
}

// deploys is what to start of a state machine that deploys, be it an alias of it; empty: it is none of these. Of the deployer's machines one is
// configured, and the others are called likewise.
func (h handler) deploys(machine string) string {
	for _, m := range deploy.Machines {
		configured := strings.Replace(h.env.Machine, "-"+string(deploy.BlueGreen), "-"+string(m), 1)
		if machine == configured || strings.HasPrefix(configured, machine+":") {
			return configured
		}
	}
	return ""
}

// ended is the end that the event tells of. An input too long for an event, of more than 248 KB, is no request of ours.
func (d Detail) ended() notice.Ended {
	e := notice.Ended{
		Execution: d.ExecutionArn, Machine: d.StateMachineArn, Status: d.Status, Error: d.Error, Cause: d.Cause,
		Redrives: d.RedriveCount, Attempt: d.attempt, Input: json.RawMessage(aws.ToString(d.Input)),
		Began: time.UnixMilli(d.StartDate).UTC(), At: time.UnixMilli(d.StopDate).UTC(),
	}
	if d.RedriveDate != nil {
		e.Began = time.UnixMilli(*d.RedriveDate).UTC()
	}
	return e
}

// held reads what an execution still holds.
func (h handler) held(ctx context.Context, ended notice.Ended) (notice.Held, error) {
	_, group, _ := deploy.Asked(ended.Input)
	if group == "" {
		return notice.Held{}, nil
	}
	for _, key := range []string{group, deploy.LineageOf(group)} {
		record, found, err := h.ledger.Get(ctx, key)
		if err != nil {
			return notice.Held{Left: []string{"it could not be read what is left: " + awserror.Text(err)}}, err
		}
		if left := record.Left(ended.Execution); found && len(left) > 0 {
			serves, waiting := record.Serving(ended.Execution)
			return notice.Held{Deployment: &record.Lock.Deployment, Serves: serves, Waiting: waiting, Left: left}, nil
		}
	}
	return notice.Held{}, nil
}

// recover starts what finishes or undoes what an execution left. why says why it did not; the error, that it should have.
func (h handler) recover(ctx context.Context, ended notice.Ended) (execution, why string, err error) {
	name, input, ok := ended.Recovery()
	switch {
	case !ok:
		return "", "look at what is left: a recovery that failed starts no other", nil
	case h.env.Recover != lambdaentry.RecoverStart:
		return "", "recover what is left (this deployer does not do it by itself)", nil
	}
	starts := h.deploys(ended.Machine)
	_, err = h.executions.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &starts, Name: &name, Input: &input})
	var exists *types.ExecutionAlreadyExists
	if err != nil && !errors.As(err, &exists) { // which is over then: the event came twice
		return "", "recover what is left: a recovery could not be started: " + awserror.Text(err), fmt.Errorf("starting %s: %w", name, err)
	}
	return executionARN(ended.Execution, name), "", nil
}

// executionARN is the ARN of another execution of the same machine.
func executionARN(sibling, name string) string {
	return sibling[:strings.LastIndexByte(sibling, ':')+1] + name
}

func (h handler) count(ended notice.Ended, metric string) {
	project, _, _ := deploy.Asked(ended.Input)
	by := lambdaentry.Dimensions{StateMachine: deploy.ExecutionName(ended.Machine), Project: project}
	lambdaentry.WriteMetrics(h.env.Log, ended.At, by, []notice.Metric{{Name: metric, Unit: notice.UnitCount, Value: 1}})
}
