package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/xray"
)

// TraceTo makes X-Ray known: what Lambda itself writes about invocations goes there. It is called without the account's
// lock.
func (f *Functions) TraceTo(traces *xray.Traces) {
	f.acct.Lock()
	defer f.acct.Unlock()
	f.traces = traces
}

// SetDaemon sets the address of the X-Ray daemon that processes send their segments to (AWS_XRAY_DAEMON_ADDRESS).
func (f *Functions) SetDaemon(address string) {
	f.acct.Lock()
	defer f.acct.Unlock()
	f.daemon = address
}

// traced is what X-Ray gets of one invoke. The account's lock guards it.
type traced struct {
	incoming xray.Header // of the invoker, or begun here
	writes   bool        // it is sampled, and the function's tracing mode is Active
	service  string      // id of the segment of Lambda itself
	function string      // id of the segment of the function, the parent of all that its code writes
	began    time.Time   // Lambda took the invoke
	ready    time.Time   // its environment was ready; zero if it never was
}

// trace begins the trace of an invoke that was admitted, or refused with err. In the mode PassThrough Lambda hands the
// invoker's trace on and writes nothing; in the mode Active it begins one where there is none, and decides by the default
// rule where the invoker has not (developer guide, services-xray). The lock is held.
func (f *Functions) trace(ctx context.Context, inv *invoke, err error) {
	if f.traces == nil || inv.function == nil {
		return
	}
	inv.traced = traced{incoming: xray.From(ctx), began: f.acct.Now()}
	t, active := &inv.traced, inv.function.tracing == types.TracingModeActive
	if t.incoming.Root == "" {
		t.incoming = xray.Header{Root: xray.TraceID(t.began, inv.RequestID)}
	}
	if t.incoming.Sampled != "1" && t.incoming.Sampled != "0" {
		t.incoming.Sampled = "0"
		if active && f.traces.Sample(t.incoming.Root) {
			t.incoming.Sampled = "1"
		}
	}
	if t.writes = active && t.incoming.Sampled == "1"; !t.writes {
		return
	}
	t.service, t.function = xray.ID(inv.RequestID, "AWS::Lambda"), xray.ID(inv.RequestID, "AWS::Lambda::Function")
	var refused *wire.Error
	if errors.As(err, &refused) && refused.Status >= 400 {
		f.writeService(inv, refused.Status)
	}
}

// header is the tracing header that the function's code gets.
func (t *traced) header() string {
	h := t.incoming
	if t.writes {
		h.Parent = t.function
	}
	return h.String()
}

// writeService writes the segment of Lambda itself, with the status that it answers. The lock is held.
func (f *Functions) writeService(inv *invoke, status int) {
	t := &inv.traced
	if !t.writes {
		return
	}
	f.traces.Record(xray.Segment{
		TraceID: t.incoming.Root, ID: t.service, ParentID: t.incoming.Parent, Name: inv.function.name,
		Origin: "AWS::Lambda", ResourceARN: inv.function.arn,
		Start: xray.Seconds(t.began), End: xray.Seconds(f.acct.Now()),
		HTTP:     &xray.HTTP{Response: xray.Response{Status: status}},
		AWS:      map[string]any{"request_id": inv.RequestID},
		Throttle: status == http.StatusTooManyRequests,
		Error:    status >= 400 && status < 500, Fault: status >= 500,
	})
}

// writeTrace writes the segments of an invoke that was answered: Lambda's own and the function's. The subsegment
// Overhead, what the runtime does after its answer, is not modelled. The lock is held.
func (f *Functions) writeTrace(inv *invoke, result Result) {
	t := &inv.traced
	if !t.writes {
		return
	}
	f.writeService(inv, http.StatusOK)
	now := f.acct.Now()
	s := xray.Segment{
		TraceID: t.incoming.Root, ID: t.function, ParentID: t.service, Name: inv.function.name,
		Origin: "AWS::Lambda::Function", ResourceARN: inv.function.arn, Start: xray.Seconds(t.began), End: xray.Seconds(now),
		AWS: map[string]any{"account_id": f.acct.ID, "function_arn": inv.function.arn},
	}
	part := func(name string, from, to time.Time) {
		s.Subsegments = append(s.Subsegments, xray.Segment{
			ID: xray.ID(inv.RequestID, name), Name: name, Start: xray.Seconds(from), End: xray.Seconds(to),
		})
	}
	ready := t.ready
	if ready.IsZero() {
		ready = now
	}
	if inv.cold {
		part("Initialization", t.began, ready)
	}
	if !t.ready.IsZero() {
		part("Invocation", ready, now)
	}
	if failure := failureOf(result); failure != nil {
		s.Fault = true
		s.Cause = xray.Because(xray.ID(inv.RequestID, "cause"), failure.ErrorType, failure.ErrorMessage)
	}
	f.traces.Record(s)
}

// failureOf is the failure that a result reports; nil of one that is well.
func failureOf(result Result) *Failure {
	if result.FunctionError == "" {
		return nil
	}
	failure := &Failure{}
	if json.Unmarshal(result.Payload, failure) != nil {
		failure.ErrorMessage = string(result.Payload)
	}
	return failure
}
