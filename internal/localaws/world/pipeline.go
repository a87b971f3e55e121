package world

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// Pipeline is what starts a state machine by a commit. Its stages are Source, Approve (if a person is asked) and Deploy,
// with the actions Source, Person and BlueGreen.
type Pipeline struct {
	Name       string
	Repository string
	Branch     string
	Input      string // path of the execution's input in the repository
	Content    []byte // of the first commit, which starts nothing
	Machine    string // ARN of the state machine
	Alias      string // that is made for the machine as it stands, and started
	Approval   bool   // a person approves before an execution starts
	Topic      string // ARN of the topic by which approvals are asked for; empty: nobody is told
}

const (
	prefix          = "commit" // begins the names of the executions that a pipeline starts
	approvalMinutes = 24 * 60  // how long a person is waited for
)

// Deploys is the pipeline of a world's state machine. It is called as its repository is, and content is the first commit.
func (w World) Deploys(name, alias string, content []byte) Pipeline {
	return Pipeline{
		Name: name, Repository: name, Branch: "main", Input: "state_machine_input.json", Content: content, Machine: w.MachineARN, Alias: alias,
		Topic: w.OperatorTopic,
	}
}

// Pipeline puts a repository with a first commit, a pipeline and the rule that starts it into a seeded account. It returns
// once a commit would start an execution, and nothing has been started.
func (s Seeder) Pipeline(ctx context.Context, w World, p Pipeline) error {
	commits, pipelines := codecommit.NewFromConfig(s.Config), codepipeline.NewFromConfig(s.Config)
	started, err := s.alias(ctx, p)
	if err != nil {
		return fmt.Errorf("seed the alias %s: %w", p.Alias, err)
	}
	created, err := commits.CreateRepository(ctx, &codecommit.CreateRepositoryInput{RepositoryName: &p.Repository})
	if err == nil {
		_, err = commits.PutFile(ctx, &codecommit.PutFileInput{
			RepositoryName: &p.Repository, BranchName: &p.Branch, FilePath: &p.Input, FileContent: p.Content, CommitMessage: aws.String("Begin"),
		})
	}
	if err != nil {
		return fmt.Errorf("seed the repository %s: %w", p.Repository, err)
	}
	if _, err := pipelines.CreatePipeline(ctx, &codepipeline.CreatePipelineInput{Pipeline: p.declaration(started, w.role(p.Name))}); err != nil {
		return fmt.Errorf("seed the pipeline %s: %w", p.Name, err)
	}
	if err := s.stopFirst(ctx, pipelines, p.Name); err != nil {
		return fmt.Errorf("stop the first execution of the pipeline %s: %w", p.Name, err)
	}
	return s.startByCommit(ctx, w, p, *created.RepositoryMetadata.Arn)
}

// alias makes the alias for a version of the machine as it stands, and returns its ARN.
func (s Seeder) alias(ctx context.Context, p Pipeline) (string, error) {
	machines := sfn.NewFromConfig(s.Config)
	version, err := machines.PublishStateMachineVersion(ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: &p.Machine})
	if err != nil {
		return "", err
	}
	made, err := machines.CreateStateMachineAlias(ctx, &sfn.CreateStateMachineAliasInput{
		Name: &p.Alias, RoutingConfiguration: []sfntypes.RoutingConfigurationListItem{{StateMachineVersionArn: version.StateMachineVersionArn, Weight: 100}},
	})
	if err != nil {
		return "", err
	}
	return *made.StateMachineAliasArn, nil
}

// declaration is the pipeline's. QUEUED: each commit has its turn.
func (p Pipeline) declaration(started, role string) *types.PipelineDeclaration {
	kind := func(category types.ActionCategory, provider string) *types.ActionTypeId {
		return &types.ActionTypeId{Category: category, Owner: types.ActionOwnerAws, Provider: &provider, Version: aws.String("1")}
	}
	stage := func(name string, action types.ActionDeclaration) types.StageDeclaration {
		return types.StageDeclaration{Name: &name, Actions: []types.ActionDeclaration{action}}
	}
	stages := []types.StageDeclaration{stage("Source", types.ActionDeclaration{
		Name: aws.String("Source"), ActionTypeId: kind(types.ActionCategorySource, "CodeCommit"), Namespace: aws.String("Source"),
		OutputArtifacts: []types.OutputArtifact{{Name: aws.String("Request")}},
		Configuration:   map[string]string{"RepositoryName": p.Repository, "BranchName": p.Branch, "PollForSourceChanges": "false"},
	})}
	if p.Approval {
		asking := map[string]string{"CustomData": "Approve to deploy: #{Source.CommitId} #{Source.CommitMessage}. Later commits wait behind this one."}
		if p.Topic != "" {
			asking["NotificationArn"] = p.Topic
		}
		stages = append(stages, stage("Approve", types.ActionDeclaration{
			Name: aws.String("Person"), ActionTypeId: kind(types.ActionCategoryApproval, "Manual"), Configuration: asking,
			TimeoutInMinutes: aws.Int32(approvalMinutes),
		}))
	}
	stages = append(stages, stage("Deploy", types.ActionDeclaration{
		Name: aws.String("BlueGreen"), ActionTypeId: kind(types.ActionCategoryInvoke, "StepFunctions"), Namespace: aws.String("Deployment"),
		InputArtifacts: []types.InputArtifact{{Name: aws.String("Request")}}, OutputArtifacts: []types.OutputArtifact{{Name: aws.String("Result")}},
		Configuration: map[string]string{"StateMachineArn": started, "InputType": "FilePath", "Input": p.Input, "ExecutionNamePrefix": prefix},
	}))
	return &types.PipelineDeclaration{
		Name: &p.Name, RoleArn: &role, PipelineType: types.PipelineTypeV2, ExecutionMode: types.ExecutionModeQueued, Stages: stages,
		ArtifactStore: &types.ArtifactStore{Type: types.ArtifactStoreTypeS3, Location: aws.String(p.Name + "-artifacts")},
	}
}

// stopFirst stops the execution that every new pipeline begins by itself: here a commit is to be the first.
func (s Seeder) stopFirst(ctx context.Context, pipelines *codepipeline.Client, name string) error {
	first, err := pipelines.ListPipelineExecutions(ctx, &codepipeline.ListPipelineExecutionsInput{PipelineName: &name})
	if err != nil {
		return err
	}
	id := first.PipelineExecutionSummaries[0].PipelineExecutionId
	if _, err := pipelines.StopPipelineExecution(ctx, &codepipeline.StopPipelineExecutionInput{
		PipelineName: &name, PipelineExecutionId: id, Reason: aws.String("nothing is deployed before the first commit"),
	}); err != nil {
		return err
	}
	return s.until(ctx, func() (bool, error) {
		got, err := pipelines.GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: &name, PipelineExecutionId: id})
		return err == nil && got.PipelineExecution.Status == types.PipelineExecutionStatusStopped, err
	})
}

// startByCommit makes the rule that starts the pipeline when the branch moves.
func (s Seeder) startByCommit(ctx context.Context, w World, p Pipeline, repositoryARN string) error {
	pattern, err := json.Marshal(map[string]any{
		"source":      []string{"aws.codecommit"},
		"detail-type": []string{"CodeCommit Repository State Change"},
		"resources":   []string{repositoryARN},
		"detail": map[string]any{
			"event":         []string{"referenceCreated", "referenceUpdated"},
			"referenceType": []string{"branch"}, "referenceName": []string{p.Branch},
		},
	})
	if err != nil {
		return err
	}
	target := fmt.Sprintf("arn:aws:codepipeline:%s:%s:%s", s.Config.Region, w.AccountID, p.Name)
	return s.rule(ctx, p.Name, string(pattern), eventtypes.Target{Id: aws.String("Pipeline"), Arn: &target, RoleArn: aws.String(w.role(p.Name))})
}

// rule makes a rule with one target.
func (s Seeder) rule(ctx context.Context, name, pattern string, target eventtypes.Target) error {
	rules := eventbridge.NewFromConfig(s.Config)
	if _, err := rules.PutRule(ctx, &eventbridge.PutRuleInput{Name: &name, EventPattern: &pattern}); err != nil {
		return fmt.Errorf("seed the rule %s: %w", name, err)
	}
	out, err := rules.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: &name, Targets: []eventtypes.Target{target}})
	if err == nil && out.FailedEntryCount > 0 {
		err = fmt.Errorf("%s: %s", aws.ToString(out.FailedEntries[0].ErrorCode), aws.ToString(out.FailedEntries[0].ErrorMessage))
	}
	if err != nil {
		return fmt.Errorf("seed the target of the rule %s: %w", name, err)
	}
	return nil
}
