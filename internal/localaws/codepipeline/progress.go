package codepipeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"bluegreen/internal/localaws/wire"
)

// stage is where executions of a pipeline meet: one is in it, the others wait before it.
type stage struct {
	name     string
	disabled *types.TransitionState // nil: executions may enter
	waiting  []*execution           // in the order of their arrival
	inside   *execution
	latest   *stageRun
}

// execution is one execution of a pipeline. It keeps the declaration that it started with.
type execution struct {
	id               string
	pipeline         *pipeline
	declared         *types.PipelineDeclaration
	start            start
	status           types.PipelineExecutionStatus
	started, updated time.Time
	stopReason       *string
	stage            int // the index of the stage that it is in or waits for
	cancelled        bool
	actions          []*actionRun // in the order of their starts

	artifacts map[string]artifact
	revisions []types.ArtifactRevision
	sources   []types.SourceRevision
	variables map[string]map[string]string // by namespace
}

// start is what started an execution.
type start struct {
	trigger types.TriggerType
	detail  string
	token   string            // of the request
	commits map[string]string // overrides, by source action
}

// stageRun is an execution's time in a stage. A retried stage goes on with the run that failed.
type stageRun struct {
	execution *execution
	stage     *stage
	declared  types.StageDeclaration
	status    types.StageExecutionStatus
	started   time.Time
	actions   []*actionRun // by their last attempt
	retries   int32
}

func (e *execution) underWay() bool {
	return e.status == types.PipelineExecutionStatusInProgress || e.status == types.PipelineExecutionStatusStopping
}

// begin starts an execution of what the source holds now. The lock is held.
func (ps *Pipelines) begin(p *pipeline, s start) (*execution, error) {
	declared := p.declaration()
	first := p.stages[*declared.Stages[0].Name]
	if declared.ExecutionMode == types.ExecutionModeQueued && len(first.waiting) >= ps.settings.MaxQueued {
		return nil, wire.Errorf("ConcurrentPipelineExecutionsLimitExceededException", "The pipeline has reached the limit for concurrent pipeline executions.")
	}
	now := ps.account.Now()
	e := &execution{
		id: ps.account.UUID(), pipeline: p, declared: declared, start: s, status: types.PipelineExecutionStatusInProgress,
		started: now, updated: now, artifacts: make(map[string]artifact), variables: make(map[string]map[string]string),
	}
	ps.fixCommits(e)
	p.executions = append(p.executions, e)
	ps.tellExecution(e, "STARTED")
	ps.arrive(e)
	return e, nil
}

// arrive puts an execution before the stage that it has come to. In the mode SUPERSEDED it takes the place of the one
// that waits there.
func (ps *Pipelines) arrive(e *execution) {
	s := e.pipeline.stages[*e.declared.Stages[e.stage].Name]
	if e.declared.ExecutionMode == types.ExecutionModeSuperseded {
		for _, overtaken := range s.waiting {
			ps.end(overtaken, types.PipelineExecutionStatusSuperseded)
		}
		s.waiting = nil
	}
	s.waiting = append(s.waiting, e)
	ps.admit(s)
}

// admit lets the next execution into a stage that is free.
func (ps *Pipelines) admit(s *stage) {
	if s.inside != nil || s.disabled != nil || len(s.waiting) == 0 {
		return
	}
	e := s.waiting[0]
	s.waiting = s.waiting[1:]
	run := &stageRun{
		execution: e, stage: s, declared: e.declared.Stages[e.stage], status: types.StageExecutionStatusInProgress, started: ps.account.Now(),
	}
	s.inside, s.latest = e, run
	ps.tellStage(run, "STARTED")
	ps.later(run, ps.account.Draw(ps.settings.Step), func() { ps.advance(run) })
}

// later does something for a stage's run once d has passed, if the pipeline is still there then.
func (ps *Pipelines) later(run *stageRun, d time.Duration, do func()) {
	ps.account.After(d, func() {
		if !run.execution.pipeline.deleted {
			do()
		}
	})
}

// advance starts what can be started in a stage, or leaves it once nothing goes on in it any more.
func (ps *Pipelines) advance(run *stageRun) {
	failed := false
	for _, a := range run.actions {
		switch a.status {
		case types.ActionExecutionStatusInProgress:
			return
		case types.ActionExecutionStatusFailed:
			failed = true
		}
	}
	switch {
	case run.status != types.StageExecutionStatusInProgress && run.status != types.StageExecutionStatusStopping:
		return // it was left meanwhile
	case failed:
		ps.leave(run, types.StageExecutionStatusFailed)
	case run.execution.cancelled:
		ps.leave(run, types.StageExecutionStatusCancelled)
	case run.status == types.StageExecutionStatusStopping:
		ps.leave(run, types.StageExecutionStatusStopped)
	default:
		next := run.next()
		if len(next) == 0 {
			ps.leave(run, types.StageExecutionStatusSucceeded)
			return
		}
		for _, declared := range next {
			ps.startAction(run, declared)
		}
	}
}

// next are the actions with the lowest run order that have not run.
func (run *stageRun) next() []types.ActionDeclaration {
	var next []types.ActionDeclaration
	for _, declared := range run.declared.Actions {
		if slices.ContainsFunc(run.actions, func(a *actionRun) bool { return *a.declared.Name == *declared.Name }) {
			continue
		}
		if len(next) > 0 && *declared.RunOrder > *next[0].RunOrder {
			continue
		}
		if len(next) > 0 && *declared.RunOrder < *next[0].RunOrder {
			next = nil
		}
		next = append(next, declared)
	}
	return next
}

// leave ends an execution's time in a stage, and lets the next one in.
func (ps *Pipelines) leave(run *stageRun, status types.StageExecutionStatus) {
	e := run.execution
	run.status, e.updated = status, ps.account.Now()
	run.stage.inside = nil
	ps.tellStage(run, stateWord(string(status)))
	switch status {
	case types.StageExecutionStatusSucceeded:
		if e.stage++; e.stage == len(e.declared.Stages) {
			ps.end(e, types.PipelineExecutionStatusSucceeded)
		} else {
			ps.arrive(e)
		}
	case types.StageExecutionStatusFailed:
		ps.end(e, types.PipelineExecutionStatusFailed)
	case types.StageExecutionStatusStopped:
		ps.end(e, types.PipelineExecutionStatusStopped)
	case types.StageExecutionStatusCancelled:
		ps.end(e, types.PipelineExecutionStatusCancelled)
	}
	ps.admit(run.stage)
}

func (ps *Pipelines) end(e *execution, status types.PipelineExecutionStatus) {
	e.status, e.updated = status, ps.account.Now()
	ps.tellExecution(e, stateWord(string(status)))
}

// insideOf is the run of the stage that an execution is in; nil while it waits before one.
func (e *execution) insideOf() *stageRun {
	if e.stage >= len(e.declared.Stages) {
		return nil
	}
	s := e.pipeline.stages[*e.declared.Stages[e.stage].Name]
	if s == nil || s.inside != e {
		return nil
	}
	return s.latest
}

// withdraw takes an execution out of the queue that it waits in.
func (e *execution) withdraw() {
	if s := e.pipeline.stages[*e.declared.Stages[e.stage].Name]; s != nil {
		s.waiting = slices.DeleteFunc(s.waiting, func(other *execution) bool { return other == e })
	}
}

// cancel ends an execution whose pipeline was changed.
func (ps *Pipelines) cancel(e *execution) {
	e.cancelled = true
	run := e.insideOf()
	if run == nil {
		e.withdraw()
		ps.end(e, types.PipelineExecutionStatusCancelled)
		return
	}
	ps.advance(run)
}

// stop ends an execution on request: with the actions that run, or when they are done.
func (ps *Pipelines) stop(e *execution, abandon bool, reason *string) error {
	switch {
	case e.status == types.PipelineExecutionStatusStopping && !abandon:
		return wire.Errorf("DuplicatedStopRequestException", "The pipeline execution is already in a Stopping state. If you already chose to stop "+
			"and wait, you cannot make that request again. You can choose to stop and abandon now, but be aware that this option can lead to "+
			"failed tasks or out of sequence tasks. If you already chose to stop and abandon, you cannot make that request again.")
	case !e.underWay():
		return wire.Errorf("PipelineExecutionNotStoppableException", "Unable to stop the pipeline execution. The execution might already be in a "+
			"Stopped state, or it might no longer be in progress.")
	}
	e.stopReason = cmp.Or(reason, e.stopReason)
	run := e.insideOf()
	if run == nil {
		e.withdraw()
		ps.end(e, types.PipelineExecutionStatusStopped)
		return nil
	}
	if e.status != types.PipelineExecutionStatusStopping {
		e.status, run.status = types.PipelineExecutionStatusStopping, types.StageExecutionStatusStopping
		ps.tellExecution(e, "STOPPING")
	}
	if abandon {
		for _, a := range run.actions {
			if a.status == types.ActionExecutionStatusInProgress {
				ps.endAction(a, types.ActionExecutionStatusAbandoned)
			}
		}
		ps.advance(run)
	}
	return nil
}
