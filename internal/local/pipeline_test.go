package local

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/localaws/world"
)

// withPipeline puts up a local AWS with a state machine that does nothing, and the pipeline that starts it.
func withPipeline(t *testing.T) (*Environment, Pipeline) {
	t.Helper()
	e := open(t, 100)
	machine := must[*sfn.CreateStateMachineOutput](t)(sfn.NewFromConfig(e.Config).CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("ec-mqagt-dev-BlueGreen"), RoleArn: aws.String("arn:aws:iam::000000000000:role/m"),
		Definition: aws.String(`{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}`),
	}))
	e.World = world.World{AccountID: "000000000000", MachineARN: *machine.StateMachineArn}
	p, err := e.DeployByCommit(t.Context(), []byte(`{"Wait": 30}`), false)
	if err != nil {
		t.Fatal(err)
	}
	return e, p
}

// Through the endpoint of a local AWS a commit starts the state machine, and nothing does before it.
func TestACommitDeploys(t *testing.T) {
	e, p := withPipeline(t)
	machines, commits, pipelines := sfn.NewFromConfig(e.Config), codecommit.NewFromConfig(e.Config), codepipeline.NewFromConfig(e.Config)
	executions := func() int {
		return len(must[*sfn.ListExecutionsOutput](t)(machines.ListExecutions(t.Context(), &sfn.ListExecutionsInput{StateMachineArn: &p.Machine})).Executions)
	}
	if n := executions(); n != 0 {
		t.Errorf("%d executions before any commit", n)
	}
	tip := must[*codecommit.GetBranchOutput](t)(commits.GetBranch(t.Context(), &codecommit.GetBranchInput{RepositoryName: &p.Repository, BranchName: &p.Branch})).Branch
	must[*codecommit.PutFileOutput](t)(commits.PutFile(t.Context(), &codecommit.PutFileInput{RepositoryName: &p.Repository, BranchName: &p.Branch, FilePath: &p.Input,
		FileContent: []byte(`{"Wait": 10}`), ParentCommitId: tip.CommitId}))
	deployed := func() bool {
		state := must[*codepipeline.GetPipelineStateOutput](t)(pipelines.GetPipelineState(t.Context(), &codepipeline.GetPipelineStateInput{Name: &p.Name}))
		latest := state.StageStates[len(state.StageStates)-1].LatestExecution
		return latest != nil && latest.Status == types.StageExecutionStatusSucceeded
	}
	for began := e.Clock.Now(); !deployed(); {
		if e.Clock.Now().Sub(began) > 10*time.Minute {
			t.Fatal("the commit was not deployed")
		}
		if err := e.Clock.Sleep(t.Context(), 5*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if n := executions(); n != 1 {
		t.Errorf("%d executions after a commit", n)
	}
}

// The pipeline and the rule are those of the Pipeline stack's template.
func TestThePipelineIsTheStacks(t *testing.T) {
	text, err := os.ReadFile("../../infra/templates/Pipeline.template.json")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	e, p := withPipeline(t)
	local := must[*codepipeline.GetPipelineOutput](t)(codepipeline.NewFromConfig(e.Config).GetPipeline(t.Context(), &codepipeline.GetPipelineInput{Name: &p.Name})).Pipeline
	rule := must[*eventbridge.DescribeRuleOutput](t)(eventbridge.NewFromConfig(e.Config).DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: &p.Name}))
	for name, resource := range template.Resources {
		properties, err := json.Marshal(resolved(resource.Properties))
		if err != nil {
			t.Fatal(err)
		}
		switch resource.Type {
		case "AWS::CodePipeline::Pipeline":
			var stacks types.PipelineDeclaration // its members are those of the template
			if err := json.Unmarshal(properties, &stacks); err != nil {
				t.Fatal(err)
			}
			stacks.ArtifactStore, stacks.RoleArn, stacks.Version = local.ArtifactStore, local.RoleArn, local.Version // drawn by the stack
			for _, stage := range stacks.Stages {
				for n := range stage.Actions {
					stage.Actions[n].RunOrder = aws.Int32(1)
					if stage.Actions[n].InputArtifacts == nil { // the template leaves out what CodePipeline shows as an empty list
						stage.Actions[n].InputArtifacts = []types.InputArtifact{}
					}
				}
			}
			if diff := cmp.Diff(asJSON(t, stacks), asJSON(t, local)); diff != "" {
				t.Errorf("%s: the stack's pipeline and the local one (-stack +local):\n%s", name, diff)
			}
		case "AWS::Events::Rule":
			var stacks struct{ EventPattern any }
			if err := json.Unmarshal(properties, &stacks); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(asJSON(t, stacks.EventPattern), asJSON(t, json.RawMessage(*rule.EventPattern))); diff != "" {
				t.Errorf("%s: the stack's rule and the local one (-stack +local):\n%s", name, diff)
			}
		}
	}
}

// asJSON is a value as JSON, without what is not set.
func asJSON(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// resolved puts values into a template's references, as CloudFormation would in the account of the local AWS.
func resolved(value any) any {
	switch v := value.(type) {
	case []any:
		all := make([]any, len(v))
		for n, item := range v {
			all[n] = resolved(item)
		}
		return all
	case map[string]any:
		switch {
		case v["Ref"] != nil:
			known := map[string]string{"AWS::Partition": "aws", "AWS::Region": "ap-northeast-1", "AWS::AccountId": "000000000000", "Pipeline": "ec-mqagt-dev-bluegreen"}
			return known[v["Ref"].(string)]
		case v["Fn::GetAtt"] != nil:
			known := map[string]string{"Repository.Name": "ec-mqagt-dev-bluegreen", "Repository.Arn": "arn:aws:codecommit:ap-northeast-1:000000000000:ec-mqagt-dev-bluegreen"}
			path := v["Fn::GetAtt"].([]any)
			return known[path[0].(string)+"."+path[1].(string)]
		case v["Fn::Join"] != nil:
			join, text := v["Fn::Join"].([]any), ""
			for _, part := range resolved(join[1]).([]any) {
				text += part.(string)
			}
			return text
		}
		all := make(map[string]any, len(v))
		for key, item := range v {
			all[key] = resolved(item)
		}
		return all
	}
	return value
}
