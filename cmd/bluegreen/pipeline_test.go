package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/localaws/world"
)

// Through the endpoint of a local AWS a commit starts the state machine, and nothing does before it.
func TestACommitDeploys(t *testing.T) {
	h, err := openHouse(houseOptions{address: "127.0.0.1:0", speed: 100, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	machines, commits, pipelines := sfn.NewFromConfig(h.config), codecommit.NewFromConfig(h.config), codepipeline.NewFromConfig(h.config)
	machine := must[*sfn.CreateStateMachineOutput](t)(machines.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("m"), RoleArn: aws.String("arn:aws:iam::000000000000:role/m"), Definition: aws.String(`{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}`),
	})).StateMachineArn
	p, err := h.deployByCommit(t.Context(), world.World{AccountID: "000000000000", MachineARN: *machine}, []byte(`{"Wait": 30}`), false)
	if err != nil {
		t.Fatal(err)
	}
	executions := func() int {
		return len(must[*sfn.ListExecutionsOutput](t)(machines.ListExecutions(t.Context(), &sfn.ListExecutionsInput{StateMachineArn: machine})).Executions)
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
	for began := h.clock.Now(); !deployed(); {
		if h.clock.Now().Sub(began) > 10*time.Minute {
			t.Fatal("the commit was not deployed")
		}
		if err := h.clock.Sleep(t.Context(), 5*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if n := executions(); n != 1 {
		t.Errorf("%d executions after a commit", n)
	}
}

// What is printed names the file that the repository began with, and with an approval how to give it.
func TestThePipelineIsExplained(t *testing.T) {
	for _, approval := range []bool{false, true} {
		var out bytes.Buffer
		p := world.World{MachineARN: "m"}.Deploys("ec-mqagt-dev-bluegreen", "live", nil)
		p.Approval = approval
		printPipeline(terminal{out: &out}, p, "pipeline/examples/workers.json")
		if text := out.String(); !strings.Contains(text, "--file-path state_machine_input.json --file-content fileb://pipeline/examples/workers.json ") ||
			strings.Contains(text, "put-approval-result") != approval || strings.Contains(text, "%!") {
			t.Errorf("approval %v: %s", approval, text)
		}
	}
}
