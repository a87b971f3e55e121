package codepipeline

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// happening is the detail of the events "CodePipeline Pipeline / Stage / Action Execution State Change" (user guide,
// "Monitoring CodePipeline events"), as far as it is modelled.
type happening struct {
	Pipeline          string     `json:"pipeline"`
	ExecutionID       string     `json:"execution-id"`
	StartTime         string     `json:"start-time"`
	Stage             string     `json:"stage,omitempty"`
	Action            string     `json:"action,omitempty"`
	ActionExecutionID string     `json:"action-execution-id,omitempty"`
	State             string     `json:"state"`
	Region            string     `json:"region,omitempty"`
	Type              *eventType `json:"type,omitempty"`
	Trigger           *trigger   `json:"execution-trigger,omitempty"`
	Result            *outcome   `json:"execution-result,omitempty"`
	Version           float64    `json:"version"`
}

type eventType struct {
	Owner    string `json:"owner"`
	Provider string `json:"provider"`
	Category string `json:"category"`
	Version  string `json:"version"`
}

type trigger struct {
	Type   string `json:"trigger-type"`
	Detail string `json:"trigger-detail"`
}

type outcome struct {
	URL       string `json:"external-execution-url,omitempty"`
	Summary   string `json:"external-execution-summary,omitempty"`
	ID        string `json:"external-execution-id,omitempty"`
	ErrorCode string `json:"error-code,omitempty"`
}

// stateWord is a status as events have it: Succeeded is SUCCEEDED, and Cancelled has one l.
func stateWord(status string) string {
	if status == string(types.PipelineExecutionStatusCancelled) {
		return "CANCELED"
	}
	return strings.ToUpper(status)
}

func (e *execution) happening(at time.Time, state string) happening {
	return happening{
		Pipeline: e.pipeline.name, ExecutionID: e.id, StartTime: at.UTC().Format("2006-01-02T15:04:05.000Z"), State: state,
		Version: float64(*e.declared.Version),
	}
}

func (ps *Pipelines) tellExecution(e *execution, state string) {
	detail := e.happening(e.started, state)
	detail.Trigger = &trigger{string(e.start.trigger), e.start.detail}
	ps.emit("CodePipeline Pipeline Execution State Change", []string{e.pipeline.arn}, detail)
}

func (ps *Pipelines) tellStage(run *stageRun, state string) {
	detail := run.execution.happening(run.started, state)
	detail.Stage = run.stage.name
	ps.emit("CodePipeline Stage Execution State Change", []string{run.execution.pipeline.arn}, detail)
}

func (ps *Pipelines) tellAction(a *actionRun, state string) {
	id := a.declared.ActionTypeId
	detail := a.run.execution.happening(a.started, state)
	detail.Stage, detail.Action, detail.ActionExecutionID, detail.Region = a.run.stage.name, *a.declared.Name, a.id, ps.account.Region
	detail.Type = &eventType{string(id.Owner), *id.Provider, string(id.Category), *id.Version}
	if state != "STARTED" {
		detail.Result = &outcome{URL: a.externalURL, Summary: a.summary, ID: a.externalID}
		if a.failure != nil {
			detail.Result.ErrorCode = aws.ToString(a.failure.Code)
		}
	}
	ps.emit("CodePipeline Action Execution State Change", []string{a.run.execution.pipeline.arn}, detail)
}
