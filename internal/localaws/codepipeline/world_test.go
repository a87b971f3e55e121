package codepipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

var ctx = context.Background()

const (
	role      = "arn:aws:iam::000000000000:role/pipeline"
	name      = "ec-mqagt-dev-bluegreen"
	inputFile = "state_machine_input.json"
)

// world is an AWS on virtual time with a repository, a state machine that does what its input says, and a topic.
type world struct {
	*testing.T
	*localaws.AWS
	*codepipeline.Client
	clock   *clock.Virtual
	commits *codecommit.Client
	states  *sfn.Client
	sns     *sns.Client
	events  *eventbridge.Client
	machine string // ARN
	topic   string // ARN
	tip     *string
}

// obedient waits for as many seconds as its input says, and fails if that says so.
const obedient = `{"StartAt": "Work", "States": {
	"Work": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Well?"},
	"Well?": {"Type": "Choice", "Choices": [{"Variable": "$.fail", "IsPresent": true, "Next": "Fail"}], "Default": "Done"},
	"Fail": {"Type": "Fail", "Error": "BlueGreen.BadRequest", "CausePath": "$.fail"},
	"Done": {"Type": "Succeed"}}}`

func run(t *testing.T, test func(w *world)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	t.Cleanup(v.Close)
	settings := localaws.DefaultSettings()
	settings.Wire.Latency, settings.Wire.Latencies, settings.Wire.Buckets = account.Constant(0), nil, nil
	w := &world{T: t, clock: v, AWS: localaws.New(localaws.Options{Clock: v, Seed: 1, Settings: &settings})}
	config := w.Endpoint.Config(wire.Caller{AccessKeyID: "operator"})
	w.Client, w.commits, w.states = codepipeline.NewFromConfig(config), codecommit.NewFromConfig(config), sfn.NewFromConfig(config)
	w.sns, w.events = sns.NewFromConfig(config), eventbridge.NewFromConfig(config)
	v.Run(func() {
		w.machine = *must(w, w.states.CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("obedient"), Definition: aws.String(obedient), RoleArn: aws.String(role)}).StateMachineArn
		w.topic = *must(w, w.sns.CreateTopic, &sns.CreateTopicInput{Name: aws.String("operators")}).TopicArn
		must(w, w.commits.CreateRepository, &codecommit.CreateRepositoryInput{RepositoryName: aws.String("requests")})
		test(w)
	})
}

// must calls an operation that succeeds.
func must[In, Out, Options any](w *world, call func(context.Context, *In, ...func(*Options)) (*Out, error), in *In) *Out {
	w.Helper()
	out, err := call(ctx, in)
	if err != nil {
		w.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused expects an error of AWS whose message contains the text.
func refused(w *world, err error, code, text string) {
	w.Helper()
	var answered smithy.APIError
	if !errors.As(err, &answered) || answered.ErrorCode() != code || !strings.Contains(answered.ErrorMessage(), text) {
		w.Errorf("got %v\nwant %s: %s", err, code, text)
	}
}

func (w *world) sleep(d time.Duration) {
	w.Helper()
	if err := w.clock.Sleep(ctx, d); err != nil {
		w.Fatal(err)
	}
}

// commit puts an input into the repository and returns the commit's id.
func (w *world) commit(content string) string {
	w.Helper()
	w.tip = must(w, w.commits.PutFile, &codecommit.PutFileInput{RepositoryName: aws.String("requests"), BranchName: aws.String("main"),
		FilePath: aws.String(inputFile), FileContent: []byte(content), ParentCommitId: w.tip, CommitMessage: aws.String("Deploy " + content)}).CommitId
	return *w.tip
}

// kind is an action type of AWS.
func kind(category types.ActionCategory, provider string) *types.ActionTypeId {
	return &types.ActionTypeId{Category: category, Owner: types.ActionOwnerAws, Provider: &provider, Version: aws.String("1")}
}

// declaration is the pipeline of the Pipeline stack; with, between its source and its deployment, the stages that are given.
func (w *world) declaration(between ...types.StageDeclaration) *types.PipelineDeclaration {
	source := types.ActionDeclaration{Name: aws.String("Source"), ActionTypeId: kind(types.ActionCategorySource, "CodeCommit"), Namespace: aws.String("Source"),
		OutputArtifacts: []types.OutputArtifact{{Name: aws.String("Request")}},
		Configuration:   map[string]string{"RepositoryName": "requests", "BranchName": "main", "PollForSourceChanges": "false"}}
	deploy := types.ActionDeclaration{Name: aws.String("BlueGreen"), ActionTypeId: kind(types.ActionCategoryInvoke, "StepFunctions"), Namespace: aws.String("Deployment"),
		InputArtifacts: []types.InputArtifact{{Name: aws.String("Request")}}, OutputArtifacts: []types.OutputArtifact{{Name: aws.String("Result")}},
		Configuration: map[string]string{"StateMachineArn": w.machine, "InputType": "FilePath", "Input": inputFile, "ExecutionNamePrefix": "commit"}}
	stages := append([]types.StageDeclaration{{Name: aws.String("Source"), Actions: []types.ActionDeclaration{source}}}, between...)
	return &types.PipelineDeclaration{
		Name: aws.String(name), RoleArn: aws.String(role), PipelineType: types.PipelineTypeV2, ExecutionMode: types.ExecutionModeQueued,
		ArtifactStore: &types.ArtifactStore{Type: types.ArtifactStoreTypeS3, Location: aws.String("artifacts")},
		Stages:        append(stages, types.StageDeclaration{Name: aws.String("Deploy"), Actions: []types.ActionDeclaration{deploy}}),
	}
}

// approval is a stage in which a person is asked.
func (w *world) approval() types.StageDeclaration {
	return types.StageDeclaration{Name: aws.String("Approve"), Actions: []types.ActionDeclaration{{
		Name: aws.String("Person"), ActionTypeId: kind(types.ActionCategoryApproval, "Manual"), TimeoutInMinutes: aws.Int32(60),
		Configuration: map[string]string{"NotificationArn": w.topic, "CustomData": "Approve to deploy: #{Source.CommitMessage}"},
	}}}
}

// create creates a pipeline and the rule that starts it by a commit.
func (w *world) create(declared *types.PipelineDeclaration) {
	w.Helper()
	must(w, w.CreatePipeline, &codepipeline.CreatePipelineInput{Pipeline: declared})
	pattern := `{"source": ["aws.codecommit"], "detail-type": ["CodeCommit Repository State Change"],
		"resources": ["arn:aws:codecommit:ap-northeast-1:000000000000:requests"],
		"detail": {"event": ["referenceCreated", "referenceUpdated"], "referenceType": ["branch"], "referenceName": ["main"]}}`
	must(w, w.events.PutRule, &eventbridge.PutRuleInput{Name: aws.String("changed"), EventPattern: &pattern})
	must(w, w.events.PutTargets, &eventbridge.PutTargetsInput{Rule: aws.String("changed"), Targets: []eventtypes.Target{
		{Id: aws.String("Pipeline"), Arn: aws.String("arn:aws:codepipeline:ap-northeast-1:000000000000:" + name), RoleArn: aws.String(role)}}})
}

// executions are the pipeline's, the first one first.
func (w *world) executions() []types.PipelineExecutionSummary {
	w.Helper()
	listed := must(w, w.ListPipelineExecutions, &codepipeline.ListPipelineExecutionsInput{PipelineName: aws.String(name)}).PipelineExecutionSummaries
	for a, b := 0, len(listed)-1; a < b; a, b = a+1, b-1 {
		listed[a], listed[b] = listed[b], listed[a]
	}
	return listed
}

func (w *world) statuses() string {
	w.Helper()
	var all []string
	for _, e := range w.executions() {
		all = append(all, string(e.Status))
	}
	return strings.Join(all, " ")
}

// stage is the state of a stage.
func (w *world) stage(of string) types.StageState {
	w.Helper()
	for _, s := range must(w, w.GetPipelineState, &codepipeline.GetPipelineStateInput{Name: aws.String(name)}).StageStates {
		if *s.StageName == of {
			return s
		}
	}
	w.Fatalf("there is no stage %s", of)
	return types.StageState{}
}

// work is an input for the obedient machine.
func work(seconds int) string { return fmt.Sprintf(`{"seconds": %d}`, seconds) }
