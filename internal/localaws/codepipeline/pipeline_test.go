package codepipeline_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"
)

// A commit starts an execution of the state machine with the file's content, and the pipeline follows it to its end.
func TestACommitStartsAnExecution(t *testing.T) {
	run(t, func(w *world) {
		w.create(w.declaration())
		w.sleep(time.Minute)
		first := w.executions()
		if len(first) != 1 || first[0].Status != types.PipelineExecutionStatusFailed || first[0].Trigger.TriggerType != types.TriggerTypeCreatePipeline {
			t.Fatalf("of an empty repository: %+v", first)
		}
		source := w.stage("Source").ActionStates[0].LatestExecution
		if want := "The action failed because no branch named main was found in the selected AWS CodeCommit repository requests."; *source.ErrorDetails.Code != "ConfigurationError" ||
			!strings.HasPrefix(*source.ErrorDetails.Message, want) {
			t.Errorf("its source: %+v", source.ErrorDetails)
		}
		id := w.commit(work(120))
		w.sleep(time.Minute)
		deploy := w.stage("Deploy")
		action := deploy.ActionStates[0].LatestExecution
		if deploy.LatestExecution.Status != types.StageExecutionStatusInProgress || action.Status != types.ActionExecutionStatusInProgress || action.ExternalExecutionId == nil {
			t.Fatalf("during the execution: %+v %+v", deploy.LatestExecution, action)
		}
		described := must(w, w.states.DescribeExecution, &sfn.DescribeExecutionInput{ExecutionArn: action.ExternalExecutionId})
		if *described.Input != work(120) || *described.Name != "commit-"+*action.ActionExecutionId || described.Status != sfntypes.ExecutionStatusRunning {
			t.Errorf("the execution: %+v", described)
		}
		w.sleep(3 * time.Minute)
		second := w.executions()[1]
		if second.Status != types.PipelineExecutionStatusSucceeded || second.Trigger.TriggerType != types.TriggerTypeCloudWatchEvent ||
			*second.SourceRevisions[0].RevisionId != id || *second.SourceRevisions[0].RevisionSummary != "Deploy "+work(120) {
			t.Errorf("in the end: %+v", second)
		}
		told := must(w, w.GetPipelineExecution, &codepipeline.GetPipelineExecutionInput{PipelineName: aws.String(name), PipelineExecutionId: second.PipelineExecutionId}).PipelineExecution
		if *told.ArtifactRevisions[0].RevisionId != id || told.ExecutionMode != types.ExecutionModeQueued {
			t.Errorf("the execution is %+v", told)
		}
		source = w.stage("Source").ActionStates[0].LatestExecution
		if source.Status != types.ActionExecutionStatusSucceeded || *source.ExternalExecutionId != id || *w.stage("Source").ActionStates[0].CurrentRevision.RevisionId != id {
			t.Errorf("the source: %+v", source)
		}
		details := must(w, w.ListActionExecutions, &codepipeline.ListActionExecutionsInput{PipelineName: aws.String(name), Filter: &types.ActionExecutionFilter{PipelineExecutionId: second.PipelineExecutionId}}).ActionExecutionDetails
		if len(details) != 2 || *details[0].ActionName != "BlueGreen" || details[0].Output.OutputVariables["ExecutionArn"] != *action.ExternalExecutionId ||
			details[0].Output.OutputVariables["StateMachineArn"] != w.machine || *details[0].Output.OutputArtifacts[0].Name != "Result" ||
			*details[0].Input.InputArtifacts[0].S3location.Bucket != "artifacts" || details[1].Output.OutputVariables["CommitId"] != id {
			t.Errorf("the actions: %+v", details)
		}
	})
}

// What makes a deployment fail can be read in the pipeline's state; a retry runs the failed action again.
func TestAFailureIsShownAndRetried(t *testing.T) {
	run(t, func(w *world) {
		w.commit(`{"seconds": 1, "fail": "{\"end\":\"Rejected\"}"}`)
		w.create(w.declaration())
		w.sleep(2 * time.Minute)
		deploy := w.stage("Deploy")
		action := deploy.ActionStates[0].LatestExecution
		want := `Execution FAILED: BlueGreen.BadRequest: {"end":"Rejected"}`
		if deploy.LatestExecution.Status != types.StageExecutionStatusFailed || action.Status != types.ActionExecutionStatusFailed ||
			*action.ErrorDetails.Code != "JobFailed" || *action.ErrorDetails.Message != want || *action.Summary != want {
			t.Fatalf("failed: %+v %+v %+v", deploy.LatestExecution, action, action.ErrorDetails)
		}
		retry := func(execution *string) error {
			_, err := w.RetryStageExecution(ctx, &codepipeline.RetryStageExecutionInput{PipelineName: aws.String(name), StageName: aws.String("Deploy"),
				PipelineExecutionId: execution, RetryMode: types.StageRetryModeFailedActions})
			return err
		}
		first := deploy.LatestExecution.PipelineExecutionId
		if err := retry(first); err != nil {
			t.Fatal(err)
		}
		refused(w, retry(first), "StageNotRetryableException", "Unable to retry.")
		w.sleep(2 * time.Minute)
		again := w.stage("Deploy").ActionStates[0].LatestExecution
		if *again.ActionExecutionId == *action.ActionExecutionId || *again.ExternalExecutionId == *action.ExternalExecutionId || again.Status != types.ActionExecutionStatusFailed {
			t.Errorf("the retry was %+v", again)
		}
		w.commit(work(1))
		w.sleep(2 * time.Minute)
		refused(w, retry(first), "NotLatestPipelineExecutionException", "")
		if got := w.statuses(); got != "Failed Succeeded" {
			t.Errorf("the executions ended %s", got)
		}
	})
}

// In QUEUED mode every commit has its turn, with its own content, one after the other; in SUPERSEDED mode the last one.
func TestExecutionsWaitForEachOther(t *testing.T) {
	for _, c := range []struct {
		mode   types.ExecutionMode
		during string
		inputs []string
		end    string
	}{
		{types.ExecutionModeQueued, "InProgress InProgress InProgress InProgress", []string{work(300), work(301), work(302), work(303)}, "Succeeded Succeeded Succeeded Succeeded"},
		{types.ExecutionModeSuperseded, "InProgress Superseded Superseded InProgress", []string{work(300), work(303)}, "Succeeded Superseded Superseded Succeeded"},
	} {
		run(t, func(w *world) {
			w.commit(work(300))
			declared := w.declaration()
			declared.ExecutionMode = c.mode
			w.create(declared)
			w.sleep(time.Minute)
			for seconds := 301; seconds < 304; seconds++ {
				w.commit(work(seconds))
				w.sleep(30 * time.Second)
			}
			if got := w.statuses(); got != c.during {
				t.Errorf("%s: meanwhile %s", c.mode, got)
			}
			deploy := w.stage("Deploy")
			if len(deploy.InboundExecutions) != len(c.inputs)-1 || *deploy.InboundExecution.PipelineExecutionId != *w.executions()[4-len(deploy.InboundExecutions)].PipelineExecutionId {
				t.Errorf("%s: before the stage wait %+v", c.mode, deploy.InboundExecutions)
			}
			if running := must(w, w.states.ListExecutions, &sfn.ListExecutionsInput{StateMachineArn: &w.machine, StatusFilter: sfntypes.ExecutionStatusRunning}).Executions; len(running) != 1 {
				t.Errorf("%s: %d executions run at once", c.mode, len(running))
			}
			w.sleep(30 * time.Minute)
			var inputs []string
			for _, e := range must(w, w.states.ListExecutions, &sfn.ListExecutionsInput{StateMachineArn: &w.machine}).Executions {
				inputs = append([]string{*must(w, w.states.DescribeExecution, &sfn.DescribeExecutionInput{ExecutionArn: e.ExecutionArn}).Input}, inputs...)
			}
			if diff := cmp.Diff(c.inputs, inputs); diff != "" || w.statuses() != c.end {
				t.Errorf("%s: in the end %s, inputs (-want +got):\n%s", c.mode, w.statuses(), diff)
			}
		})
	}
}

// approver answers the approval that is asked for in the newest message of the topic.
func (w *world) approver(status types.ApprovalStatus) error {
	w.Helper()
	w.Account.Lock()
	messages := w.Topics.Messages(w.topic)
	w.Account.Unlock()
	var message struct {
		Approval struct{ PipelineName, StageName, ActionName, Token, CustomData, Expires string }
	}
	last := messages[len(messages)-1]
	if err := json.Unmarshal([]byte(last.Body), &message); err != nil {
		w.Fatal(err)
	}
	asked := message.Approval
	if !strings.HasPrefix(asked.CustomData, `Approve to deploy: Deploy {"seconds"`) || !strings.HasPrefix(last.Subject, "APPROVAL NEEDED: AWS CodePipeline "+name) {
		w.Errorf("asked %+v (%s)", asked, last.Subject)
	}
	_, err := w.PutApprovalResult(ctx, &codepipeline.PutApprovalResultInput{PipelineName: &asked.PipelineName, StageName: &asked.StageName,
		ActionName: &asked.ActionName, Token: &asked.Token, Result: &types.ApprovalResult{Status: status, Summary: aws.String("so be it")}})
	return err
}

func TestAPersonApproves(t *testing.T) {
	run(t, func(w *world) {
		w.commit(work(1))
		w.create(w.declaration(w.approval()))
		w.sleep(30 * time.Minute)
		asked := w.stage("Approve").ActionStates[0].LatestExecution
		if asked.Status != types.ActionExecutionStatusInProgress || asked.Token == nil || w.stage("Deploy").LatestExecution != nil {
			t.Fatalf("before the approval: %+v", asked)
		}
		if err := w.approver(types.ApprovalStatusApproved); err != nil {
			t.Fatal(err)
		}
		refused(w, w.approver(types.ApprovalStatusRejected), "ApprovalAlreadyCompletedException", "already been approved or rejected")
		w.sleep(time.Minute)
		if approved := w.stage("Approve").ActionStates[0].LatestExecution; *approved.Summary != "so be it" || *approved.LastUpdatedBy != "arn:aws:iam::000000000000:user/operator" || approved.Token != nil {
			t.Errorf("approved: %+v", approved)
		}

		w.commit(work(2))
		w.sleep(time.Minute)
		if err := w.approver(types.ApprovalStatusRejected); err != nil {
			t.Fatal(err)
		}
		w.sleep(time.Minute)
		w.commit(work(3))
		w.sleep(2 * time.Hour)
		if silent := w.stage("Approve").ActionStates[0].LatestExecution; *silent.ErrorDetails.Message != "The approval action has timed out" {
			t.Errorf("nobody answered: %+v", silent)
		}
		refused(w, w.approver(types.ApprovalStatusApproved), "ApprovalAlreadyCompletedException", "")
		if got := w.statuses(); got != "Succeeded Failed Failed" {
			t.Errorf("the executions ended %s", got)
		}
		_, err := w.PutApprovalResult(ctx, &codepipeline.PutApprovalResultInput{PipelineName: aws.String(name), StageName: aws.String("Approve"), ActionName: aws.String("Person"),
			Token: aws.String("guessed"), Result: &types.ApprovalResult{Status: types.ApprovalStatusApproved, Summary: aws.String("")}})
		refused(w, err, "InvalidApprovalTokenException", "")
	})
}

func TestExecutionsAreStarted(t *testing.T) {
	run(t, func(w *world) {
		first := w.commit(work(1))
		w.commit(work(2))
		w.create(w.declaration())
		w.sleep(time.Minute)
		start := &codepipeline.StartPipelineExecutionInput{Name: aws.String(name), ClientRequestToken: aws.String("once"),
			SourceRevisions: []types.SourceRevisionOverride{{ActionName: aws.String("Source"), RevisionType: types.SourceRevisionTypeCommitId, RevisionValue: &first}}}
		started := must(w, w.StartPipelineExecution, start)
		if again := must(w, w.StartPipelineExecution, start); *again.PipelineExecutionId != *started.PipelineExecutionId {
			t.Errorf("the same request started another execution")
		}
		w.sleep(time.Minute)
		ends := w.executions()
		if len(ends) != 2 || *ends[0].SourceRevisions[0].RevisionId != *w.tip || *ends[1].SourceRevisions[0].RevisionId != first ||
			ends[1].Trigger.TriggerType != types.TriggerTypeStartPipelineExecution || *ends[1].Trigger.TriggerDetail != "arn:aws:iam::000000000000:user/operator" {
			t.Errorf("%+v", ends)
		}
		start.ClientRequestToken, start.SourceRevisions[0].RevisionValue = nil, aws.String(strings.Repeat("0", 40))
		must(w, w.StartPipelineExecution, start)
		w.sleep(time.Minute)
		if failed := w.stage("Source").ActionStates[0].LatestExecution; *failed.ErrorDetails.Code != "RevisionUnavailable" {
			t.Errorf("of an unknown commit: %+v", failed)
		}
		_, err := w.StartPipelineExecution(ctx, &codepipeline.StartPipelineExecutionInput{Name: aws.String("other")})
		refused(w, err, "PipelineNotFoundException", "Account '000000000000' does not have a pipeline with name 'other'")
	})
}

// A pipeline that polls finds a commit within a minute or so, without any rule.
func TestSourcesArePolled(t *testing.T) {
	run(t, func(w *world) {
		w.commit(work(1))
		declared := w.declaration()
		declared.Stages[0].Actions[0].Configuration["PollForSourceChanges"] = "true"
		must(w, w.CreatePipeline, &codepipeline.CreatePipelineInput{Pipeline: declared})
		w.sleep(10 * time.Minute)
		id := w.commit(work(2))
		w.sleep(10 * time.Minute)
		ends := w.executions()
		if len(ends) != 2 || ends[1].Trigger.TriggerType != types.TriggerTypePollForSourceChanges || *ends[1].SourceRevisions[0].RevisionId != id {
			t.Errorf("%+v", ends)
		}
	})
}

func TestExecutionsAreStopped(t *testing.T) {
	run(t, func(w *world) {
		w.commit(work(600))
		w.create(w.declaration())
		w.sleep(time.Minute)
		w.commit(work(1))
		w.sleep(time.Minute)
		all := w.executions()
		stop := func(n int, abandon bool) error {
			_, err := w.StopPipelineExecution(ctx, &codepipeline.StopPipelineExecutionInput{PipelineName: aws.String(name), PipelineExecutionId: all[n].PipelineExecutionId,
				Abandon: abandon, Reason: aws.String("by hand")})
			return err
		}
		if err := stop(1, false); err != nil { // it waits before Deploy
			t.Error(err)
		}
		if err := stop(0, false); err != nil {
			t.Error(err)
		}
		if got := w.statuses(); got != "Stopping Stopped" {
			t.Errorf("first %s", got)
		}
		refused(w, stop(0, false), "DuplicatedStopRequestException", "")
		refused(w, stop(1, true), "PipelineExecutionNotStoppableException", "")
		if err := stop(0, true); err != nil {
			t.Error(err)
		}
		deploy := w.stage("Deploy")
		if w.statuses() != "Stopped Stopped" || deploy.ActionStates[0].LatestExecution.Status != types.ActionExecutionStatusAbandoned || deploy.LatestExecution.Status != types.StageExecutionStatusStopped {
			t.Errorf("in the end %s: %+v", w.statuses(), deploy.LatestExecution)
		}
		// The pipeline no longer cares; the deployment goes on.
		running := must(w, w.states.ListExecutions, &sfn.ListExecutionsInput{StateMachineArn: &w.machine, StatusFilter: sfntypes.ExecutionStatusRunning}).Executions
		if *w.executions()[0].StopTrigger.Reason != "by hand" || len(running) != 1 {
			t.Errorf("%+v, %d executions run", w.executions()[0], len(running))
		}
		// Stopped gently, an execution ends with its action.
		must(w, w.StartPipelineExecution, &codepipeline.StartPipelineExecutionInput{Name: aws.String(name)})
		w.sleep(4 * time.Second)
		all = w.executions()
		if err := stop(2, false); err != nil {
			t.Error(err)
		}
		w.sleep(time.Minute)
		if source := w.stage("Source"); w.statuses() != "Stopped Stopped Stopped" || source.ActionStates[0].LatestExecution.Status != types.ActionExecutionStatusSucceeded {
			t.Errorf("gently: %s, %+v", w.statuses(), source.ActionStates[0].LatestExecution)
		}
	})
}

func TestTransitionsAndUpdates(t *testing.T) {
	run(t, func(w *world) {
		w.commit(work(1))
		w.create(w.declaration())
		disable := &codepipeline.DisableStageTransitionInput{PipelineName: aws.String(name), StageName: aws.String("Deploy"), TransitionType: types.StageTransitionTypeInbound, Reason: aws.String("freeze")}
		must(w, w.DisableStageTransition, disable)
		w.sleep(time.Minute)
		deploy := w.stage("Deploy")
		if deploy.InboundTransitionState.Enabled || *deploy.InboundTransitionState.DisabledReason != "freeze" || len(deploy.InboundExecutions) != 1 || deploy.LatestExecution != nil {
			t.Errorf("before a closed stage: %+v", deploy)
		}
		must(w, w.EnableStageTransition, &codepipeline.EnableStageTransitionInput{PipelineName: aws.String(name), StageName: aws.String("Deploy"), TransitionType: types.StageTransitionTypeInbound})
		w.sleep(time.Minute)
		if w.statuses() != "Succeeded" {
			t.Errorf("once it is open: %s", w.statuses())
		}
		must(w, w.DisableStageTransition, disable)
		w.commit(work(2))
		w.sleep(time.Minute)
		w.commit(work(3))
		w.sleep(3 * time.Second) // its source is being fetched
		updated := must(w, w.UpdatePipeline, &codepipeline.UpdatePipelineInput{Pipeline: w.declaration(w.approval())})
		w.sleep(time.Minute)
		if *updated.Pipeline.Version != 2 || w.statuses() != "Succeeded Cancelled Cancelled" {
			t.Errorf("after an update, version %d: %s", *updated.Pipeline.Version, w.statuses())
		}
		got := must(w, w.GetPipeline, &codepipeline.GetPipelineInput{Name: aws.String(name)})
		if len(got.Pipeline.Stages) != 3 || *got.Metadata.PipelineArn != "arn:aws:codepipeline:ap-northeast-1:000000000000:"+name || *got.Pipeline.Stages[0].Actions[0].RunOrder != 1 {
			t.Errorf("%+v", got)
		}
		if old := must(w, w.GetPipeline, &codepipeline.GetPipelineInput{Name: aws.String(name), Version: aws.Int32(1)}); len(old.Pipeline.Stages) != 2 {
			t.Errorf("version 1 has %d stages", len(old.Pipeline.Stages))
		}
		if listed := must(w, w.ListPipelines, &codepipeline.ListPipelinesInput{}).Pipelines; len(listed) != 1 || *listed[0].Name != name || *listed[0].Version != 2 {
			t.Errorf("%+v", listed)
		}
		must(w, w.DeletePipeline, &codepipeline.DeletePipelineInput{Name: aws.String(name)})
		_, err := w.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: aws.String(name)})
		refused(w, err, "PipelineNotFoundException", "")
		w.sleep(time.Hour)
	})
}

// What a pipeline tells EventBridge.
func TestEvents(t *testing.T) {
	run(t, func(w *world) {
		heard := *must(w, w.sns.CreateTopic, &sns.CreateTopicInput{Name: aws.String("heard")}).TopicArn
		must(w, w.events.PutRule, &eventbridge.PutRuleInput{Name: aws.String("heard"), EventPattern: aws.String(`{"source": ["aws.codepipeline"]}`)})
		must(w, w.events.PutTargets, &eventbridge.PutTargetsInput{Rule: aws.String("heard"), Targets: []eventtypes.Target{{Id: aws.String("t"), Arn: &heard,
			InputTransformer: &eventtypes.InputTransformer{InputPathsMap: map[string]string{"type": "$.detail-type", "state": "$.detail.state", "stage": "$.detail.stage", "action": "$.detail.action"},
				InputTemplate: aws.String(`"<type> <stage> <action> <state>"`)}}}})
		w.commit(`{"seconds": 1, "fail": "no"}`)
		w.create(w.declaration())
		w.sleep(2 * time.Minute)
		var got []string
		w.Account.Lock()
		for _, message := range w.Topics.Messages(heard) {
			got = append(got, strings.Join(strings.Fields(strings.ReplaceAll(strings.Trim(message.Body, `"`), "CodePipeline ", "")), " "))
		}
		w.Account.Unlock()
		const p, s, a = "Pipeline Execution State Change ", "Stage Execution State Change ", "Action Execution State Change "
		want := map[string]bool{p + "STARTED": true, s + "Source STARTED": true, a + "Source Source STARTED": true, a + "Source Source SUCCEEDED": true, s + "Source SUCCEEDED": true,
			s + "Deploy STARTED": true, a + "Deploy BlueGreen STARTED": true, a + "Deploy BlueGreen FAILED": true, s + "Deploy FAILED": true, p + "FAILED": true}
		for _, line := range got {
			if !want[line] {
				t.Errorf("heard %q", line)
			}
		}
		if len(got) != len(want) {
			t.Errorf("heard %q", got)
		}
	})
}

func TestDeclarationsAreRefused(t *testing.T) {
	run(t, func(w *world) {
		const structure, action = "InvalidStructureException", "InvalidActionDeclarationException"
		for _, c := range []struct {
			code, text string
			change     func(*types.PipelineDeclaration)
		}{
			{"ValidationException", "Value 'a b' at 'pipeline.name'", func(d *types.PipelineDeclaration) { d.Name = aws.String("a b") }},
			{structure, "Pipeline has only 1 stage(s).", func(d *types.PipelineDeclaration) { d.Stages = d.Stages[:1] }},
			{structure, "Pipeline should start with a stage that only contains source actions", func(d *types.PipelineDeclaration) { d.Stages[0], d.Stages[1] = d.Stages[1], d.Stages[0] }},
			{structure, "QUEUED can only be used with V2", func(d *types.PipelineDeclaration) { d.PipelineType = types.PipelineTypeV1 }},
			{"NotModelled", "PARALLEL", func(d *types.PipelineDeclaration) { d.ExecutionMode = types.ExecutionModeParallel }},
			{"NotModelled", "actions of CodeBuild", func(d *types.PipelineDeclaration) {
				d.Stages[1].Actions[0].ActionTypeId = kind(types.ActionCategoryBuild, "CodeBuild")
			}},
			{action, "ActionType (Category: 'Invoke', Provider: 'Nobody', Owner: 'AWS', Version: '1') in action 'BlueGreen' is not available in region 'ap-northeast-1'", func(d *types.PipelineDeclaration) {
				d.Stages[1].Actions[0].ActionTypeId = kind(types.ActionCategoryInvoke, "Nobody")
			}},
			{action, "Action Source declares 0 output artifacts which is less than the minimum count (1)", func(d *types.PipelineDeclaration) { d.Stages[0].Actions[0].OutputArtifacts = nil }},
			{action, "Input Artifact Bundle Other in action BlueGreen is not declared as Output Artifact Bundle in any of the preceding actions", func(d *types.PipelineDeclaration) {
				d.Stages[1].Actions[0].InputArtifacts[0].Name = aws.String("Other")
			}},
			{action, "is missing required configuration 'StateMachineArn'", func(d *types.PipelineDeclaration) { delete(d.Stages[1].Actions[0].Configuration, "StateMachineArn") }},
			{action, "contains unknown configuration 'Inputs'", func(d *types.PipelineDeclaration) { d.Stages[1].Actions[0].Configuration["Inputs"] = "x" }},
			{action, "invalid InputType 'Path'", func(d *types.PipelineDeclaration) { d.Stages[1].Actions[0].Configuration["InputType"] = "Path" }},
			{"InvalidStageDeclarationException", "'Source' is declared twice", func(d *types.PipelineDeclaration) { d.Stages[1].Name = aws.String("Source") }},
		} {
			declared := w.declaration()
			c.change(declared)
			_, err := w.CreatePipeline(ctx, &codepipeline.CreatePipelineInput{Pipeline: declared})
			refused(w, err, c.code, c.text)
		}
		w.create(w.declaration())
		_, err := w.CreatePipeline(ctx, &codepipeline.CreatePipelineInput{Pipeline: w.declaration()})
		refused(w, err, "PipelineNameInUseException", "A pipeline with the name '"+name+"' already exists")
	})
}

func TestTagsOfAPipeline(t *testing.T) {
	run(t, func(w *world) {
		tags := []types.Tag{{Key: aws.String("team"), Value: aws.String("ec")}}
		must(w, w.CreatePipeline, &codepipeline.CreatePipelineInput{Pipeline: w.declaration(), Tags: tags})
		pages := codepipeline.NewListTagsForResourcePaginator(w.Client, &codepipeline.ListTagsForResourceInput{ResourceArn: aws.String(w.Account.ARN("codepipeline", name))})
		page, err := pages.NextPage(ctx)
		if err != nil || len(page.Tags) != 1 || *page.Tags[0].Value != "ec" || pages.HasMorePages() {
			w.Errorf("tags: %+v, %v", page, err)
		}
		_, err = w.ListTagsForResource(ctx, &codepipeline.ListTagsForResourceInput{ResourceArn: aws.String(w.Account.ARN("codepipeline", "other"))})
		refused(w, err, "ResourceNotFoundException", "other")
	})
}
