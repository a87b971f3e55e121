package observe

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
)

// StageTime is how long an execution spent at one Task state, with the looking and waiting that belong to it.
type StageTime struct {
	Name              string  `json:"name"`
	Visits            int     `json:"visits"`
	DeploymentSeconds float64 `json:"deployment_seconds"` // the execution's clock
	WallSeconds       float64 `json:"wall_seconds"`
}

// stages reads an ended execution's history: its Task states in the order of their first visit, and the state that it
// ended in.
func (o Observer) stages(ctx context.Context, arn string, speed float64) (stages []StageTime, last string, err error) {
	var c Course
	if _, err := c.Next(ctx, o.sfn, arn); err != nil {
		return nil, "", err
	}
	for _, s := range c.Stages {
		took := s.Took.Seconds()
		stages = append(stages, StageTime{Name: s.Name, Visits: s.Visits, DeploymentSeconds: Milliseconds(took), WallSeconds: Milliseconds(took / speed)})
	}
	return stages, c.State, nil
}

// Milliseconds rounds seconds to what a history can tell.
func Milliseconds(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }

// Ending is how an execution ended.
type Ending struct {
	State        string // an end state of the machine
	Error, Cause string
	Seconds      float64 // that the execution took, its clock
	Stages       []StageTime
}

// End reads what an ended execution did. Its clock runs speed times as fast as the wall's.
func (o Observer) End(ctx context.Context, arn string, speed float64) (Ending, error) {
	described, err := o.sfn.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil {
		return Ending{}, fmt.Errorf("describe the execution: %w", err)
	}
	stages, last, err := o.stages(ctx, arn, speed)
	if err != nil {
		return Ending{}, err
	}
	cause := aws.ToString(described.Cause)
	return Ending{
		State: endState(described.Status, last, cause), Error: aws.ToString(described.Error), Cause: cause,
		Seconds: aws.ToTime(described.StopDate).Sub(aws.ToTime(described.StartDate)).Seconds(), Stages: stages,
	}, nil
}

// endState names the end of an execution: the state that it ended in if that is an end state, or else the one that its
// report tells (Stranded has no state of its own), or else there is none, which must not happen.
func endState(status sfntypes.ExecutionStatus, last, cause string) string {
	switch last {
	case deploy.EndSucceeded, deploy.EndRolledBack, deploy.EndRejected:
		return last
	}
	if end := Report(cause).End; end != "" {
		return end
	}
	return fmt.Sprintf("without an end state (%s in %s)", status, last)
}

// Report reads the product's report, which is an execution's cause; any other cause gives the empty report.
func Report(cause string) deploy.Report {
	var r deploy.Report
	if json.Unmarshal([]byte(cause), &r) != nil {
		return deploy.Report{}
	}
	return r
}
