package lambda_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/lambda"
)

// bootstrap is the directory of the test's own Lambda, built once.
var bootstrap = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bootstrap-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "bootstrap"), "./testdata/bootstrap").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := bootstrap(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(status)
}

// logged is a log that a test may read while functions write it.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// withProcess gives a world at twenty times wall speed whose function "f" is a process. At the least it has half a
// second of the wall, so that a test of a time-out is short.
func withProcess(t *testing.T, spec lambda.FunctionSpec, rules ...faults.Rule) (*world, *logged) {
	t.Helper()
	dir, err := bootstrap()
	if err != nil {
		t.Fatal(err)
	}
	settings := lambda.DefaultSettings()
	settings.DeadlineFloor = 500 * time.Millisecond
	w := newWorld(t, clock.NewScaled(20), settings, rules...)
	server := httptest.NewServer(w.endpoint)
	t.Cleanup(server.Close)
	w.functions.SetEndpoint(server.URL)
	log := &logged{}
	w.functions.SetLog(log)
	spec.Name = "f"
	if err := w.functions.Define(spec, lambda.Process{Path: dir}); err != nil {
		t.Fatal(err)
	}
	return w, log
}

type answer struct {
	PID            int
	RequestID, ARN string
	Left           time.Duration
	Value          string
}

func (w *world) ask(t *testing.T, payload string) (answer, lambda.Result) {
	t.Helper()
	result, err := w.functions.Invoke(ctx, "f", []byte(payload))
	if err != nil {
		t.Error(err)
		return answer{}, result
	}
	var a answer
	if result.FunctionError == "" {
		if err := json.Unmarshal(result.Payload, &a); err != nil {
			t.Errorf("%s: %v", result.Payload, err)
		}
	}
	return a, result
}

func TestProcessAnswersAndStaysWarm(t *testing.T) {
	w, _ := withProcess(t, lambda.FunctionSpec{Timeout: time.Minute})
	first, result := w.ask(t, `{}`)
	if first.RequestID != result.RequestID || first.ARN != "arn:aws:lambda:ap-northeast-1:000000000000:function:f" {
		t.Errorf("%+v, result %+v", first, result)
	}
	// A minute of the clock is three seconds of the wall.
	if first.Left > 3*time.Second || first.Left < 2*time.Second {
		t.Errorf("%s left", first.Left)
	}
	if second, _ := w.ask(t, `{}`); second.PID != first.PID {
		t.Error("the second invoke met another process")
	}
}

func TestProcessFailures(t *testing.T) {
	w, _ := withProcess(t, lambda.FunctionSpec{})
	first, _ := w.ask(t, `{}`)
	for _, c := range []struct{ do, errorType, message string }{
		{"fault", "BlueGreen.Conflict", "held by another"},
		{"panic", "string", "a nil map"},
		{"exit", "Runtime.ExitError", "RequestId: ID Error: Runtime exited with error: exit status 3"},
		{"hang", "Sandbox.Timedout", "RequestId: ID Error: Task timed out after 3.00 seconds"},
	} {
		_, result := w.ask(t, `{"Do":"`+c.do+`"}`)
		f := lambda.Failure{}
		_ = json.Unmarshal(result.Payload, &f)
		if result.FunctionError != "Unhandled" || f.ErrorType != c.errorType || f.ErrorMessage != strings.Replace(c.message, "ID", result.RequestID, 1) {
			t.Errorf("%s: %s", c.do, result.Payload)
		}
	}
	last, _ := w.ask(t, `{}`)
	if last.PID == first.PID || syscall.Kill(first.PID, 0) == nil {
		t.Error("a process that panicked lives on")
	}
}

func TestProcessEnvironment(t *testing.T) {
	t.Setenv("AWS_CA_BUNDLE", "/nowhere")
	w, _ := withProcess(t, lambda.FunctionSpec{Environment: map[string]string{"LEDGER_TABLE": "ledger"}, MemorySize: 256})
	for key, want := range map[string]string{
		"_HANDLER": "bootstrap", "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_REGION": "ap-northeast-1", "AWS_EC2_METADATA_DISABLED": "true",
		"LEDGER_TABLE": "ledger", "AWS_CA_BUNDLE": "",
	} {
		if a, _ := w.ask(t, `{"Do":"env","Key":"`+key+`"}`); a.Value != want {
			t.Errorf("%s is %q, want %q", key, a.Value, want)
		}
	}
	if _, result := w.ask(t, `{"Do":"call"}`); result.FunctionError != "" {
		t.Errorf("its AWS call failed: %s", result.Payload)
	}
	w.endpoint.Plan().Keep(-1)
	w.ask(t, `{"Do":"call"}`)
	if calls := w.endpoint.Plan().Calls(); len(calls) != 1 || calls[0].Function != "f" {
		t.Errorf("calls %+v", calls)
	}
}

func TestConcurrentInvokesHaveTheirOwnProcesses(t *testing.T) {
	w, _ := withProcess(t, lambda.FunctionSpec{Timeout: time.Minute})
	payload := fmt.Sprintf(`{"Do":"meet","Path":%q}`, t.TempDir())
	var answers [2]answer
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() { answers[i], _ = w.ask(t, payload) })
	}
	group.Wait()
	if answers[0].PID == 0 || answers[0].PID == answers[1].PID {
		t.Errorf("%+v", answers)
	}
}

func TestProcessThatFailsToInitialise(t *testing.T) {
	w, log := withProcess(t, lambda.FunctionSpec{Environment: map[string]string{"FAIL_INIT": "1"}})
	_, result := w.ask(t, `{}`)
	if f := failure(t, result.Payload); f.ErrorType != "Runtime.ExitError" || f.ErrorMessage != "RequestId: "+result.RequestID+" Error: Runtime exited with error: exit status 1" {
		t.Errorf("%s", result.Payload)
	}
	if got := log.String(); got != "[f] no table is named\n" {
		t.Errorf("log %q", got)
	}
}

func TestProcessThatReportsItsInitError(t *testing.T) {
	w, _ := withProcess(t, lambda.FunctionSpec{Environment: map[string]string{"FAIL_INIT": "reported"}})
	_, result := w.ask(t, `{}`)
	if result.FunctionError != "Unhandled" || string(result.Payload) != `{"errorType":"NoTable","errorMessage":"no table is named"}` {
		t.Errorf("%+v: %s", result, result.Payload)
	}
}

func TestAnAnswerMayBeTooLarge(t *testing.T) {
	w, _ := withProcess(t, lambda.FunctionSpec{Timeout: time.Minute})
	_, result := w.ask(t, `{"Do":"fill"}`)
	f := failure(t, result.Payload)
	if f.ErrorType != "Function.ResponseSizeTooLarge" || !strings.HasPrefix(f.ErrorMessage, "Response payload size (7000") ||
		!strings.HasSuffix(f.ErrorMessage, " bytes) exceeded maximum allowed payload size (6291556 bytes).") {
		t.Errorf("%s", result.Payload)
	}
}

func TestCloseEndsProcesses(t *testing.T) {
	w, _ := withProcess(t, lambda.FunctionSpec{})
	a, _ := w.ask(t, `{}`)
	w.functions.Close()
	if err := syscall.Kill(a.PID, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the process is still there: %v", err)
	}
}

func TestAKilledProcess(t *testing.T) {
	rule := faults.Rule{Service: "lambda", Operation: "ListFunctions", Function: "f", Kind: faults.KillAfter}
	w, _ := withProcess(t, lambda.FunctionSpec{Timeout: time.Minute}, rule)
	_, result := w.ask(t, `{"Do":"call"}`)
	want := "RequestId: " + result.RequestID + " Error: Runtime exited with error: signal: killed"
	if f := failure(t, result.Payload); f.ErrorType != "Runtime.ExitError" || f.ErrorMessage != want {
		t.Errorf("%s", result.Payload)
	}
	if _, result := w.ask(t, `{"Do":"call"}`); result.FunctionError != "" {
		t.Errorf("the invoke after: %s", result.Payload)
	}
}

func TestAProcessMayOutliveItsTimeout(t *testing.T) {
	w, _ := withProcess(t, lambda.FunctionSpec{})
	w.functions.SetFaults(func(lambda.Invocation) lambda.Fault { return lambda.Fault{Outlive: true} })
	w.endpoint.Plan().Keep(-1)
	_, result := w.ask(t, `{"Do":"late"}`)
	if f := failure(t, result.Payload); f.ErrorType != "Sandbox.Timedout" || w.endpoint.Plan().Total() != 0 {
		t.Fatalf("%s", result.Payload)
	}
	wait, cancel := w.account.Clock.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	for w.endpoint.Plan().Total() == 0 {
		if err := w.account.Clock.Sleep(wait, time.Second); err != nil {
			t.Fatal("the late call was never made")
		}
	}
	if late := w.endpoint.Plan().Calls()[0]; late.Function != "f" || late.Code != "" {
		t.Errorf("late call %+v", late)
	}
}

func TestFunctionLifeThroughTheAPI(t *testing.T) {
	w, _ := withProcess(t, lambda.FunctionSpec{})
	arch := types.Architecture(map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH])
	created, err := w.client.CreateFunction(ctx, &sdk.CreateFunctionInput{
		FunctionName: aws.String("g"), Role: aws.String("arn:aws:iam::000000000000:role/r"), Handler: aws.String("bootstrap"),
		Runtime: types.RuntimeProvidedal2023, Architectures: []types.Architecture{arch}, Timeout: aws.Int32(10),
		Code:        &types.FunctionCode{ZipFile: packed(t, "bootstrap")},
		Environment: &types.Environment{Variables: map[string]string{"A": "1"}},
	})
	if err != nil || created.State != types.StatePending || *created.Timeout != 10 || *created.MemorySize != 128 {
		t.Fatalf("%+v, %v", created, err)
	}
	var pending *types.ResourceConflictException
	if _, err := w.client.Invoke(ctx, &sdk.InvokeInput{FunctionName: aws.String("g")}); !errors.As(err, &pending) {
		t.Errorf("a pending function answered %v", err)
	}
	w.settle(t)
	got, err := w.client.GetFunction(ctx, &sdk.GetFunctionInput{FunctionName: aws.String("g")})
	if err != nil || got.Configuration.State != types.StateActive || *got.Configuration.CodeSha256 != *created.CodeSha256 {
		t.Fatalf("%+v, %v", got, err)
	}
	value := func() string {
		out, err := w.client.Invoke(ctx, &sdk.InvokeInput{FunctionName: aws.String("g"), Payload: []byte(`{"Do":"env","Key":"A"}`)})
		var a answer
		if err != nil || json.Unmarshal(out.Payload, &a) != nil {
			t.Errorf("%+v, %v", out, err)
		}
		return a.Value
	}
	if value() != "1" {
		t.Error("the environment did not arrive")
	}
	if _, err := w.client.UpdateFunctionConfiguration(ctx, &sdk.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("g"), Environment: &types.Environment{Variables: map[string]string{"A": "2"}},
	}); err != nil {
		t.Fatal(err)
	}
	w.settle(t)
	if value() != "2" {
		t.Error("a warm process kept the previous environment")
	}
	if _, err := w.client.UpdateFunctionCode(ctx, &sdk.UpdateFunctionCodeInput{FunctionName: aws.String("g"), ZipFile: packed(t, "main")}); err != nil {
		t.Fatal(err)
	}
	result, err := w.functions.Invoke(ctx, "g", nil)
	if err != nil || failure(t, result.Payload).ErrorType != "Runtime.InvalidEntrypoint" {
		t.Errorf("code without bootstrap: %s, %v", result.Payload, err)
	}
	listed, err := w.client.ListFunctions(ctx, &sdk.ListFunctionsInput{MaxItems: aws.Int32(1)})
	if err != nil || len(listed.Functions) != 1 || *listed.Functions[0].FunctionName != "f" || listed.NextMarker == nil {
		t.Errorf("%+v, %v", listed, err)
	}
	if listed, err = w.client.ListFunctions(ctx, &sdk.ListFunctionsInput{Marker: listed.NextMarker}); err != nil || len(listed.Functions) != 1 || *listed.Functions[0].FunctionName != "g" {
		t.Errorf("second page %+v, %v", listed, err)
	}
	if _, err := w.client.DeleteFunction(ctx, &sdk.DeleteFunctionInput{FunctionName: aws.String("g")}); err != nil {
		t.Fatal(err)
	}
	var gone *types.ResourceNotFoundException
	if _, err := w.client.GetFunction(ctx, &sdk.GetFunctionInput{FunctionName: aws.String("g")}); !errors.As(err, &gone) {
		t.Errorf("a deleted function answered %v", err)
	}
}

// settle waits until every function has left Pending and InProgress.
func (w *world) settle(t *testing.T) {
	t.Helper()
	if err := w.account.Clock.Sleep(ctx, 2*time.Second); err != nil {
		t.Fatal(err)
	}
}

// packed is a deployment package that holds the test's Lambda under name.
func packed(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := bootstrap()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(filepath.Join(dir, "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	var buffer bytes.Buffer
	writer := zip.NewWriter(&buffer)
	header := &zip.FileHeader{Name: name, Method: zip.Store}
	header.SetMode(0o755)
	file, err := writer.CreateHeader(header)
	if err == nil {
		_, err = file.Write(binary)
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}
