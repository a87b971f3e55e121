package codepipeline

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"bluegreen/internal/localaws/wire"
)

func (ps *Pipelines) startPipelineExecution(call *wire.Call, in *codepipeline.StartPipelineExecutionInput) (*codepipeline.StartPipelineExecutionOutput, error) {
	found, err := ps.find(*in.Name)
	if err != nil {
		return nil, err
	}
	token := aws.ToString(in.ClientRequestToken)
	for _, e := range found.executions {
		if token != "" && e.start.token == token {
			return &codepipeline.StartPipelineExecutionOutput{PipelineExecutionId: &e.id}, nil
		}
	}
	commits := make(map[string]string)
	for _, override := range in.SourceRevisions {
		known := func(a types.ActionDeclaration) bool { return *a.Name == aws.ToString(override.ActionName) }
		if !slices.ContainsFunc(sources(found.declaration()), known) {
			return nil, wire.Errorf("ActionNotFoundException", "Pipeline '%s' does not have a source action with name '%s'", found.name, aws.ToString(override.ActionName))
		}
		if override.RevisionType != types.SourceRevisionTypeCommitId {
			return nil, invalid("Value '%s' at 'sourceRevisions.revisionType' failed to satisfy constraint: a CodeCommit source has the revision "+
				"type COMMIT_ID", override.RevisionType)
		}
		commits[*override.ActionName] = aws.ToString(override.RevisionValue)
	}
	started, err := ps.begin(found, start{trigger: types.TriggerTypeStartPipelineExecution, detail: call.Principal.ARN, token: token, commits: commits})
	if err != nil {
		return nil, err
	}
	return &codepipeline.StartPipelineExecutionOutput{PipelineExecutionId: &started.id}, nil
}

// StartByEvent starts the pipeline of an ARN, as a rule of EventBridge does that has it as target. The account's lock is
// held. Errors are those of the API, *wire.Error.
func (ps *Pipelines) StartByEvent(pipelineARN, ruleARN string) error {
	for _, found := range ps.byName {
		if found.arn == pipelineARN {
			_, err := ps.begin(found, start{trigger: types.TriggerTypeCloudWatchEvent, detail: ruleARN})
			return err
		}
	}
	return wire.Errorf("PipelineNotFoundException", "There is no pipeline %s", pipelineARN)
}

// execution finds an execution of a pipeline by its id.
func (ps *Pipelines) execution(pipeline, id string) (*execution, error) {
	found, err := ps.find(pipeline)
	if err != nil {
		return nil, err
	}
	for _, e := range found.executions {
		if e.id == id {
			return e, nil
		}
	}
	return nil, wire.Errorf("PipelineExecutionNotFoundException", "Pipeline '%s' does not have an execution with id '%s'", found.name, id)
}

func (ps *Pipelines) stopPipelineExecution(_ *wire.Call, in *codepipeline.StopPipelineExecutionInput) (*codepipeline.StopPipelineExecutionOutput, error) {
	e, err := ps.execution(*in.PipelineName, *in.PipelineExecutionId)
	if err != nil {
		return nil, err
	}
	if len(aws.ToString(in.Reason)) > 200 {
		return nil, invalid("Value at 'reason' failed to satisfy constraint: Member must have length less than or equal to 200")
	}
	if err := ps.stop(e, in.Abandon, in.Reason); err != nil {
		return nil, err
	}
	return &codepipeline.StopPipelineExecutionOutput{PipelineExecutionId: &e.id}, nil
}

func (ps *Pipelines) getPipelineExecution(_ *wire.Call, in *codepipeline.GetPipelineExecutionInput) (*codepipeline.GetPipelineExecutionOutput, error) {
	e, err := ps.execution(*in.PipelineName, *in.PipelineExecutionId)
	if err != nil {
		return nil, err
	}
	return &codepipeline.GetPipelineExecutionOutput{PipelineExecution: &types.PipelineExecution{
		PipelineName: &e.pipeline.name, PipelineVersion: e.declared.Version, PipelineExecutionId: &e.id, Status: e.status,
		ExecutionMode: e.declared.ExecutionMode, ExecutionType: types.ExecutionTypeStandard, Trigger: e.trigger(),
		ArtifactRevisions: append([]types.ArtifactRevision{}, e.revisions...), StatusSummary: e.stopReason,
	}}, nil
}

func (e *execution) trigger() *types.ExecutionTrigger {
	return &types.ExecutionTrigger{TriggerType: e.start.trigger, TriggerDetail: filled(e.start.detail)}
}

// listPipelineExecutions lists the latest start first.
func (ps *Pipelines) listPipelineExecutions(_ *wire.Call, in *codepipeline.ListPipelineExecutionsInput) (*codepipeline.ListPipelineExecutionsOutput, error) {
	found, err := ps.find(*in.PipelineName)
	if err != nil {
		return nil, err
	}
	latestFirst := slices.Clone(found.executions)
	slices.Reverse(latestFirst)
	listed, next, err := page(latestFirst, in.MaxResults, in.NextToken, 100)
	if err != nil {
		return nil, err
	}
	out := &codepipeline.ListPipelineExecutionsOutput{PipelineExecutionSummaries: []types.PipelineExecutionSummary{}, NextToken: next}
	for _, e := range listed {
		summary := types.PipelineExecutionSummary{
			PipelineExecutionId: &e.id, Status: e.status, StartTime: &e.started, LastUpdateTime: &e.updated, ExecutionMode: e.declared.ExecutionMode,
			ExecutionType: types.ExecutionTypeStandard, Trigger: e.trigger(), SourceRevisions: append([]types.SourceRevision{}, e.sources...),
		}
		if e.stopReason != nil {
			summary.StopTrigger = &types.StopExecutionTrigger{Reason: e.stopReason}
		}
		out.PipelineExecutionSummaries = append(out.PipelineExecutionSummaries, summary)
	}
	return out, nil
}

// retryStageExecution runs the failed actions of a stage, or all of them, once more.
func (ps *Pipelines) retryStageExecution(_ *wire.Call, in *codepipeline.RetryStageExecutionInput) (*codepipeline.RetryStageExecutionOutput, error) {
	e, err := ps.execution(*in.PipelineName, *in.PipelineExecutionId)
	if err != nil {
		return nil, err
	}
	s := e.pipeline.stages[*in.StageName]
	if s == nil {
		return nil, noStage(e.pipeline, *in.StageName)
	}
	run := s.latest
	switch {
	case run == nil || run.execution != e:
		return nil, wire.Errorf("NotLatestPipelineExecutionException", "The stage has failed in a later run of the pipeline and the "+
			"pipelineExecutionId associated with the request is out of date.")
	case run.status != types.StageExecutionStatusFailed || e.declared != e.pipeline.declaration():
		return nil, wire.Errorf("StageNotRetryableException", "Unable to retry. The pipeline structure or stage state might have changed while "+
			"actions awaited retry, or the stage contains no failed actions.")
	}
	switch in.RetryMode {
	case types.StageRetryModeFailedActions:
		run.actions = slices.DeleteFunc(run.actions, func(a *actionRun) bool { return a.status != types.ActionExecutionStatusSucceeded })
	case types.StageRetryModeAllActions:
		run.actions = nil
	default:
		return nil, invalid("Value '%s' at 'retryMode' failed to satisfy constraint: Member must satisfy enum value set: [FAILED_ACTIONS, "+
			"ALL_ACTIONS]", in.RetryMode)
	}
	run.retries++
	run.status, e.status, s.inside = types.StageExecutionStatusInProgress, types.PipelineExecutionStatusInProgress, e
	ps.tellExecution(e, "RESUMED")
	ps.tellStage(run, "RESUMED")
	ps.goOn(run)
	return &codepipeline.RetryStageExecutionOutput{PipelineExecutionId: &e.id}, nil
}

func (ps *Pipelines) disableStageTransition(call *wire.Call, in *codepipeline.DisableStageTransitionInput) (*codepipeline.DisableStageTransitionOutput, error) {
	s, err := ps.transition(*in.PipelineName, *in.StageName, in.TransitionType)
	if err != nil {
		return nil, err
	}
	if len(*in.Reason) > 300 {
		return nil, invalid("Value at 'reason' failed to satisfy constraint: Member must have length less than or equal to 300")
	}
	now := ps.account.Now()
	s.disabled = &types.TransitionState{Enabled: false, DisabledReason: in.Reason, LastChangedAt: &now, LastChangedBy: &call.Principal.ARN}
	return &codepipeline.DisableStageTransitionOutput{}, nil
}

func (ps *Pipelines) enableStageTransition(_ *wire.Call, in *codepipeline.EnableStageTransitionInput) (*codepipeline.EnableStageTransitionOutput, error) {
	s, err := ps.transition(*in.PipelineName, *in.StageName, in.TransitionType)
	if err != nil {
		return nil, err
	}
	s.disabled = nil
	ps.admit(s)
	return &codepipeline.EnableStageTransitionOutput{}, nil
}

func (ps *Pipelines) transition(pipeline, stage string, kind types.StageTransitionType) (*stage, error) {
	found, err := ps.find(pipeline)
	if err != nil {
		return nil, err
	}
	s := found.stages[stage]
	if s == nil {
		return nil, noStage(found, stage)
	}
	switch kind {
	case types.StageTransitionTypeInbound:
		return s, nil
	case types.StageTransitionTypeOutbound:
		return nil, wire.NotModelled("the transition out of a stage: use the transition into the next one (Inbound)")
	}
	return nil, invalid("Value '%s' at 'transitionType' failed to satisfy constraint: Member must satisfy enum value set: [Inbound, Outbound]", kind)
}
