package states

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bluegreen/internal/asl"
	"bluegreen/internal/localaws/xray"
)

// TraceTo makes X-Ray known: what Step Functions itself writes about executions goes there. It is called without the
// account's lock.
func (m *Machines) TraceTo(traces *xray.Traces) {
	m.acct.Lock()
	defer m.acct.Unlock()
	m.traces = traces
}

// traced is what X-Ray gets of one execution. Its header and id stand from the start; the rest follows the events, in
// their order, with the account's lock held.
type traced struct {
	header xray.Header // upstream's, or begun here; the zero Header is no trace
	id     string      // of the execution's segment
	visits map[int64]*visited
	open   []*visited // states that were entered and not left
	start  float64
}

// visited is one visit of a state.
type visited struct {
	id, name string
	start    float64
	outer    *visited // the Parallel or Map state around it; nil at the top
	call     *called  // its task's attempt under way
	failed   bool     // its last attempt failed
}

// called is one attempt at a task.
type called struct {
	id, service, operation string
	start                  float64
}

// trace decides whether an execution is traced: it is when upstream says so, whatever the state machine's setting, and
// when the setting is on and the default sampling rule takes it (developer guide, concepts-xray-tracing). That
// DescribeExecution shows a header that Step Functions began by itself is unverified. The lock is held.
func (m *Machines) trace(e *execution, header xray.Header) traced {
	if m.traces == nil || header.Root == "" && !e.tracing {
		return traced{}
	}
	if header.Root == "" {
		header.Root = xray.TraceID(m.acct.Now(), e.arn)
	}
	if header.Sampled != "1" && header.Sampled != "0" {
		header.Sampled = "0"
		if e.tracing && m.traces.Sample(header.Root) {
			header.Sampled = "1"
		}
	}
	return traced{header: header, id: xray.ID(header.Root, e.arn), visits: make(map[int64]*visited)}
}

func (t *traced) sampled() bool { return t.header.Sampled == "1" }

// event is the id of the segment that an event of the execution begins.
func (t *traced) event(id int64) string { return xray.ID(t.id, strconv.FormatInt(id, 10)) }

// within is ctx with the trace that goes along with a task. It reads nothing that changes.
func (t *traced) within(ctx context.Context, task asl.Task) context.Context {
	if t.header.Root == "" {
		return ctx
	}
	header := t.header
	if t.sampled() {
		header.Parent = t.event(task.Scheduled)
	}
	return xray.With(ctx, header)
}

// writeTrace writes what an event means for the trace: a segment for the execution, below it a subsegment for each state
// that is entered, below that one for each attempt at its task. AWS documents no more of their form than its pictures
// show. The lock is held.
func (m *Machines) writeTrace(h happening) {
	t, event := &h.execution.traced, h.event
	if !t.sampled() {
		return
	}
	at, visit := xray.Seconds(event.Timestamp), t.visits[event.PreviousEventID]
	switch details := event.Details.(type) {
	case *asl.StateEnteredDetails:
		visit = &visited{id: t.event(event.ID), name: details.Name, start: at, outer: visit}
		t.open = append(t.open, visit)
		m.writeState(t, visit, 0, nil)
	case *asl.StateExitedDetails:
		if i := slices.IndexFunc(t.open, func(v *visited) bool { return v.name == details.Name }); i >= 0 {
			visit = t.open[i]
			t.open = slices.Delete(t.open, i, i+1)
			m.writeState(t, visit, at, nil)
			visit = visit.outer
		}
	case *asl.ExecutionStartedDetails:
		t.start = at
		m.writeExecution(h.execution, 0, nil)
	case *asl.ExecutionRedrivenDetails:
		m.writeExecution(h.execution, 0, nil)
	default:
		if visit != nil {
			m.writeAttempt(t, visit, event, at)
		}
		if failure, ended := endOf(event); ended {
			for _, left := range t.open {
				m.writeState(t, left, at, failure)
			}
			t.open = nil
			clear(t.visits)
			m.writeExecution(h.execution, at, failure)
		}
	}
	t.visits[event.ID] = visit
}

// endOf says whether an event ends the execution, and with which failure.
func endOf(event asl.Event) (failure *asl.Failure, ended bool) {
	switch details := event.Details.(type) {
	case *asl.ExecutionSucceededDetails:
		return nil, true
	case *asl.ExecutionFailedDetails:
		return &details.Failure, true
	case *asl.ExecutionAbortedDetails:
		return &asl.Failure{Error: "ABORTED", Cause: details.Cause}, true
	case *asl.ExecutionTimedOutDetails:
		return &details.Failure, true
	}
	return nil, false
}

// writeExecution writes the execution's segment; end 0 is one in progress.
func (m *Machines) writeExecution(e *execution, end float64, failure *asl.Failure) {
	t := &e.traced
	s := xray.Segment{
		TraceID: t.header.Root, ID: t.id, ParentID: t.header.Parent, Name: e.machine.name, Origin: "AWS::StepFunctions::StateMachine",
		ResourceARN: e.machine.arn, Start: t.start, End: end, InProgress: end == 0,
		AWS: map[string]any{"execution_arn": e.arn, "account_id": m.acct.ID},
	}
	m.record(s, failure)
}

// writeState writes a state's subsegment; end 0 is one in progress.
func (m *Machines) writeState(t *traced, v *visited, end float64, failure *asl.Failure) {
	s := xray.Segment{TraceID: t.header.Root, ID: v.id, ParentID: t.id, Name: v.name, Start: v.start, End: end, InProgress: end == 0}
	if v.outer != nil {
		s.ParentID = v.outer.id
	}
	s.Fault = v.failed && end > 0
	m.record(s, failure)
}

func (m *Machines) record(s xray.Segment, failure *asl.Failure) {
	if failure != nil {
		s.Throttle = s.Throttle || strings.HasSuffix(failure.Error, ".TooManyRequestsException")
		s.Error, s.Fault = s.Throttle, !s.Throttle
		s.Cause = xray.Because(xray.ID(s.ID, "cause"), failure.Error, failure.Cause)
	}
	m.traces.Record(s)
}

// writeAttempt writes the subsegment of an attempt at a task, as a call to the service that does the work.
func (m *Machines) writeAttempt(t *traced, v *visited, event asl.Event, at float64) {
	switch details := event.Details.(type) {
	case *asl.LambdaFunctionScheduledDetails:
		v.call = &called{t.event(event.ID), "Lambda", "Invoke", at}
		m.writeCall(t, v, 0, nil)
		return
	case *asl.TaskScheduledDetails:
		v.call = &called{t.event(event.ID), serviceName(details.ResourceType), details.Resource, at}
		m.writeCall(t, v, 0, nil)
		return
	}
	if failure, settled := outcomeOf(event.Details); settled && v.call != nil {
		m.writeCall(t, v, at, failure)
		v.call, v.failed = nil, failure != nil
	}
}

func (m *Machines) writeCall(t *traced, v *visited, end float64, failure *asl.Failure) {
	m.record(xray.Segment{
		TraceID: t.header.Root, ID: v.call.id, ParentID: v.id, Name: v.call.service, Namespace: "aws",
		Start: v.call.start, End: end, InProgress: end == 0, AWS: map[string]any{"operation": v.call.operation, "region": m.acct.Region},
	}, failure)
}

// serviceName is what segments call an integration's service.
func serviceName(resourceType string) string {
	switch resourceType {
	case "lambda":
		return "Lambda"
	case "sns":
		return "SNS"
	}
	return resourceType
}

// outcomeOf says whether an event ends an attempt, and with which failure.
func outcomeOf(details asl.Details) (failure *asl.Failure, settled bool) {
	switch d := details.(type) {
	case *asl.LambdaFunctionSucceededDetails, *asl.TaskSucceededDetails:
		return nil, true
	case *asl.LambdaFunctionFailedDetails:
		return &d.Failure, true
	case *asl.LambdaFunctionScheduleFailedDetails:
		return &d.Failure, true
	case *asl.LambdaFunctionStartFailedDetails:
		return &d.Failure, true
	case *asl.LambdaFunctionTimedOutDetails:
		return &d.Failure, true
	case *asl.TaskFailedDetails:
		return &d.Failure, true
	case *asl.TaskStartFailedDetails:
		return &d.Failure, true
	case *asl.TaskSubmitFailedDetails:
		return &d.Failure, true
	case *asl.TaskTimedOutDetails:
		return &d.Failure, true
	}
	return nil, false
}
