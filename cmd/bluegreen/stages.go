package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// stageTime is how long an execution spent at one Task state, with the looking and waiting that belong to it.
type stageTime struct {
	Name              string  `json:"name"`
	Visits            int     `json:"visits"`
	DeploymentSeconds float64 `json:"deployment_seconds"` // the execution's clock
	WallSeconds       float64 `json:"wall_seconds"`
}

// stages reads an ended execution's history: its Task states in the order of their first visit, and the state that it
// ended in.
func (o observer) stages(ctx context.Context, arn string, speed float64) (stages []stageTime, last string, err error) {
	pages := sfn.NewGetExecutionHistoryPaginator(o.sfn, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn})
	at := make(map[string]int) // index in stages
	var stage string
	var since time.Time
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, "", fmt.Errorf("get the execution's history: %w", err)
		}
		for _, event := range page.Events {
			if stage != "" {
				stages[at[stage]].DeploymentSeconds += event.Timestamp.Sub(since).Seconds()
			}
			since = *event.Timestamp
			if event.StateEnteredEventDetails == nil {
				continue
			}
			last = aws.ToString(event.StateEnteredEventDetails.Name)
			if event.Type != sfntypes.HistoryEventTypeTaskStateEntered {
				continue
			}
			stage = last
			if _, seen := at[stage]; !seen {
				at[stage] = len(stages)
				stages = append(stages, stageTime{Name: stage})
			}
			stages[at[stage]].Visits++
		}
	}
	for n := range stages {
		stages[n].WallSeconds = milliseconds(stages[n].DeploymentSeconds / speed)
		stages[n].DeploymentSeconds = milliseconds(stages[n].DeploymentSeconds)
	}
	return stages, last, nil
}

// milliseconds rounds seconds to what a history can tell.
func milliseconds(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }

// describeEnd reads what an ended execution did and what stands now.
func (o observer) describeEnd(ctx context.Context, result *summary) error {
	described, err := o.sfn.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &result.ExecutionARN})
	if err != nil {
		return fmt.Errorf("describe the execution: %w", err)
	}
	stages, last, err := o.stages(ctx, result.ExecutionARN, result.Speed)
	if err != nil {
		return err
	}
	result.Stages = stages
	result.Error, result.Cause = aws.ToString(described.Error), aws.ToString(described.Cause)
	result.EndState = endState(described.Status, last, result.Cause)
	result.DeploymentSeconds = aws.ToTime(described.StopDate).Sub(aws.ToTime(described.StartDate)).Seconds()
	result.Stands, err = o.look(ctx)
	return err
}

// endState names the end of an execution: the state that it ended in if that is an end state, or else the one that its
// report tells (Stranded has no state of its own), or else there is none, which must not happen.
func endState(status sfntypes.ExecutionStatus, last, cause string) string {
	switch last {
	case "Succeeded", "RolledBack", "Rejected":
		return last
	}
	if end := readReport(cause).End; end != "" {
		return end
	}
	return fmt.Sprintf("without an end state (%s in %s)", status, last)
}
