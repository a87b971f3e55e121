package lambdaentry

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/notice"
)

const call = `{"execution": {"Id": "arn", "Name": "n", "StartTime": "2026-11-21T03:00:00Z"}, "state": "S", "entered": "2026-11-21T03:00:00Z", "document": {}}`

// What Lambda reports as the error's type is the fault's name, however deep the fault lies and whatever went wrong. Only
// a messages.InvokeResponse_Error by value sets it.
func TestErrorNames(t *testing.T) {
	api := func(code string, whose smithy.ErrorFault) error {
		return fmt.Errorf("describing: %w", &smithy.GenericAPIError{Code: code, Message: "m", Fault: whose})
	}
	tests := []struct {
		what    string
		payload string
		err     error
		panics  bool
		want    fault.Name
	}{
		{"a fault", call, fault.New(fault.Conflict, "held"), false, fault.Conflict},
		{"a wrapped fault", call, fmt.Errorf("while: %w", fault.New(fault.GreenUnhealthy, "sick")), false, fault.GreenUnhealthy},
		{"throttling", call, api("Throttling", smithy.FaultClient), false, fault.Throttled},
		{"a server's fault", call, api("InternalFailure", smithy.FaultServer), false, fault.Unavailable},
		{"a busy resource", call, api("ScalingActivityInProgress", smithy.FaultClient), false, fault.Unavailable},
		{"no permission", call, api("AccessDenied", smithy.FaultClient), false, fault.AccessDenied},
		{"a refusal", call, api("ValidationError", smithy.FaultClient), false, fault.Refused},
		{"any other error", call, fmt.Errorf("odd"), false, fault.Bug},
		{"a panic", call, nil, true, fault.Bug},
		{"an unknown field", `{"surprise": 1}`, nil, false, fault.Bug},
	}
	for _, test := range tests {
		e := entry{clock.NewScaled(1), func(context.Context, deploy.Call) (deploy.Document, error) {
			if test.panics {
				panic("out of range")
			}
			return deploy.Document{}, test.err
		}}
		_, err := e.Invoke(context.Background(), []byte(test.payload))
		failure, byValue := err.(messages.InvokeResponse_Error)
		if !byValue || failure.Type != string(test.want) {
			t.Errorf("%s: got %#v, want %s by value", test.what, err, test.want)
			continue
		}
		if test.panics && (!strings.Contains(failure.Message, "out of range") || len(failure.StackTrace) == 0) {
			t.Errorf("a panic does not say what and where: %q, %d frames", failure.Message, len(failure.StackTrace))
		}
	}
}

// A call that is tried again is made when it is made: its state was entered before, or its execution redriven.
func TestTimeOfACall(t *testing.T) {
	const entered, redriven = "2026-11-21T03:00:00Z", "2026-11-21T04:00:00Z"
	for _, c := range []struct {
		what, redriven, now, want string
	}{
		{"at once", "", "2026-11-21T03:00:00.0457Z", "2026-11-21T03:00:00.045Z"},
		{"tried again", "", "2026-11-21T03:20:00Z", "2026-11-21T03:20:00Z"},
		{"redriven", redriven, "2026-11-21T04:20:00Z", "2026-11-21T04:20:00Z"},
		{"redriven, where the function's clock is behind", redriven, "2026-11-21T03:30:00Z", redriven},
		{"where the function's clock is behind", "", "2026-11-21T02:00:00Z", entered},
	} {
		at := func(text string) time.Time {
			parsed, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				t.Fatal(err)
			}
			return parsed
		}
		execution := deploy.Execution{ID: "arn"}
		if c.redriven != "" {
			redriven := at(c.redriven)
			execution.RedriveTime = &redriven
		}
		payload, err := json.Marshal(deploy.Call{Execution: execution, State: "S", Entered: at(entered)})
		if err != nil {
			t.Fatal(err)
		}
		v := clock.NewVirtual(at(c.now))
		var got time.Time
		_, failure := Invoke(context.Background(), v, func(_ context.Context, call deploy.Call) (deploy.Document, error) {
			got = call.Now()
			return deploy.Document{}, nil
		}, payload)
		v.Close()
		if failure != nil || !got.Equal(at(c.want)) {
			t.Errorf("%s: %s, want %s, %v", c.what, got, c.want, failure)
		}
	}
}

// What AWS says is one line, and with the stack of a panic no longer than Step Functions gives a cause, however it is escaped.
func TestMessages(t *testing.T) {
	const most = 32_768
	for name, c := range map[string]struct{ message, want string }{
		"lines":   {"1 validation error:\r\n\x1b[2J\u202ebad", `1 validation error:  \u001b[2J\u202ebad`},
		"tags":    {strings.Repeat("<", 40_000), "<<<"},
		"letters": {strings.Repeat("日", 40_000), "日日日"},
	} {
		e := entry{clock.NewScaled(1), func(context.Context, deploy.Call) (deploy.Document, error) { panic(c.message) }}
		_, err := e.Invoke(context.Background(), []byte(call))
		failure, _ := err.(messages.InvokeResponse_Error)
		encoded, _ := json.Marshal(failure)
		if !strings.Contains(failure.Message, c.want) || len(encoded) > most || !utf8.ValidString(failure.Message) {
			t.Errorf("%s: %d bytes, %.80q", name, len(encoded), failure.Message)
		}
	}
}

// CloudWatch takes no metric with a dimension that is not ASCII: the one of the state machine is left then.
func TestProjectsThatAreNoDimensions(t *testing.T) {
	for project, want := range map[string]bool{"ec": true, "日本語の店": false, " ": false, "a\nb": false, "": false} {
		var log strings.Builder
		WriteMetrics(&log, time.Time{}, Dimensions{"machine", project}, []notice.Metric{{Name: "DeploymentsStarted", Unit: notice.UnitCount, Value: 1}})
		if got := strings.Contains(log.String(), `["Project"]`); got != want || !strings.Contains(log.String(), `["StateMachine"]`) {
			t.Errorf("%q: %s", project, log.String())
		}
	}
}
