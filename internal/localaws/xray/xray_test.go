package xray_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/aws/aws-sdk-go-v2/service/xray/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
	localxray "bluegreen/internal/localaws/xray"
)

var began = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// inAccount runs f as a task of the virtual clock of a fresh account.
func inAccount(t *testing.T, settings localxray.Settings, f func(a *localaws.AWS, config aws.Config)) {
	t.Helper()
	v := clock.NewVirtual(began)
	defer v.Close()
	all := localaws.DefaultSettings()
	all.XRay = settings
	a := localaws.New(localaws.Options{Clock: v, Settings: &all})
	defer a.Close()
	v.Run(func() { f(a, a.Endpoint.Config(wire.Caller{})) })
}

const traceID = "1-6920d5d0-000000000000000000000001"

// document is a segment document with further members.
func document(id, more string) string {
	return fmt.Sprintf(`{"trace_id": %q, "id": %q, "name": "shop", "start_time": 1763694000.5, "end_time": 1763694002.0%s}`, traceID, id, more)
}

func put(t *testing.T, config aws.Config, documents ...string) []types.UnprocessedTraceSegment {
	t.Helper()
	out, err := sdk.NewFromConfig(config).PutTraceSegments(t.Context(), &sdk.PutTraceSegmentsInput{TraceSegmentDocuments: documents})
	if err != nil {
		t.Error(err)
		return nil
	}
	return out.UnprocessedTraceSegments
}

func get(t *testing.T, config aws.Config, id string) types.Trace {
	t.Helper()
	out, err := sdk.NewFromConfig(config).BatchGetTraces(t.Context(), &sdk.BatchGetTracesInput{TraceIds: []string{id}})
	if err != nil || len(out.Traces) != 1 {
		t.Errorf("the trace %s: %+v, %v", id, out, err)
		return types.Trace{}
	}
	return out.Traces[0]
}

// Subsegments that come by themselves, before or after their parent, are found within it, in the order of their starts.
func TestSubsegmentsComeAlone(t *testing.T) {
	inAccount(t, localxray.DefaultSettings(), func(_ *localaws.AWS, config aws.Config) {
		late := document("00000000000000b2", `, "type": "subsegment", "parent_id": "00000000000000a1", "annotations": {"project": "ec"}`)
		early := strings.Replace(document("00000000000000b1", `, "type": "subsegment", "parent_id": "00000000000000a1"`), "4000.5", "4000.1", 1)
		nested := document("00000000000000c1", `, "type": "subsegment", "parent_id": "00000000000000b1"`)
		orphan := document("00000000000000d1", `, "type": "subsegment", "parent_id": "00000000000000ff"`)
		if refused := put(t, config, nested, late, document("00000000000000a1", `, "in_progress": true`), early, orphan); len(refused) != 0 {
			t.Errorf("refused: %+v", refused)
		}
		put(t, config, document("00000000000000a1", `, "fault": true`)) // it has ended meanwhile
		trace := get(t, config, traceID)
		var ids []string
		for _, segment := range trace.Segments {
			ids = append(ids, outline(t, *segment.Document))
		}
		want := []string{"00000000000000a1(00000000000000b1(00000000000000c1) 00000000000000b2)", "00000000000000d1"}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Error(diff)
		}
		if *trace.Duration != 1.9 || !strings.Contains(*trace.Segments[0].Document, `"fault":true`) || strings.Contains(*trace.Segments[0].Document, "in_progress") {
			t.Errorf("duration %g, %s", *trace.Duration, *trace.Segments[0].Document)
		}
	})
}

type node struct {
	ID          string
	Subsegments []node
}

func (n node) String() string {
	if len(n.Subsegments) == 0 {
		return n.ID
	}
	var children []string
	for _, child := range n.Subsegments {
		children = append(children, child.String())
	}
	return n.ID + "(" + strings.Join(children, " ") + ")"
}

func outline(t *testing.T, document string) string {
	t.Helper()
	var n node
	if err := json.Unmarshal([]byte(document), &n); err != nil {
		t.Error(err)
	}
	return n.String()
}

func TestBadSegmentsAreNotKept(t *testing.T) {
	inAccount(t, localxray.DefaultSettings(), func(_ *localaws.AWS, config aws.Config) {
		refused := put(t, config, "nonsense", document("", ""), document("xyz", ""), strings.Replace(document("00000000000000a1", ""), traceID, "1-2-3", 1),
			strings.Replace(document("00000000000000a2", ""), "shop", "", 1), strings.Replace(document("00000000000000a3", ""), "4002.0", "3999.0", 1),
			document("00000000000000a4", `, "type": "subsegment"`), document("00000000000000a5", `, "user": "`+strings.Repeat("x", 1<<16)+`"`))
		var codes []string
		for _, r := range refused {
			codes = append(codes, *r.ErrorCode)
		}
		want := []string{"ParseError", "MissingId", "InvalidId", "InvalidTraceId", "InvalidName", "InvalidTime", "InvalidParentId", "SegmentTooLarge"}
		if diff := cmp.Diff(want, codes); diff != "" {
			t.Error(diff)
		}
	})
}

// A trace that is full takes no more, and says so.
func TestTraceThatIsFull(t *testing.T) {
	settings := localxray.DefaultSettings()
	settings.TraceSize = 300
	inAccount(t, settings, func(_ *localaws.AWS, config aws.Config) {
		for _, id := range []string{"00000000000000a1", "00000000000000a2", "00000000000000a3"} {
			put(t, config, document(id, ""))
		}
		if trace := get(t, config, traceID); !*trace.LimitExceeded || len(trace.Segments) != 2 {
			t.Errorf("limit exceeded: %t, %d segments", *trace.LimitExceeded, len(trace.Segments))
		}
	})
}

func TestFilterExpressions(t *testing.T) {
	tests := []struct {
		expression string
		want       bool
	}{
		{`annotation.stage = "WaitHealthy"`, true},
		{`annotation[stage] = "WaitHealthy"`, true},
		{`annotation.stage = "SwitchTraffic"`, false},
		{`annotation.stage != "SwitchTraffic"`, true},
		{`annotation.stage BEGINSWITH "Wait" AND annotation.stage ENDSWITH "thy"`, true},
		{`annotation.stage CONTAINS "\"" OR annotation.attempt >= 3`, true},
		{`annotation.attempt > 3`, false},
		{`annotation.last = true`, true},
		{`annotation.last = false`, false},
		{`annotation.nobody`, false},
		{`annotation.stage AND !annotation.nobody`, true},
		{`!(annotation.stage = "WaitHealthy" OR annotation.stage = "SwitchTraffic")`, false},
		{`duration >= 1.5 AND responsetime < 2`, true},
		{`duration > 2`, false},
		{`fault`, true},
		{`fault = false`, false},
		{`ok OR throttle OR error OR partial`, false},
		{`service("shop")`, true},
		{`service("bank")`, false},
		{``, true},
	}
	inAccount(t, localxray.DefaultSettings(), func(_ *localaws.AWS, config aws.Config) {
		put(t, config, document("00000000000000a1", `, "fault": true, "subsegments": [{"id": "00000000000000b1", "name": "x", "start_time": 1763694000.6,
			"end_time": 1763694000.7, "annotations": {"stage": "WaitHealthy", "attempt": 3, "last": true}}]`))
		for _, test := range tests {
			summaries, err := summaries(t.Context(), config, test.expression)
			if err != nil || len(summaries) == 1 != test.want {
				t.Errorf("%s: %d traces, %v", test.expression, len(summaries), err)
			}
		}
		for expression, says := range map[string]string{
			`annotation.stage = `:              "character 20",
			`annotation.stage = "open`:         "has no end",
			`annotation.stage "x"`:             "character 18",
			`duration = "long"`:                "a number",
			`fault = perhaps`:                  "true or false",
			`(fault`:                           "want )",
			`fault fault`:                      "AND or OR",
			`http.status = 500`:                "localaws does not model the filter keyword",
			`service("shop") { fault = true }`: "localaws does not model a filter within service",
			`service(id(name: "shop"))`:        "localaws does not model service without",
		} {
			if _, err := summaries(t.Context(), config, expression); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v, want an error that says %q", expression, err, says)
			}
		}
	})
}

func summaries(ctx context.Context, config aws.Config, expression string) ([]types.TraceSummary, error) {
	in := &sdk.GetTraceSummariesInput{StartTime: aws.Time(time.Unix(1763694000, 0)), EndTime: aws.Time(time.Unix(1763694060, 0))}
	if expression != "" {
		in.FilterExpression = &expression
	}
	out, err := sdk.NewFromConfig(config).GetTraceSummaries(ctx, in)
	if err != nil {
		return nil, err
	}
	return out.TraceSummaries, nil
}

func TestSummary(t *testing.T) {
	inAccount(t, localxray.DefaultSettings(), func(_ *localaws.AWS, config aws.Config) {
		put(t, config, document("00000000000000a1", `, "error": true, "origin": "AWS::EC2::Instance", "annotations": {"stage": "A"}`),
			document("00000000000000a2", `, "parent_id": "00000000000000a1", "fault": true, "in_progress": true, "resource_arn": "arn:x", "annotations": {"stage": "B", "n": 2, "b": false}`))
		found, err := summaries(t.Context(), config, "")
		if err != nil || len(found) != 1 {
			t.Errorf("%+v, %v", found, err)
			return
		}
		s := found[0]
		if *s.Id != traceID || *s.Duration != 1.5 || !*s.HasError || *s.HasFault || !*s.IsPartial || *s.EntryPoint.Type != "AWS::EC2::Instance" {
			t.Errorf("%+v", s)
		}
		var stages []string
		for _, value := range s.Annotations["stage"] {
			stages = append(stages, value.AnnotationValue.(*types.AnnotationValueMemberStringValue).Value)
		}
		number, boolean := s.Annotations["n"][0].AnnotationValue, s.Annotations["b"][0].AnnotationValue
		if strings.Join(stages, " ") != "A B" || number.(*types.AnnotationValueMemberNumberValue).Value != 2 || boolean.(*types.AnnotationValueMemberBooleanValue).Value {
			t.Errorf("annotations: %v", s.Annotations)
		}
	})
}

func TestRequestsThatXRayRefuses(t *testing.T) {
	inAccount(t, localxray.DefaultSettings(), func(_ *localaws.AWS, config aws.Config) {
		client := sdk.NewFromConfig(config)
		for _, ids := range [][]string{{"nonsense"}, {traceID, traceID, traceID, traceID, traceID, traceID}} {
			_, err := client.BatchGetTraces(t.Context(), &sdk.BatchGetTracesInput{TraceIds: ids})
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != "InvalidRequestException" {
				t.Errorf("%v: %v", ids, err)
			}
		}
	})
}

// machine is a state machine whose one task fails at first.
const machine = `{"StartAt": "Work", "States": {
	"Work": {"Type": "Task", "Resource": "%s", "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3, "MaxAttempts": 1}], "Next": "Pause"},
	"Pause": {"Type": "Wait", "Seconds": 10, "Next": "Choose"},
	"Choose": {"Type": "Choice", "Choices": [{"Variable": "$.done", "BooleanEquals": true, "Next": "Done"}], "Default": "Lost"},
	"Done": {"Type": "Succeed"},
	"Lost": {"Type": "Fail", "Error": "Lost", "Cause": "nothing was done"}
}}`

// execute runs the machine, traced or not, and returns its header and its trace as an outline: names, times in tenths
// of a second, and marks.
func execute(t *testing.T, a *localaws.AWS, config aws.Config, traced bool, header *string) (string, []string) {
	t.Helper()
	calls := 0
	err := a.Functions.Define(locallambda.FunctionSpec{Name: "work", Timeout: 10 * time.Second, Traced: true},
		locallambda.Code(func(ctx context.Context, _ locallambda.Invocation, _ []byte) ([]byte, *locallambda.Failure) {
			_ = a.Account.Clock.Sleep(ctx, time.Second)
			if calls++; calls == 1 {
				return nil, &locallambda.Failure{ErrorType: "Shaky", ErrorMessage: "not yet"}
			}
			return []byte(`{"done": false}`), nil
		}))
	if err != nil {
		t.Error(err)
		return "", nil
	}
	client := sfn.NewFromConfig(config)
	created, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("m"), RoleArn: aws.String("arn:aws:iam::000000000000:role/m"),
		Definition:           aws.String(fmt.Sprintf(machine, a.Account.ARN("lambda", "function:work"))),
		TracingConfiguration: &sfntypes.TracingConfiguration{Enabled: traced},
	})
	if err != nil {
		t.Error(err)
		return "", nil
	}
	described, err := client.DescribeStateMachine(t.Context(), &sfn.DescribeStateMachineInput{StateMachineArn: created.StateMachineArn})
	if err != nil || described.TracingConfiguration.Enabled != traced {
		t.Errorf("%+v, %v", described, err)
	}
	started, err := client.StartExecution(t.Context(), &sfn.StartExecutionInput{
		StateMachineArn: created.StateMachineArn, Name: aws.String("e"), TraceHeader: header,
	})
	if err != nil {
		t.Error(err)
		return "", nil
	}
	_ = a.Account.Clock.Sleep(t.Context(), time.Minute)
	ended, err := client.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
	if err != nil || ended.Status != sfntypes.ExecutionStatusFailed {
		t.Errorf("the execution: %+v, %v", ended, err)
		return "", nil
	}
	h := localxray.ParseHeader(aws.ToString(ended.TraceHeader))
	if h.Sampled != "1" {
		return h.String(), nil
	}
	return h.String(), tree(t, get(t, config, h.Root))
}

// tree is a trace as lines, the children of a segment below it.
func tree(t *testing.T, trace types.Trace) (lines []string) {
	t.Helper()
	children := make(map[string][]localxray.Segment)
	here := make(map[string]bool)
	var top []localxray.Segment
	for _, s := range trace.Segments {
		var segment localxray.Segment
		if err := json.Unmarshal([]byte(*s.Document), &segment); err != nil {
			t.Error(err)
		}
		top = append(top, segment)
		here[segment.ID] = true
		note(here, segment.Subsegments)
	}
	var roots []localxray.Segment
	for _, segment := range top {
		if here[segment.ParentID] {
			children[segment.ParentID] = append(children[segment.ParentID], segment)
		} else {
			roots = append(roots, segment)
		}
	}
	zero := roots[0].Start
	var walk func(indent string, segments []localxray.Segment)
	walk = func(indent string, segments []localxray.Segment) {
		for _, s := range segments {
			what := s.Name
			if s.Origin != "" {
				what += " " + s.Origin
			}
			if s.Error {
				what += " error"
			}
			if s.Fault {
				what += " fault"
			}
			if s.Cause != nil {
				what += " " + s.Cause.Exceptions[0].Type
			}
			lines = append(lines, fmt.Sprintf("%s%.0f-%.0f %s", indent, s.Start-zero, s.End-zero, what))
			walk(indent+"  ", append(s.Subsegments, children[s.ID]...))
		}
	}
	walk("", roots)
	return lines
}

func note(here map[string]bool, segments []localxray.Segment) {
	for _, s := range segments {
		here[s.ID] = true
		note(here, s.Subsegments)
	}
}

// One trace shows an execution: its states, the attempts at its tasks, and Lambda's own segments below those.
func TestExecutionIsATrace(t *testing.T) {
	inAccount(t, localxray.DefaultSettings(), func(a *localaws.AWS, config aws.Config) {
		_, got := execute(t, a, config, true, nil)
		want := []string{
			"0-15 m AWS::StepFunctions::StateMachine fault Lost",
			"  0-5 Work",
			"    0-1 Lambda fault Shaky",
			"      0-1 work AWS::Lambda",
			"        0-1 work AWS::Lambda::Function fault Shaky",
			"          0-0 Initialization",
			"          0-1 Invocation",
			"    4-5 Lambda",
			"      4-5 work AWS::Lambda",
			"        4-5 work AWS::Lambda::Function",
			"          4-5 Invocation",
			"  5-15 Pause",
			"  15-15 Choose",
			"  15-15 Lost fault Lost",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// Upstream's decision goes before the state machine's setting.
func TestUpstreamDecides(t *testing.T) {
	const upstream = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;"
	tests := []struct {
		traced         bool
		header, become string
		lines          int
	}{
		{false, "", "", 0},
		{false, upstream + "Sampled=1", upstream + "Sampled=1", 14},
		{true, upstream + "Sampled=0", upstream + "Sampled=0", 0},
		{true, upstream, upstream + "Sampled=1", 14},
		{false, upstream, upstream + "Sampled=0", 0},
		{false, "nonsense", "", 0},
	}
	for _, test := range tests {
		inAccount(t, localxray.DefaultSettings(), func(a *localaws.AWS, config aws.Config) {
			header, lines := execute(t, a, config, test.traced, aws.String(test.header))
			if header != test.become || len(lines) != test.lines {
				t.Errorf("machine traced %t, header %q: %q and %d segments", test.traced, test.header, header, len(lines))
			}
		})
	}
}

// The default rule takes the first request each second, and a twentieth of the others.
func TestSampling(t *testing.T) {
	inAccount(t, localxray.DefaultSettings(), func(a *localaws.AWS, _ aws.Config) {
		a.Account.Lock()
		defer a.Account.Unlock()
		taken := 0
		for n := range 10_000 {
			sampled := a.Traces.Sample(localxray.TraceID(began, fmt.Sprint(n)))
			if n == 0 && !sampled {
				t.Error("the first request of a second is not taken")
			}
			if sampled {
				taken++
			}
		}
		if taken < 400 || taken > 600 {
			t.Errorf("%d of 10000 requests in one second were taken", taken)
		}
	})
}
