package codepipeline

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/localaws/wire"
)

// approvalMessage is what people get who are to approve (user guide, "JSON data format for manual approval notifications").
type approvalMessage struct {
	Region      string  `json:"region"`
	ConsoleLink string  `json:"consoleLink"`
	Approval    request `json:"approval"`
}

type request struct {
	PipelineName       string  `json:"pipelineName"`
	StageName          string  `json:"stageName"`
	ActionName         string  `json:"actionName"`
	Token              string  `json:"token"`
	Expires            string  `json:"expires"`
	ExternalEntityLink *string `json:"externalEntityLink"`
	ApprovalReviewLink string  `json:"approvalReviewLink"`
	CustomData         *string `json:"customData"`
}

// ask asks for an approval, and fails the action when nobody has answered in time.
func (ps *Pipelines) ask(a *actionRun) {
	a.token = ps.account.UUID()
	limit := ps.settings.ApprovalTimeout
	if minutes := a.declared.TimeoutInMinutes; minutes != nil {
		limit = time.Duration(*minutes) * time.Minute
	}
	if topic := a.resolved["NotificationArn"]; topic != "" {
		if err := ps.notify(a, topic, ps.account.Now().Add(limit)); err != nil {
			ps.fail(a, types.FailureTypeConfigurationError, fmt.Sprintf("Unable to publish the approval request to the topic %s: %s", topic, err))
			return
		}
	}
	ps.afterwards(a, limit, func() { ps.fail(a, types.FailureTypeJobFailed, "The approval action has timed out") })
}

func (ps *Pipelines) notify(a *actionRun, topic string, expires time.Time) error {
	e, link := a.run.execution, ps.console("codesuite/codepipeline/pipelines/"+a.run.execution.pipeline.name+"/view")
	text, err := json.Marshal(approvalMessage{Region: ps.account.Region, ConsoleLink: link, Approval: request{
		PipelineName: e.pipeline.name, StageName: a.run.stage.name, ActionName: *a.declared.Name, Token: a.token,
		Expires: expires.UTC().Format("2006-01-02T15:04Z"), ApprovalReviewLink: link + "#/" + a.run.stage.name + "/" + *a.declared.Name + "/approve/" + a.token,
		ExternalEntityLink: filled(a.resolved["ExternalEntityLink"]), CustomData: filled(a.resolved["CustomData"]),
	}})
	if err != nil {
		return err
	}
	subject := fmt.Sprintf("APPROVAL NEEDED: AWS CodePipeline %s for action %s", e.pipeline.name, *a.declared.Name)
	_, err = ps.topics.Publish(&sns.PublishInput{TopicArn: &topic, Message: aws.String(string(text)), Subject: aws.String(shortened(subject, 99))})
	return err
}

func (ps *Pipelines) putApprovalResult(call *wire.Call, in *codepipeline.PutApprovalResultInput) (*codepipeline.PutApprovalResultOutput, error) {
	found, err := ps.find(*in.PipelineName)
	if err != nil {
		return nil, err
	}
	if err := found.has(*in.StageName, *in.ActionName); err != nil {
		return nil, err
	}
	switch in.Result.Status {
	case types.ApprovalStatusApproved, types.ApprovalStatusRejected:
	default:
		return nil, invalid("Value '%s' at 'result.status' failed to satisfy constraint: Member must satisfy enum value set: [Approved, Rejected]", in.Result.Status)
	}
	a := found.latest[place(*in.StageName, *in.ActionName)]
	switch {
	case a == nil || a.token == "" || a.token != *in.Token:
		return nil, wire.Errorf("InvalidApprovalTokenException", "The approval request already received a response or has expired.")
	case a.status != types.ActionExecutionStatusInProgress:
		return nil, wire.Errorf("ApprovalAlreadyCompletedException", "The approval action has already been approved or rejected.")
	}
	a.summary, a.updatedBy = aws.ToString(in.Result.Summary), call.Principal.ARN
	if in.Result.Status == types.ApprovalStatusApproved {
		ps.succeed(a, nil)
	} else {
		ps.endAction(a, types.ActionExecutionStatusFailed)
		ps.goOn(a.run)
	}
	now := ps.account.Now()
	return &codepipeline.PutApprovalResultOutput{ApprovedAt: &now}, nil
}

// has reports a stage or action that the pipeline does not have.
func (p *pipeline) has(stage, action string) error {
	for _, s := range p.declaration().Stages {
		if *s.Name != stage {
			continue
		}
		for _, a := range s.Actions {
			if *a.Name == action {
				return nil
			}
		}
		return wire.Errorf("ActionNotFoundException", "Stage '%s' of pipeline '%s' does not have an action with name '%s'", stage, p.name, action)
	}
	return noStage(p, stage)
}

func noStage(p *pipeline, stage string) error {
	return wire.Errorf("StageNotFoundException", "Pipeline '%s' does not have a stage with name '%s'", p.name, stage)
}

func filled(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
