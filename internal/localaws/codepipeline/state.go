package codepipeline

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"bluegreen/internal/localaws/wire"
)

// getPipelineState tells of each action its last run, be it in an earlier execution than the stage's latest.
func (ps *Pipelines) getPipelineState(_ *wire.Call, in *codepipeline.GetPipelineStateInput) (*codepipeline.GetPipelineStateOutput, error) {
	found, err := ps.find(*in.Name)
	if err != nil {
		return nil, err
	}
	declared := found.declaration()
	out := &codepipeline.GetPipelineStateOutput{
		PipelineName: &found.name, PipelineVersion: declared.Version, Created: &found.created, Updated: &found.updated,
	}
	for _, stage := range declared.Stages {
		s := found.stages[*stage.Name]
		state := types.StageState{StageName: &s.name, InboundTransitionState: &types.TransitionState{Enabled: true}, InboundExecutions: []types.StageExecution{}}
		if s.disabled != nil {
			state.InboundTransitionState = s.disabled
		}
		for _, e := range s.waiting {
			state.InboundExecutions = append(state.InboundExecutions, types.StageExecution{
				PipelineExecutionId: &e.id, Status: types.StageExecutionStatusInProgress, Type: types.ExecutionTypeStandard,
			})
		}
		if len(state.InboundExecutions) > 0 {
			state.InboundExecution = &state.InboundExecutions[0]
		}
		if run := s.latest; run != nil {
			state.LatestExecution = &types.StageExecution{PipelineExecutionId: &run.execution.id, Status: run.status, Type: types.ExecutionTypeStandard}
			if run.retries > 0 {
				state.RetryStageMetadata = &types.RetryStageMetadata{LatestRetryTrigger: types.RetryTriggerManualStageRetry, ManualStageRetryAttempt: &run.retries}
			}
		}
		for _, action := range stage.Actions {
			state.ActionStates = append(state.ActionStates, ps.actionState(action, found.latest[place(s.name, *action.Name)]))
		}
		out.StageStates = append(out.StageStates, state)
	}
	return out, nil
}

func (ps *Pipelines) actionState(action types.ActionDeclaration, a *actionRun) types.ActionState {
	state := types.ActionState{ActionName: action.Name, EntityUrl: ps.entity(action)}
	if a == nil {
		return state
	}
	state.LatestExecution = &types.ActionExecution{
		ActionExecutionId: &a.id, Status: a.status, LastStatusChange: &a.updated, LastUpdatedBy: filled(a.updatedBy), Summary: filled(a.summary),
		ExternalExecutionId: filled(a.externalID), ExternalExecutionUrl: filled(a.externalURL), ErrorDetails: a.failure,
	}
	if a.status == types.ActionExecutionStatusInProgress {
		state.LatestExecution.Token = filled(a.token)
	}
	if action.ActionTypeId.Category == types.ActionCategorySource && a.externalID != "" {
		state.CurrentRevision = &types.ActionRevision{RevisionId: &a.externalID}
		state.RevisionUrl = &a.externalURL
	}
	return state
}

// entity is the console's page about what an action works on.
func (ps *Pipelines) entity(action types.ActionDeclaration) *string {
	page := ""
	switch *action.ActionTypeId.Provider {
	case "CodeCommit":
		page = ps.console("codesuite/codecommit/repositories/" + action.Configuration["RepositoryName"] + "/browse/refs/heads/" +
			action.Configuration["BranchName"] + "/--/")
	case "StepFunctions":
		page = ps.console("states/home?region=" + ps.account.Region + "#/statemachines/view/" + action.Configuration["StateMachineArn"])
	}
	return filled(page)
}

// listActionExecutions lists the latest start first.
func (ps *Pipelines) listActionExecutions(_ *wire.Call, in *codepipeline.ListActionExecutionsInput) (*codepipeline.ListActionExecutionsOutput, error) {
	found, err := ps.find(*in.PipelineName)
	if err != nil {
		return nil, err
	}
	of := found.executions
	if in.Filter != nil && in.Filter.PipelineExecutionId != nil {
		e, err := ps.execution(found.name, *in.Filter.PipelineExecutionId)
		if err != nil {
			return nil, err
		}
		of = []*execution{e}
	}
	var all []*actionRun
	for _, e := range of {
		all = append(all, e.actions...)
	}
	slices.SortStableFunc(all, func(a, b *actionRun) int { return b.started.Compare(a.started) })
	listed, next, err := page(all, in.MaxResults, in.NextToken, 100)
	if err != nil {
		return nil, err
	}
	out := &codepipeline.ListActionExecutionsOutput{ActionExecutionDetails: []types.ActionExecutionDetail{}, NextToken: next}
	for _, a := range listed {
		out.ActionExecutionDetails = append(out.ActionExecutionDetails, a.detail())
	}
	return out, nil
}

func (a *actionRun) detail() types.ActionExecutionDetail {
	e := a.run.execution
	detail := types.ActionExecutionDetail{
		PipelineExecutionId: &e.id, PipelineVersion: e.declared.Version, ActionExecutionId: &a.id, StageName: &a.run.stage.name,
		ActionName: a.declared.Name, StartTime: &a.started, LastUpdateTime: &a.updated, UpdatedBy: filled(a.updatedBy), Status: a.status,
		Input: &types.ActionExecutionInput{
			ActionTypeId: a.declared.ActionTypeId, Configuration: a.declared.Configuration, ResolvedConfiguration: a.resolved,
			RoleArn: a.declared.RoleArn, Region: a.declared.Region, Namespace: a.declared.Namespace, InputArtifacts: []types.ArtifactDetail{},
		},
		Output: &types.ActionExecutionOutput{
			ExecutionResult: &types.ActionExecutionResult{
				ExternalExecutionId: filled(a.externalID), ExternalExecutionSummary: filled(a.summary), ExternalExecutionUrl: filled(a.externalURL),
				ErrorDetails: a.failure,
			},
			OutputVariables: a.variables, OutputArtifacts: []types.ArtifactDetail{},
		},
	}
	for _, input := range a.declared.InputArtifacts {
		detail.Input.InputArtifacts = append(detail.Input.InputArtifacts, e.artifactDetail(*input.Name))
	}
	if a.status == types.ActionExecutionStatusSucceeded {
		for _, output := range a.declared.OutputArtifacts {
			detail.Output.OutputArtifacts = append(detail.Output.OutputArtifacts, e.artifactDetail(*output.Name))
		}
	}
	return detail
}

func (e *execution) artifactDetail(name string) types.ArtifactDetail {
	made := e.artifacts[name]
	return types.ArtifactDetail{Name: &name, S3location: &made.location}
}
