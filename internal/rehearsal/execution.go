package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/asl"
	"bluegreen/internal/deploy"
)

// Start starts an execution with the input, as a person would, and returns its ARN.
func (r *Rehearsal) Start(ctx context.Context, name, input string) (string, error) {
	return r.StartOf(ctx, r.World.Machine(), name, input)
}

// StartOf is Start of one of the machines.
func (r *Rehearsal) StartOf(ctx context.Context, machine, name, input string) (string, error) {
	out, err := r.Machines.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: &machine, Name: &name, Input: &input,
	})
	if err != nil {
		return "", err
	}
	return *out.ExecutionArn, nil
}

// AwaitEnd waits until the execution has ended, for limit at most.
func (r *Rehearsal) AwaitEnd(ctx context.Context, arn string, limit time.Duration) (*sfn.DescribeExecutionOutput, error) {
	began := r.Clock.Now()
	for {
		// The model is asked, not its API: nobody's calls are to be waited for.
		execution, found := r.AWS.Machines.Execution(arn)
		if !found || execution.Status != asl.StatusRunning {
			return r.Machines.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		}
		passed := r.Clock.Now().Sub(began)
		if passed > limit {
			return nil, fmt.Errorf("%s still runs after %s", arn, limit)
		}
		r.Wait(ctx, max(time.Second, passed/50))
	}
}

// AwaitState waits until the execution has entered the named state and, where a phase is named, until a look there has
// told that phase of its loop.
func (r *Rehearsal) AwaitState(ctx context.Context, arn, state, phase string, limit time.Duration) error {
	began := r.Clock.Now()
	for {
		path, err := r.Path(arn)
		if err != nil {
			return err
		}
		if slices.Contains(path, state) && (phase == "" || slices.Contains(r.phases(arn, state), phase)) {
			return nil
		}
		execution, _ := r.AWS.Machines.Execution(arn)
		if passed := r.Clock.Now().Sub(began); passed > limit || execution.Status != asl.StatusRunning {
			return fmt.Errorf("%s did not enter %s %s, and was %s after %s; it went %s", arn, state, phase, execution.Status, passed, strings.Join(path, " "))
		}
		r.Wait(ctx, time.Second)
	}
}

// phases are those of a state's poll loop, as its looks told them.
func (r *Rehearsal) phases(arn, state string) []string {
	events, _ := r.AWS.Machines.History(arn)
	var phases []string
	for _, event := range events {
		entered, ok := event.Details.(*asl.StateEnteredDetails)
		if !ok {
			continue
		}
		var document struct {
			Progress struct{ State, Phase string } `json:"progress"`
		}
		if json.Unmarshal([]byte(entered.Input), &document) == nil && document.Progress.State == state {
			phases = append(phases, document.Progress.Phase)
		}
	}
	return phases
}

// Path is the states that the execution went through, a poll loop's repetitions left out.
func (r *Rehearsal) Path(arn string) ([]string, error) {
	events, found := r.AWS.Machines.History(arn)
	if !found {
		return nil, fmt.Errorf("there is no execution %s", arn)
	}
	var path []string
	for _, event := range events {
		if entered, ok := event.Details.(*asl.StateEnteredDetails); ok {
			path = append(path, entered.Name)
		}
	}
	return withoutLoops(path), nil
}

// withoutLoops drops what a poll loop repeats: A verdict pause A verdict pause B becomes A verdict pause B.
func withoutLoops(path []string) []string {
	var short []string
	for _, state := range path {
		if strings.HasSuffix(state, "Pause") || strings.HasSuffix(state, "Verdict") {
			continue
		}
		if len(short) == 0 || short[len(short)-1] != state {
			short = append(short, state)
		}
	}
	return short
}

// ShortName is the last part of an ARN: an execution's or a state machine's name.
func ShortName(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// ActionOf is the action that a request asks for.
func ActionOf(input string) deploy.Action {
	var request struct {
		Action deploy.Action `json:"action"`
	}
	if json.Unmarshal([]byte(input), &request) != nil || request.Action == "" {
		return deploy.ActionDeploy
	}
	return request.Action
}

// EndState tells which of the design's end states an execution that is over has come to, and its report. Stranded is a
// failure that carries no report of its own.
func EndState(out *sfn.DescribeExecutionOutput) (string, deploy.Report) {
	var report deploy.Report
	switch out.Status {
	case types.ExecutionStatusSucceeded:
		var document deploy.Document
		if json.Unmarshal([]byte(aws.ToString(out.Output)), &document) == nil && document.Report != nil {
			report = *document.Report
		}
		return deploy.EndSucceeded, report
	case types.ExecutionStatusFailed:
		if json.Unmarshal([]byte(aws.ToString(out.Cause)), &report) == nil && report.End != "" {
			return report.End, report
		}
		report.Error, report.What = aws.ToString(out.Error), deploy.Fault{Error: aws.ToString(out.Error), Cause: aws.ToString(out.Cause)}.What()
		return deploy.EndStranded, report
	}
	return string(out.Status), report
}
