package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/google/go-cmp/cmp"

	"bluegreen/infra/pipeline"
	"bluegreen/infra/settings"
)

const codePipeline = "AWS::CodePipeline::Pipeline"

func pipelineWith(t *testing.T, context map[string]any) []byte {
	return variant(t, context, func(app awscdk.App, s settings.Settings) awscdk.Stack { return pipeline.New(app, s) })
}

// A commit starts the machine's alias with the file, after the deployments that were asked for before.
func TestPipelineDeploys(t *testing.T) {
	p := only(t, resources(t, "Pipeline", codePipeline)).Properties
	if kind, mode := at(t, p, "PipelineType"), at(t, p, "ExecutionMode"); kind != "V2" || mode != "QUEUED" {
		t.Errorf("the pipeline is %s %s, want V2 QUEUED", kind, mode)
	}
	action := p["Stages"].([]any)[1].(map[string]any)["Actions"].([]any)[0]
	machine := at(t, action, "Configuration", "StateMachineArn")
	if !strings.HasSuffix(machine, `:stateMachine:ec-mqagt-dev-BlueGreen:live"]]}`) {
		t.Errorf("the action starts %s", machine)
	}
	configuration := action.(map[string]any)["Configuration"].(map[string]any)
	delete(configuration, "StateMachineArn")
	want := map[string]any{"InputType": "FilePath", "Input": "state_machine_input.json", "ExecutionNamePrefix": "commit"}
	if diff := cmp.Diff(want, configuration); diff != "" {
		t.Errorf("the action's configuration (-want +got)\n%s", diff)
	}
	if n := len("commit") + 1 + 36; n > 80 {
		t.Errorf("names of executions have %d characters", n)
	}
	if in, out := at(t, action, "InputArtifacts", 0, "Name"), at(t, action, "OutputArtifacts", 0, "Name"); in != "Request" || out != "Result" {
		t.Errorf("the action takes %s and gives %s", in, out)
	}
	pattern := only(t, resources(t, "Pipeline", "AWS::Events::Rule")).Properties["EventPattern"]
	if got := at(t, pattern, "detail", "referenceName"); got != `["main"]` {
		t.Errorf("commits to %s start the pipeline", got)
	}
}

// The pipeline of a group that stays starts the machine that replaces in place, and may start no other.
func TestPipelineDeploysInPlace(t *testing.T) {
	template := pipelineWith(t, map[string]any{"machine": "InPlace"})
	if n := strings.Count(string(template), "ec-mqagt-dev-InPlace"); n == 0 {
		t.Error("it does not name the machine")
	}
	if strings.Contains(string(template), "ec-mqagt-dev-BlueGreen") {
		t.Error("it names the machine that replaces a group by a copy")
	}
}

// A commit that could not start the pipeline is kept, and the operators hear of it.
func TestNoCommitIsLost(t *testing.T) {
	all := named(t, "Pipeline")
	queue := only(t, idsOf(all, "AWS::SQS::Queue", ""))
	rule := only(t, resources(t, "Pipeline", "AWS::Events::Rule"))
	if got := at(t, rule.Properties, "Targets", 0, "DeadLetterConfig", "Arn", "Fn::GetAtt", 0); got != queue {
		t.Errorf("what cannot be delivered goes to %s", got)
	}
	allowed := at(t, only(t, resources(t, "Pipeline", "AWS::SQS::QueuePolicy")).Properties, "PolicyDocument", "Statement", 1)
	if !strings.Contains(allowed, `"events.amazonaws.com"`) || !strings.Contains(allowed, `:rule/ec-mqagt-dev-SourceChanged`) {
		t.Errorf("the queue takes messages of %s", allowed)
	}
	alarm := only(t, resources(t, "Pipeline", "AWS::CloudWatch::Alarm")).Properties
	if got := at(t, alarm, "Dimensions", 0, "Value", "Fn::GetAtt", 0); got != queue {
		t.Errorf("the alarm watches %s", got)
	}
	if got := at(t, alarm, "AlarmActions"); !strings.Contains(got, ":ec-mqagt-dev-operators") {
		t.Errorf("the alarm tells %s", got)
	}
}

// The repository outlives the stack, and not a first deployment of it that fails.
func TestTheRepositoryIsKept(t *testing.T) {
	repository := only(t, resources(t, "Pipeline", "AWS::CodeCommit::Repository"))
	if repository.DeletionPolicy != "RetainExceptOnCreate" || repository.UpdateReplacePolicy != "Retain" {
		t.Errorf("%s when it is removed, %s when it is replaced", repository.DeletionPolicy, repository.UpdateReplacePolicy)
	}
}

// What the pipeline may do is what its actions call, on what they name.
func TestPipelineMayDoNoMore(t *testing.T) {
	policy := only(t, resources(t, "Pipeline", "AWS::IAM::Policy")).Properties["PolicyDocument"].(map[string]any)
	got := map[string]string{}
	for _, statement := range policy["Statement"].([]any) {
		actions := strings.Trim(at(t, statement, "Action"), "[]")
		for _, action := range strings.Split(actions, ",") {
			got[strings.Trim(action, `"`)] = at(t, statement, "Resource")
			if strings.HasPrefix(at(t, statement, "Resource"), "*") {
				t.Errorf("%s is allowed on everything", action)
			}
		}
		if strings.Contains(actions, "StartExecution") && at(t, statement, "Condition", "StringEquals", "states:StateMachineQualifier") != "live" {
			t.Error("the pipeline may start the machine past its alias")
		}
	}
	want := []string{"s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject",
		"codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository", "codecommit:UploadArchive",
		"codecommit:GetUploadArchiveStatus", "codecommit:CancelUploadArchive",
		"states:StartExecution", "states:DescribeStateMachine", "states:DescribeExecution"}
	for _, action := range want {
		if _, allowed := got[action]; !allowed {
			t.Errorf("%s is not allowed", action)
		}
		delete(got, action)
	}
	for action, resource := range got {
		t.Errorf("%s is allowed on %s: no action of the pipeline needs it", action, resource)
	}
}

// A person is asked first, when the parameter says so, and hears of it by the operators' topic.
func TestPipelineAsksAPerson(t *testing.T) {
	text := pipelineWith(t, map[string]any{"approval": "true"})
	p := only(t, ofType(t, text, codePipeline)).Properties
	approval := p["Stages"].([]any)[1].(map[string]any)["Actions"].([]any)[0]
	if got := at(t, approval, "ActionTypeId", "Provider"); got != "Manual" {
		t.Fatalf("the second stage is %s", got)
	}
	if got := at(t, approval, "Configuration", "NotificationArn"); !strings.HasSuffix(got, `:ec-mqagt-dev-operators"]]}`) {
		t.Errorf("%s is told", got)
	}
	if got := at(t, p, "Stages", 2, "Name"); got != "Deploy" {
		t.Errorf("after the approval comes %s", got)
	}
	if !strings.Contains(string(text), `"sns:Publish"`) {
		t.Error("the pipeline may not tell the operators")
	}
}

// The source is a repository behind a connection: only a change of the request deploys.
func TestPipelineFromAConnection(t *testing.T) {
	const arn = "arn:aws:codeconnections:ap-northeast-1:123456789012:connection/0f1e2d3c"
	text := pipelineWith(t, map[string]any{"source": "connection", "connection": arn, "repository": "team/site", "input": "deploy/request.json"})
	p := only(t, ofType(t, text, codePipeline)).Properties
	if got := at(t, p, "Stages", 0, "Actions", 0, "Configuration", "FullRepositoryId"); got != "team/site" {
		t.Errorf("the source is %s", got)
	}
	push := p["Triggers"].([]any)[0].(map[string]any)["GitConfiguration"].(map[string]any)["Push"].([]any)[0]
	if branches, files := at(t, push, "Branches", "Includes"), at(t, push, "FilePaths", "Includes"); branches != `["main"]` || files != `["deploy/request.json"]` {
		t.Errorf("pushes to %s of %s deploy", branches, files)
	}
	if got := at(t, p, "Stages", 1, "Actions", 0, "Configuration", "Input"); got != "deploy/request.json" {
		t.Errorf("%s is deployed", got)
	}
	if n := len(ofType(t, text, "AWS::Events::Rule")) + len(ofType(t, text, "AWS::CodeCommit::Repository")); n > 0 {
		t.Error("there are resources of a CodeCommit source")
	}
}

// The source is an object in a bucket that exists.
func TestPipelineFromS3(t *testing.T) {
	text := pipelineWith(t, map[string]any{"source": "s3", "repository": "team-requests", "key": "ec/input.zip"})
	p := only(t, ofType(t, text, codePipeline)).Properties
	if bucket, key := at(t, p, "Stages", 0, "Actions", 0, "Configuration", "S3Bucket"), at(t, p, "Stages", 0, "Actions", 0, "Configuration", "S3ObjectKey"); bucket != "team-requests" || key != "ec/input.zip" {
		t.Errorf("the source is %s of %s", key, bucket)
	}
	pattern := only(t, ofType(t, text, "AWS::Events::Rule")).Properties["EventPattern"]
	if got := at(t, pattern, "detail", "object", "key"); got != `["ec/input.zip"]` {
		t.Errorf("objects %s start the pipeline", got)
	}
}
