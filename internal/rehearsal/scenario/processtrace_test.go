package scenario

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/asl"
	localxray "bluegreen/internal/localaws/xray"
)

// checkTraces holds that one trace shows the whole of each execution: every call of a function, by the state that made
// it, with the annotations that name the deployment.
func (p *player) checkTraces(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(p.script.executions)) {
		arn := p.script.executions[name]
		want := p.called(arn)
		// A segment is a datagram, which may arrive after the answer of the function that sent it.
		ctx, cancel := p.script.r.Clock.WithTimeout(t.Context(), 20*speed*time.Second)
		defer cancel()
		var got map[string]int
		for !cmp.Equal(want, got) {
			stages, err := p.traced(ctx, arn)
			if err != nil {
				t.Errorf("%s: %v; its trace shows the stages %v, want %v", name, err, got, want)
				break
			}
			got = make(map[string]int)
			for _, stage := range stages {
				got[stage.Name]++
				checkAnnotations(t, stage, arn)
			}
		}
	}
}

// called counts how often each state called its function, by the history.
func (p *player) called(arn string) map[string]int {
	history, _ := p.script.r.AWS.Machines.History(arn)
	calls, state := make(map[string]int), ""
	for _, event := range history {
		switch details := event.Details.(type) {
		case *asl.StateEnteredDetails:
			state = details.Name
		case *asl.TaskScheduledDetails:
			calls[state]++
		}
	}
	return calls
}

// traced are the stages in an execution's trace: what its functions wrote themselves.
func (p *player) traced(ctx context.Context, arn string) (stages []localxray.Segment, err error) {
	execution, err := p.script.r.Machines.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil {
		return nil, err
	}
	header := localxray.ParseHeader(aws.ToString(execution.TraceHeader))
	out, err := xray.NewFromConfig(p.script.r.Config).BatchGetTraces(ctx, &xray.BatchGetTracesInput{TraceIds: []string{header.Root}})
	if err != nil || len(out.Traces) == 0 {
		return nil, err
	}
	for _, segment := range out.Traces[0].Segments {
		var function localxray.Segment
		if err := json.Unmarshal([]byte(*segment.Document), &function); err != nil {
			return nil, err
		}
		if function.Origin != "AWS::Lambda::Function" {
			continue
		}
		for _, part := range function.Subsegments {
			if part.Annotations != nil {
				stages = append(stages, part)
			}
		}
	}
	return stages, nil
}

func checkAnnotations(t *testing.T, stage localxray.Segment, arn string) {
	want := map[string]any{
		"project": "ec", "lineage": "ec-mqagt-dev-asg", "deployment": arn[strings.LastIndexByte(arn, ':')+1:], "stage": stage.Name,
	}
	if diff := cmp.Diff(want, stage.Annotations); diff != "" {
		t.Errorf("annotations of %s:\n%s", stage.Name, diff)
	}
	calls := slices.ContainsFunc(stage.Subsegments, func(call localxray.Segment) bool { return call.Namespace == "aws" && call.AWS["operation"] != "" })
	if stage.Name == "CreateGreen" && !calls {
		t.Errorf("no AWS call below %s: %+v", stage.Name, stage.Subsegments)
	}
}
