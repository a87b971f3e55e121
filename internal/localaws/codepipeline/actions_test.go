package codepipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// starts is an action that starts the obedient machine with a literal input.
func (w *world) starts(name string, order int32, input string) types.ActionDeclaration {
	return types.ActionDeclaration{Name: &name, RunOrder: &order, ActionTypeId: kind(types.ActionCategoryInvoke, "StepFunctions"),
		Namespace: aws.String("of" + name), Configuration: map[string]string{"StateMachineArn": w.machine, "Input": input}}
}

// Actions of the same run order run at once, the next order after all of them; an action sees what those before it found.
func TestActionsRunInTheirOrder(t *testing.T) {
	run(t, func(w *world) {
		w.commit(work(1))
		declared := w.declaration()
		declared.Stages[1].Actions = []types.ActionDeclaration{
			w.starts("third", 7, `{"seconds": 1, "after": "#{offirst.ExecutionArn}", "by": "#{codepipeline.PipelineExecutionId}"}`),
			w.starts("first", 1, work(60)), w.starts("second", 1, work(120)),
		}
		w.create(declared)
		w.sleep(5 * time.Minute)
		details := must(w, w.ListActionExecutions, &codepipeline.ListActionExecutionsInput{PipelineName: aws.String(name)}).ActionExecutionDetails
		slices.Reverse(details)
		var spans []string
		for _, a := range details {
			spans = append(spans, *a.ActionName)
		}
		if len(details) != 4 || *details[3].ActionName != "third" || details[1].StartTime.Sub(*details[2].StartTime).Abs() > time.Second ||
			details[3].StartTime.Before(*details[1].LastUpdateTime) || details[3].StartTime.Before(*details[2].LastUpdateTime) || w.statuses() != "Succeeded" {
			t.Fatalf("the actions were %s, the execution %s", spans, w.statuses())
		}
		first := must(w, w.GetPipelineState, &codepipeline.GetPipelineStateInput{Name: aws.String(name)}).StageStates[1].ActionStates[1].LatestExecution
		input := must(w, w.states.DescribeExecution, &sfn.DescribeExecutionInput{ExecutionArn: details[3].Output.ExecutionResult.ExternalExecutionId}).Input
		if want := fmt.Sprintf(`{"seconds": 1, "after": %q, "by": %q}`, *first.ExternalExecutionId, *w.executions()[0].PipelineExecutionId); *input != want {
			t.Errorf("the third began with %s, want %s", *input, want)
		}
	})
}

// What an action cannot do is its failure; the actions beside it go on, those after it do not begin.
func TestActionsFail(t *testing.T) {
	run(t, func(w *world) {
		w.commit(work(1))
		declared := w.declaration()
		lost, early, gone, after := w.starts("lost", 1, "{}"), w.starts("early", 1, `{"x": "#{ofafter.ExecutionArn}"}`), w.starts("gone", 1, "{}"), w.starts("after", 2, "{}")
		lost.InputArtifacts, lost.Configuration = []types.InputArtifact{{Name: aws.String("Request")}}, map[string]string{"StateMachineArn": w.machine, "InputType": "FilePath", "Input": "nothing.json"}
		gone.Configuration["StateMachineArn"] = w.machine + ":live"
		declared.Stages[1].Actions = []types.ActionDeclaration{lost, early, gone, w.starts("beside", 1, work(60)), after}
		w.create(declared)
		w.sleep(5 * time.Minute)
		states := w.stage("Deploy").ActionStates
		for n, want := range []string{"The file nothing.json was not found in the input artifact Request", "no action that ran before has the variable #{ofafter.ExecutionArn}",
			"StateMachineDoesNotExist: State Machine Does Not Exist: '" + w.machine + ":live'"} {
			if latest := states[n].LatestExecution; latest.Status != types.ActionExecutionStatusFailed || !strings.Contains(*latest.ErrorDetails.Message, want) {
				t.Errorf("%s: %+v", *states[n].ActionName, latest.ErrorDetails)
			}
		}
		if states[3].LatestExecution.Status != types.ActionExecutionStatusSucceeded || states[4].LatestExecution != nil || w.statuses() != "Failed" {
			t.Errorf("beside it %+v, after it %+v, the execution %s", states[3].LatestExecution, states[4].LatestExecution, w.statuses())
		}
		// A retry runs what failed, and not what succeeded.
		must(w, w.RetryStageExecution, &codepipeline.RetryStageExecutionInput{PipelineName: aws.String(name), StageName: aws.String("Deploy"),
			PipelineExecutionId: w.executions()[0].PipelineExecutionId, RetryMode: types.StageRetryModeFailedActions})
		w.sleep(5 * time.Minute)
		again := w.stage("Deploy")
		if *again.ActionStates[3].LatestExecution.ActionExecutionId != *states[3].LatestExecution.ActionExecutionId ||
			*again.ActionStates[0].LatestExecution.ActionExecutionId == *states[0].LatestExecution.ActionExecutionId || *again.RetryStageMetadata.ManualStageRetryAttempt != 1 {
			t.Errorf("the retry: %+v", again)
		}
	})
}

// JSON is UTF-8: a file that is not starts nothing, instead of an execution with other characters in its input.
func TestAFileThatIsNotUTF8StartsNothing(t *testing.T) {
	run(t, func(w *world) {
		w.commit("{\"project\": \"caf\xe9\"}")
		w.create(w.declaration())
		w.sleep(5 * time.Minute)
		latest := w.stage("Deploy").ActionStates[0].LatestExecution
		if latest.Status != types.ActionExecutionStatusFailed || !strings.Contains(*latest.ErrorDetails.Message, "InvalidExecutionInput: Invalid State Machine Execution Input: 'it is not UTF-8'") {
			t.Errorf("the deployment: %s, %s", latest.Status, *latest.ErrorDetails.Message)
		}
	})
}
