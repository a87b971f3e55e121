package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
)

var ctx = context.Background()

// world is Lambda behind its endpoint.
type world struct {
	account   *account.Account
	endpoint  *wire.Endpoint
	functions *lambda.Functions
	client    *sdk.Client
}

func newWorld(t *testing.T, c clock.Clock, settings lambda.Settings, rules ...faults.Rule) *world {
	t.Helper()
	w := &world{account: account.New("000000000000", "ap-northeast-1", c, 1)}
	w.endpoint = wire.NewEndpoint(w.account, wire.DefaultSettings(), faults.NewPlan(rules...))
	w.functions = lambda.New(w.account, settings)
	t.Cleanup(w.functions.Close)
	w.endpoint.Add(w.functions.Service())
	w.endpoint.Identify(func(key string) wire.Principal {
		principal, _ := w.functions.Principal(key)
		return principal
	})
	w.endpoint.Plan().OnKill(func(key string) { w.functions.Kill(key) })
	w.functions.SetConnect(w.endpoint.Config)
	w.client = sdk.NewFromConfig(w.endpoint.Config(wire.Caller{}), func(o *sdk.Options) { o.RetryMaxAttempts = 1 })
	return w
}

// onVirtualTime runs f as the task of a fresh virtual clock.
func onVirtualTime(t *testing.T, f func(w *world, passed func() time.Duration), rules ...faults.Rule) {
	t.Helper()
	start := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	v := clock.NewVirtual(start)
	t.Cleanup(v.Close)
	w := newWorld(t, v, lambda.DefaultSettings(), rules...)
	v.Run(func() { f(w, func() time.Duration { return v.Now().Sub(start) }) })
}

func (w *world) define(t *testing.T, spec lambda.FunctionSpec, code lambda.Code) {
	t.Helper()
	if err := w.functions.Define(spec, code); err != nil {
		t.Fatal(err)
	}
}

// call makes one AWS call on behalf of an invocation.
func call(ctx context.Context, inv lambda.Invocation) error {
	_, err := sdk.NewFromConfig(inv.AWS).ListFunctions(ctx, &sdk.ListFunctionsInput{})
	return err
}

func failure(t *testing.T, payload []byte) lambda.Failure {
	t.Helper()
	var f lambda.Failure
	if err := json.Unmarshal(payload, &f); err != nil {
		t.Fatalf("%s: %v", payload, err)
	}
	return f
}

func TestInvokeAnswers(t *testing.T) {
	onVirtualTime(t, func(w *world, passed func() time.Duration) {
		w.define(t, lambda.FunctionSpec{Name: "echo"}, func(_ context.Context, inv lambda.Invocation, payload []byte) ([]byte, *lambda.Failure) {
			if inv.FunctionARN != "arn:aws:lambda:ap-northeast-1:000000000000:function:echo" || inv.RequestID == "" {
				t.Errorf("invocation %+v", inv)
			}
			return append([]byte(`{"got":`), append(payload, '}')...), nil
		})
		out, err := w.client.Invoke(ctx, &sdk.InvokeInput{FunctionName: aws.String("echo"), Payload: []byte(`{"a":1}`)})
		if err != nil {
			t.Fatal(err)
		}
		if string(out.Payload) != `{"got":{"a":1}}` || out.StatusCode != 200 || out.FunctionError != nil || *out.ExecutedVersion != "$LATEST" {
			t.Errorf("answer %s, status %d, error %v", out.Payload, out.StatusCode, out.FunctionError)
		}
		cold := passed()
		if _, err := w.functions.Invoke(ctx, "arn:aws:lambda:ap-northeast-1:000000000000:function:echo", []byte(`1`)); err != nil {
			t.Fatal(err)
		}
		if warm := passed() - cold; cold < 42*time.Millisecond || warm > 12*time.Millisecond {
			t.Errorf("cold start %s, warm %s", cold, warm)
		}
	})
}

func TestFunctionErrors(t *testing.T) {
	onVirtualTime(t, func(w *world, _ func() time.Duration) {
		w.define(t, lambda.FunctionSpec{Name: "fails"}, func(context.Context, lambda.Invocation, []byte) ([]byte, *lambda.Failure) {
			return nil, &lambda.Failure{ErrorType: "BlueGreen.Conflict", ErrorMessage: "held by another"}
		})
		w.define(t, lambda.FunctionSpec{Name: "panics"}, func(context.Context, lambda.Invocation, []byte) ([]byte, *lambda.Failure) {
			panic(errors.New("a nil map"))
		})
		out, err := w.client.Invoke(ctx, &sdk.InvokeInput{FunctionName: aws.String("fails")})
		if err != nil || aws.ToString(out.FunctionError) != "Unhandled" || string(out.Payload) != `{"errorMessage":"held by another","errorType":"BlueGreen.Conflict"}` {
			t.Errorf("fails: %+v, %v", out, err)
		}
		result, err := w.functions.Invoke(ctx, "panics", nil)
		if err != nil || result.FunctionError != "Unhandled" {
			t.Fatalf("panics: %+v, %v", result, err)
		}
		if f := failure(t, result.Payload); f.ErrorType != "errorString" || f.ErrorMessage != "a nil map" || len(f.StackTrace) == 0 {
			t.Errorf("panics: %+v", f)
		}
	})
}

func TestRefusals(t *testing.T) {
	onVirtualTime(t, func(w *world, _ func() time.Duration) {
		none := int32(0)
		w.define(t, lambda.FunctionSpec{Name: "none", ReservedConcurrency: &none}, func(context.Context, lambda.Invocation, []byte) ([]byte, *lambda.Failure) {
			return nil, nil
		})
		for _, c := range []struct{ name, payload, want string }{
			{"nobody", "", "ResourceNotFoundException: Function not found: arn:aws:lambda:ap-northeast-1:000000000000:function:nobody"},
			{"arn:aws:lambda:us-east-1:000000000000:function:none", "", "ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:000000000000:function:none"},
			{"none", "{", "InvalidRequestContentException: Could not parse request body into json"},
			{"none", "", "TooManyRequestsException: Rate Exceeded."},
			{"none", `"` + strings.Repeat("x", 6<<20) + `"`, "RequestTooLargeException: Request must be smaller than 6291456 bytes for the InvokeFunction operation"},
		} {
			_, err := w.client.Invoke(ctx, &sdk.InvokeInput{FunctionName: &c.name, Payload: []byte(c.payload)})
			var api smithy.APIError
			if !errors.As(err, &api) || !strings.HasPrefix(api.ErrorCode()+": "+api.ErrorMessage(), c.want) {
				t.Errorf("%s: got %v, want %s", c.name, err, c.want)
			}
		}
	})
}

func TestTimeoutAnswersAtOnceAndTheCodeDiesAtItsNextCall(t *testing.T) {
	onVirtualTime(t, func(w *world, passed func() time.Duration) {
		late := false
		w.define(t, lambda.FunctionSpec{Name: "slow", Timeout: 5 * time.Second}, func(_ context.Context, inv lambda.Invocation, _ []byte) ([]byte, *lambda.Failure) {
			_ = w.account.Clock.Sleep(context.Background(), time.Minute) // work that heeds no context
			_ = call(context.Background(), inv)
			late = true
			return nil, nil
		})
		result, err := w.functions.Invoke(ctx, "slow", nil)
		if err != nil || passed() > 5100*time.Millisecond || passed() < 5*time.Second {
			t.Fatalf("answered after %s with %v", passed(), err)
		}
		want := lambda.Failure{ErrorType: "Sandbox.Timedout", ErrorMessage: "RequestId: " + result.RequestID + " Error: Task timed out after 5.00 seconds"}
		if got := failure(t, result.Payload); got.ErrorType != want.ErrorType || got.ErrorMessage != want.ErrorMessage {
			t.Errorf("got %+v, want %+v", got, want)
		}
		_ = w.account.Clock.Sleep(ctx, 2*time.Minute)
		if late || w.endpoint.Plan().Total() != 0 {
			t.Error("a dead invocation made an AWS call")
		}
	})
}

func TestDeadlineEndsTheContextOfACall(t *testing.T) {
	onVirtualTime(t, func(w *world, passed func() time.Duration) {
		w.define(t, lambda.FunctionSpec{Name: "waits", Timeout: 2 * time.Second}, func(ctx context.Context, inv lambda.Invocation, _ []byte) ([]byte, *lambda.Failure) {
			if deadline, ok := ctx.Deadline(); !ok || !deadline.Equal(inv.Deadline) {
				t.Errorf("deadline %s, told %s", deadline, inv.Deadline)
			}
			_ = w.account.Clock.Sleep(ctx, time.Hour)
			return []byte(`"too late"`), nil
		})
		result, err := w.functions.Invoke(ctx, "waits", nil)
		if err != nil || failure(t, result.Payload).ErrorType != "Sandbox.Timedout" {
			t.Errorf("%s, %v", result.Payload, err)
		}
	})
}

func TestAnInvocationMayOutliveItsTimeout(t *testing.T) {
	onVirtualTime(t, func(w *world, _ func() time.Duration) {
		w.functions.SetFaults(func(lambda.Invocation) lambda.Fault { return lambda.Fault{Outlive: true} })
		late := false
		w.define(t, lambda.FunctionSpec{Name: "zombie", Timeout: time.Second}, func(ctx context.Context, inv lambda.Invocation, _ []byte) ([]byte, *lambda.Failure) {
			_ = w.account.Clock.Sleep(ctx, time.Minute)
			late = call(ctx, inv) == nil
			return nil, nil
		})
		result, err := w.functions.Invoke(ctx, "zombie", nil)
		if err != nil || failure(t, result.Payload).ErrorType != "Sandbox.Timedout" {
			t.Errorf("%s, %v", result.Payload, err)
		}
		_ = w.account.Clock.Sleep(ctx, 2*time.Minute)
		if !late {
			t.Error("the late call did not succeed")
		}
	})
}

func TestAKilledInvocationSeesNoAnswer(t *testing.T) {
	rule := faults.Rule{Service: "lambda", Operation: "ListFunctions", Function: "dies", Nth: 2, Kind: faults.KillAfter}
	onVirtualTime(t, func(w *world, _ func() time.Duration) {
		calls := 0
		w.define(t, lambda.FunctionSpec{Name: "dies"}, func(ctx context.Context, inv lambda.Invocation, _ []byte) ([]byte, *lambda.Failure) {
			for range 3 {
				if err := call(ctx, inv); err != nil {
					t.Error(err)
				}
				calls++
			}
			return nil, nil
		})
		result, err := w.functions.Invoke(ctx, "dies", nil)
		want := "RequestId: " + result.RequestID + " Error: Runtime exited with error: signal: killed"
		if f := failure(t, result.Payload); err != nil || f.ErrorType != "Runtime.ExitError" || f.ErrorMessage != want {
			t.Errorf("%s, %v", result.Payload, err)
		}
		if calls != 1 {
			t.Errorf("%d answers seen, want 1", calls)
		}
		if result, err = w.functions.Invoke(ctx, "dies", nil); err != nil || result.FunctionError != "" || calls != 4 {
			t.Errorf("the invoke after: %+v, %v, %d answers", result, err, calls)
		}
	}, rule)
}

func TestFaultsOfTheServiceItself(t *testing.T) {
	onVirtualTime(t, func(w *world, _ func() time.Duration) {
		runs := 0
		w.define(t, lambda.FunctionSpec{Name: "f"}, func(context.Context, lambda.Invocation, []byte) ([]byte, *lambda.Failure) {
			runs++
			return []byte(`1`), nil
		})
		broken := &wire.Error{Code: "ServiceException", Message: "Internal error", Status: 500}
		var fault lambda.Fault
		w.functions.SetFaults(func(lambda.Invocation) lambda.Fault { return fault })
		fault = lambda.Fault{Refuse: broken}
		if _, err := w.functions.Invoke(ctx, "f", nil); !errors.Is(err, broken) || runs != 0 {
			t.Errorf("refused: %v, %d runs", err, runs)
		}
		fault = lambda.Fault{Lose: broken}
		if _, err := w.functions.Invoke(ctx, "f", nil); !errors.Is(err, broken) || runs != 1 {
			t.Errorf("answer lost: %v, %d runs", err, runs)
		}
	})
}

func TestAnEventIsTriedThreeTimes(t *testing.T) {
	onVirtualTime(t, func(w *world, passed func() time.Duration) {
		var at []time.Duration
		w.define(t, lambda.FunctionSpec{Name: "f"}, func(context.Context, lambda.Invocation, []byte) ([]byte, *lambda.Failure) {
			at = append(at, passed().Truncate(time.Second))
			return nil, &lambda.Failure{ErrorType: "E"}
		})
		out, err := w.client.Invoke(ctx, &sdk.InvokeInput{FunctionName: aws.String("f"), InvocationType: types.InvocationTypeEvent})
		if err != nil || out.StatusCode != 202 || len(at) != 0 {
			t.Fatalf("%+v, %v", out, err)
		}
		_ = w.account.Clock.Sleep(ctx, time.Hour)
		if len(at) != 3 || at[1] != time.Minute || at[2] != 3*time.Minute {
			t.Errorf("tried at %v", at)
		}
	})
}

func TestAnInvokerMayStopWaiting(t *testing.T) {
	onVirtualTime(t, func(w *world, passed func() time.Duration) {
		finished := false
		w.define(t, lambda.FunctionSpec{Name: "f", Timeout: time.Minute}, func(ctx context.Context, inv lambda.Invocation, _ []byte) ([]byte, *lambda.Failure) {
			_ = w.account.Clock.Sleep(ctx, 30*time.Second)
			finished = call(ctx, inv) == nil
			return nil, nil
		})
		waiting, cancel := w.account.Clock.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if _, err := w.functions.Invoke(waiting, "f", nil); !errors.Is(err, context.DeadlineExceeded) || passed() != 10*time.Second {
			t.Errorf("%v after %s", err, passed())
		}
		_ = w.account.Clock.Sleep(ctx, time.Minute)
		if !finished {
			t.Error("the function did not run on")
		}
	})
}
