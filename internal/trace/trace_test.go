package trace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
	localxray "bluegreen/internal/localaws/xray"
	"bluegreen/internal/trace"
)

// machine looks until it sees what it waits for; its first look fails and is taken again.
const machine = `{"StartAt": "WaitHealthy", "States": {
	"WaitHealthy": {"Type": "Task", "Resource": "%s", "TimeoutSeconds": 60,
		"Retry": [{"ErrorEquals": ["BlueGreen.Throttled"], "IntervalSeconds": 2, "MaxAttempts": 1}], "Next": "IsHealthy"},
	"IsHealthy": {"Type": "Choice", "Choices": [{"Variable": "$.verdict", "StringEquals": "pending", "Next": "HealthPause"}], "Default": "Done"},
	"HealthPause": {"Type": "Wait", "Seconds": 30, "Next": "WaitHealthy"},
	"Done": {"Type": "Fail", "Error": "BlueGreen.GreenUnhealthy", "Cause": "green is sick"}
}}`

// world is an account in which an execution runs.
type world struct {
	*testing.T
	*localaws.AWS
	machines  *sfn.Client
	traces    *xray.Client
	execution string
}

// inWorld runs an execution of the machine on virtual time, traced or not, and then f.
func inWorld(t *testing.T, traced bool, header string, f func(w *world)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer v.Close()
	w := &world{T: t, AWS: localaws.New(localaws.Options{Clock: v})}
	defer w.Close()
	v.Run(func() {
		config := w.Endpoint.Config(wire.Caller{})
		w.machines, w.traces = sfn.NewFromConfig(config), xray.NewFromConfig(config)
		w.run(traced, header)
		f(w)
	})
}

func (w *world) run(traced bool, header string) {
	looks := 0
	err := w.Functions.Define(locallambda.FunctionSpec{Name: "look", Timeout: 10 * time.Second, Traced: true},
		locallambda.Code(func(ctx context.Context, _ locallambda.Invocation, _ []byte) ([]byte, *locallambda.Failure) {
			_ = w.Account.Clock.Sleep(ctx, time.Second)
			switch looks++; looks {
			case 1:
				return nil, &locallambda.Failure{ErrorType: "BlueGreen.Throttled", ErrorMessage: "AWS asks for patience"}
			case 2:
				return []byte(`{"verdict": "pending"}`), nil
			}
			return []byte(`{"verdict": "done"}`), nil
		}))
	if err != nil {
		w.Fatal(err)
	}
	created, err := w.machines.CreateStateMachine(w.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("m"), RoleArn: aws.String("arn:aws:iam::000000000000:role/m"),
		Definition:           aws.String(fmt.Sprintf(machine, w.Account.ARN("lambda", "function:look"))),
		TracingConfiguration: &types.TracingConfiguration{Enabled: traced},
	})
	if err != nil {
		w.Fatal(err)
	}
	started, err := w.machines.StartExecution(w.Context(), &sfn.StartExecutionInput{
		StateMachineArn: created.StateMachineArn, Name: aws.String("e"), TraceHeader: aws.String(header),
	})
	if err != nil {
		w.Fatal(err)
	}
	w.execution = *started.ExecutionArn
	_ = w.Account.Clock.Sleep(w.Context(), 20*time.Second)
}

func (w *world) sleep(d time.Duration) { _ = w.Account.Clock.Sleep(w.Context(), d) }

// put puts what a function itself writes below each of its segments, given in their order, with times from the segment's
// start.
func (w *world) put(root string, stages ...func(start float64) localxray.Segment) {
	out, err := w.traces.BatchGetTraces(w.Context(), &xray.BatchGetTracesInput{TraceIds: []string{root}})
	if err != nil {
		w.Fatal(err)
	}
	var documents []string
	for _, s := range out.Traces[0].Segments {
		var function localxray.Segment
		if err := json.Unmarshal([]byte(*s.Document), &function); err != nil {
			w.Fatal(err)
		}
		if function.Origin != "AWS::Lambda::Function" {
			continue
		}
		stage := stages[0](function.Start)
		stages = stages[1:]
		stage.TraceID, stage.ParentID, stage.Type, stage.ID = root, function.ID, "subsegment", localxray.ID(function.ID)
		text, err := json.Marshal(stage)
		if err != nil {
			w.Fatal(err)
		}
		// What localaws itself never writes.
		documents = append(documents, strings.Replace(string(text), `"name":"WaitHealthy",`,
			`"name":"WaitHealthy","metadata":{"default":{"verdict":"pending","message":"1 of 4 instances are healthy"}},`, 1))
	}
	put, err := w.traces.PutTraceSegments(w.Context(), &xray.PutTraceSegmentsInput{TraceSegmentDocuments: documents})
	if err != nil || len(put.UnprocessedTraceSegments) > 0 {
		w.Fatalf("%+v, %v", put, err)
	}
}

func (w *world) show(options trace.Options) string {
	w.Helper()
	found, err := trace.Of(w.Context(), w.machines, w.traces, w.execution)
	if err != nil {
		w.Fatal(err)
	}
	var out bytes.Buffer
	found.Print(&out, options)
	text, err := json.Marshal(found)
	var said struct {
		ID, Execution string
		Segments      []localxray.Segment
	}
	if err != nil || json.Unmarshal(text, &said) != nil || said.ID != found.ID || said.Execution != w.execution || len(said.Segments) == 0 || said.Segments[0].ID == "" {
		w.Errorf("as JSON (%v): %s", err, text)
	}
	return out.String()
}

const root = "1-5759e988-bd862e3fe1be46a994272793"

// stage is a function's own subsegment with the calls that it made, each a tenth of a second.
func stage(calls ...localxray.Segment) func(float64) localxray.Segment {
	return func(start float64) localxray.Segment {
		s := localxray.Segment{Name: "WaitHealthy", Start: start, End: start + 1, Annotations: map[string]any{
			"project": "ec", "lineage": "ec-mqagt-dev-asg", "deployment": "e", "stage": "WaitHealthy"}}
		for i, call := range calls {
			call.ID, call.Namespace = localxray.ID(fmt.Sprint(start, i)), "aws"
			call.Start, call.End = start+0.1*float64(i), start+0.1*float64(i+1)
			s.Subsegments = append(s.Subsegments, call)
		}
		return s
	}
}

func call(service, operation string) localxray.Segment {
	return localxray.Segment{Name: service, AWS: map[string]any{"operation": operation}}
}

func throttled(s localxray.Segment, retries int) localxray.Segment {
	s.Throttle, s.Error, s.AWS["retries"] = true, true, retries
	s.Cause = localxray.Because("00000000000000ee", "Throttling", "Rate exceeded")
	return s
}

func TestTraceOfAnExecution(t *testing.T) {
	inWorld(t, true, "Root="+root+";Sampled=1", func(w *world) {
		underWay := w.show(trace.Options{})
		for _, want := range []string{"began 2026-11-21T03:00:00Z, is under way", "  under way  HealthPause\n", "! ", "BlueGreen.Throttled: AWS asks for patience"} {
			if !strings.Contains(underWay, want) {
				t.Errorf("while the execution runs %q is missing in\n%s", want, underWay)
			}
		}
		w.sleep(time.Minute)
		health := call("Elastic Load Balancing v2", "DescribeTargetHealth")
		w.put(root, stage(throttled(call("Auto Scaling", "DescribeAutoScalingGroups"), 3)), stage(health, health, health, call("DynamoDB", "GetItem")), stage())
		want := `execution  arn:aws:states:ap-northeast-1:000000000000:execution:m:e
           began 2026-11-21T03:00:00Z, ended FAILED, after 35.1s
           BlueGreen.GreenUnhealthy: green is sick
trace      1-5759e988-bd862e3fe1be46a994272793
of         project ec, lineage ec-mqagt-dev-asg, deployment e
holds      3 invocations, 5 AWS calls
wrong      0:00:00.0  the execution  FAULT BlueGreen.GreenUnhealthy: green is sick
           0:00:00.0  WaitHealthy  FAULT BlueGreen.Throttled: AWS asks for patience
           0:00:00.0  WaitHealthy › Auto Scaling DescribeAutoScalingGroups, tried 4 times  THROTTLED Throttling: Rate exceeded

  from start       took
   0:00:00.0     4.07 s  WaitHealthy
!  0:00:00.0     1.06 s    attempt 1 (cold start 0.06 s): pending, 1 of 4 instances are healthy  FAULT BlueGreen.Throttled: AWS asks for patience
!  0:00:00.0     0.10 s      Auto Scaling DescribeAutoScalingGroups, tried 4 times  THROTTLED Throttling: Rate exceeded
   0:00:03.1     1.01 s    attempt 2: pending, 1 of 4 instances are healthy
   0:00:03.1     0.30 s      Elastic Load Balancing v2 DescribeTargetHealth × 3
   0:00:03.4     0.10 s      DynamoDB GetItem
   0:00:04.1    30.00 s  HealthPause
   0:00:34.1     1.01 s  WaitHealthy: pending, 1 of 4 instances are healthy
!  0:00:35.1     0.00 s  Done  FAULT BlueGreen.GreenUnhealthy: green is sick
`
		if diff := cmp.Diff(want, w.show(trace.Options{})); diff != "" {
			t.Error(diff)
		}
		found, err := trace.Of(w.Context(), w.machines, w.traces, w.execution)
		if err != nil {
			t.Fatal(err)
		}
		operations := []trace.Operation{{Name: "Elastic Load Balancing v2 DescribeTargetHealth", Calls: 3}, {Name: "Auto Scaling DescribeAutoScalingGroups", Calls: 1, Failed: 1}, {Name: "DynamoDB GetItem", Calls: 1}}
		if diff := cmp.Diff(operations, found.Operations()); diff != "" {
			t.Error(diff)
		}
		all := w.show(trace.Options{All: true})
		if strings.Count(all, "DescribeTargetHealth\n") != 3 || strings.Count(all, "IsHealthy") != 2 {
			t.Errorf("not all is shown:\n%s", all)
		}
	})
}

// Where Step Functions shows no header the trace is found by the annotation that every stage bears.
func TestFoundByAnnotation(t *testing.T) {
	inWorld(t, false, "", func(w *world) {
		_, err := trace.Of(t.Context(), w.machines, w.traces, w.execution)
		if err == nil || !strings.Contains(err.Error(), "X-Ray tracing is off on its state machine (aws stepfunctions update-state-machine") {
			t.Errorf("without a trace: %v", err)
		}
		at := localxray.Seconds(w.Account.Now())
		document := fmt.Sprintf(`{"trace_id": %q, "id": "00000000000000a1", "name": "elsewhere", "start_time": %f, "end_time": %f, "annotations": {"deployment": "e"}}`,
			root, at, at+1)
		if _, err := w.traces.PutTraceSegments(t.Context(), &xray.PutTraceSegmentsInput{TraceSegmentDocuments: []string{document}}); err != nil {
			t.Fatal(err)
		}
		if shown := w.show(trace.Options{}); !strings.Contains(shown, "1.00 s  elsewhere") {
			t.Errorf("shown:\n%s", shown)
		}
	})
}

func TestWithoutTrace(t *testing.T) {
	inWorld(t, true, "Root="+root+";Sampled=0", func(w *world) {
		_, err := trace.Of(t.Context(), w.machines, w.traces, w.execution)
		if err == nil || !strings.Contains(err.Error(), "sampling rules left it out") {
			t.Errorf("of an execution that is not sampled: %v", err)
		}
		_, err = trace.Of(t.Context(), w.machines, w.traces, w.execution+"x")
		if err == nil || !strings.Contains(err.Error(), "ExecutionDoesNotExist") {
			t.Errorf("of an execution that is not there: %v", err)
		}
	})
}
