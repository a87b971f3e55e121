// Package trace finds the X-Ray trace of an execution of a state machine and shows it as a tree, for a person who wants
// to know what took so long, or what went wrong.
package trace

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/aws/aws-sdk-go-v2/service/xray/types"

	"bluegreen/internal/text"
)

// executions is what Step Functions tells of an execution.
type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

// traces is what X-Ray has.
type traces interface {
	BatchGetTraces(context.Context, *xray.BatchGetTracesInput, ...func(*xray.Options)) (*xray.BatchGetTracesOutput, error)
	GetTraceSummaries(context.Context, *xray.GetTraceSummariesInput, ...func(*xray.Options)) (*xray.GetTraceSummariesOutput, error)
}

var (
	_ executions = (*sfn.Client)(nil)
	_ traces     = (*xray.Client)(nil)
)

// Trace is the trace of one execution.
type Trace struct {
	ID        string
	Execution *sfn.DescribeExecutionOutput
	Limited   bool // X-Ray took no more of it
	roots     []*node
}

// MarshalJSON is the trace for programs: its id, its execution's ARN, and its segments as X-Ray describes them.
func (t *Trace) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID        string  `json:"id"`
		Execution string  `json:"execution"`
		Limited   bool    `json:"limited,omitempty"` // X-Ray took no more of it
		Segments  []*node `json:"segments"`
	}{t.ID, aws.ToString(t.Execution.ExecutionArn), t.Limited, t.roots})
}

// Of reads the trace of the execution with this ARN. Its errors say what a person can do.
func Of(ctx context.Context, machines executions, store traces, executionARN string) (*Trace, error) {
	execution, err := machines.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &executionARN})
	if err != nil {
		return nil, fmt.Errorf("ask Step Functions for the execution: %w", err)
	}
	id, sampled := rootOf(aws.ToString(execution.TraceHeader))
	if !sampled {
		return nil, fmt.Errorf("the execution %s is not traced: X-Ray's sampling rules left it out (trace header %q)", *execution.Name, *execution.TraceHeader)
	}
	if id == "" {
		if id, err = search(ctx, store, execution); err != nil {
			return nil, err
		}
	}
	found, limited, err := segments(ctx, store, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("X-Ray has nothing of the trace %s: segments take some seconds to appear, and are kept for 30 days", id)
	}
	roots, err := grow(found)
	if err != nil {
		return nil, fmt.Errorf("read the trace %s: %w", id, err)
	}
	return &Trace{ID: id, Execution: execution, Limited: limited, roots: roots}, nil
}

// rootOf is the trace id in a tracing header, and whether it is sampled as far as the header says.
func rootOf(header string) (id string, sampled bool) {
	sampled = true
	for part := range strings.SplitSeq(header, ";") {
		switch key, value, _ := strings.Cut(strings.TrimSpace(part), "="); key {
		case "Root":
			id = value
		case "Sampled":
			sampled = value != "0"
		}
	}
	return id, sampled
}

// The time frame in which a trace without a header is looked for, around the execution's start: a trace begins with it.
const (
	searchBefore = time.Minute
	searchAfter  = 10 * time.Minute
)

// search finds the trace by the annotation that every stage bears, where Step Functions shows no header.
func search(ctx context.Context, store traces, execution *sfn.DescribeExecutionOutput) (string, error) {
	out, err := store.GetTraceSummaries(ctx, &xray.GetTraceSummariesInput{
		StartTime: aws.Time(execution.StartDate.Add(-searchBefore)), EndTime: aws.Time(execution.StartDate.Add(searchAfter)),
		FilterExpression: aws.String(fmt.Sprintf("annotation.deployment = %q", *execution.Name)),
	})
	if err != nil {
		return "", fmt.Errorf("search X-Ray for the execution: %w", err)
	}
	if len(out.TraceSummaries) == 0 {
		return "", fmt.Errorf("the execution %s has no trace: X-Ray tracing is off on its state machine (aws stepfunctions update-state-machine "+
			"%s --tracing-configuration enabled=true), or the sampling rules left it out",
			*execution.Name, text.Option("--state-machine-arn", aws.ToString(execution.StateMachineArn)))
	}
	// The earliest is the execution's own: who looks after an execution that ended badly names it too.
	return *out.TraceSummaries[len(out.TraceSummaries)-1].Id, nil
}

func segments(ctx context.Context, store traces, id string) (all []types.Segment, limited bool, err error) {
	pages := xray.NewBatchGetTracesPaginator(store, &xray.BatchGetTracesInput{TraceIds: []string{id}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, false, fmt.Errorf("ask X-Ray for the trace %s: %w", id, err)
		}
		for _, t := range page.Traces {
			all = append(all, t.Segments...)
			limited = limited || aws.ToBool(t.LimitExceeded)
		}
	}
	return all, limited, nil
}
