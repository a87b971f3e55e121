package codepipeline

import "bluegreen/internal/localaws/wire"

// Service is the API of CodePipeline, version 2015-07-09, as far as it is modelled.
func (ps *Pipelines) Service() wire.Service {
	const pipeline, execution, stage, next, most = "PipelineName", "PipelineExecutionId", "StageName", "NextToken", "MaxResults"
	var declaration []string
	for _, member := range []string{"Name", "RoleArn", "ArtifactStore.Location", "ArtifactStore.Type", "PipelineType", "ExecutionMode", "Version",
		"Stages.Name"} {
		declaration = append(declaration, "Pipeline."+member)
	}
	for _, member := range []string{"Name", "ActionTypeId", "Configuration", "InputArtifacts", "OutputArtifacts", "Namespace", "Region", "RoleArn",
		"RunOrder", "TimeoutInMinutes"} {
		declaration = append(declaration, "Pipeline.Stages.Actions."+member)
	}
	return wire.Service{
		SigningName:  "codepipeline",
		Protocol:     wire.AWSJSON11,
		Version:      "2015-07-09",
		TargetPrefix: "CodePipeline_20150709",
		LowerCamel:   true,
		EmptyLists: map[string]wire.EmptyList{
			"ActionDeclaration.InputArtifacts": wire.There, "ActionDeclaration.OutputArtifacts": wire.There,
			"CreatePipelineOutput.Tags": wire.LeftOut,
		},
		Operations: []wire.Operation{
			wire.Op("CreatePipeline", ps.createPipeline, append([]string{"Tags"}, declaration...)...).Requires("Pipeline"),
			wire.Op("GetPipeline", ps.getPipeline, "Name", "Version").Requires("Name"),
			wire.Op("UpdatePipeline", ps.updatePipeline, declaration...).Requires("Pipeline"),
			wire.Op("DeletePipeline", ps.deletePipeline, "Name").Requires("Name"),
			wire.Op("ListPipelines", ps.listPipelines, next, most),

			wire.Op("ListTagsForResource", ps.listTags, "ResourceArn", next, most).Requires("ResourceArn"),

			wire.Op("GetPipelineState", ps.getPipelineState, "Name").Requires("Name"),
			wire.Op("StartPipelineExecution", ps.startPipelineExecution, "Name", "ClientRequestToken", "SourceRevisions").Requires("Name"),
			wire.Op("StopPipelineExecution", ps.stopPipelineExecution, pipeline, execution, "Abandon", "Reason").Requires(pipeline, execution),
			wire.Op("GetPipelineExecution", ps.getPipelineExecution, pipeline, execution).Requires(pipeline, execution),
			wire.Op("ListPipelineExecutions", ps.listPipelineExecutions, pipeline, next, most).Requires(pipeline),
			wire.Op("ListActionExecutions", ps.listActionExecutions, pipeline, "Filter.PipelineExecutionId", next, most).Requires(pipeline),
			wire.Op("RetryStageExecution", ps.retryStageExecution, pipeline, stage, execution, "RetryMode").
				Requires(pipeline, stage, execution, "RetryMode"),

			wire.Op("PutApprovalResult", ps.putApprovalResult, pipeline, stage, "ActionName", "Result", "Token").
				Requires(pipeline, stage, "ActionName", "Result", "Token"),
			wire.Op("EnableStageTransition", ps.enableStageTransition, pipeline, stage, "TransitionType").
				Requires(pipeline, stage, "TransitionType"),
			wire.Op("DisableStageTransition", ps.disableStageTransition, pipeline, stage, "TransitionType", "Reason").
				Requires(pipeline, stage, "TransitionType", "Reason"),
		},
	}
}
