package lambdaentry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// TestMain lets this program be a function, when Lambda's Runtime API is there.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		if os.Getenv("STARTED_BY") == "event" {
			StartEvent(watcher)
		}
		Start(caller)
	}
	os.Exit(m.Run())
}

// caller is a state's work: one AWS call.
func caller(cfg aws.Config, _ Environment) Handle {
	cfg.Retryer = func() aws.Retryer { // as Start's, but without the pauses
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.RateLimiter, o.Backoff = ratelimit.None, retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	client := sts.NewFromConfig(cfg)
	return func(ctx context.Context, call deploy.Call) (deploy.Document, error) {
		if _, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
			return deploy.Document{}, fault.New(fault.Unavailable, "asking who this is: %w", err)
		}
		call.Document.Deployment = &deploy.Deployment{Project: "ec", Lineage: "ec-mqagt-dev-asg"}
		call.Document.Progress = &deploy.Loop{State: call.State, Verdict: deploy.Pending, Message: "1 of 4 instances are healthy."}
		return call.Document, nil
	}
}

// ended is an event's detail that tells of an execution.
type ended struct{}

func (ended) Subject() (string, json.RawMessage) {
	return "arn:aws:states:::execution:m:e1", json.RawMessage(`{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg-v004"}}`)
}

// watcher is the work of a function that an event starts: caller's.
func watcher(cfg aws.Config, env Environment) HandleEvent[ended] {
	handle := caller(cfg, env)
	return func(ctx context.Context, _ ended) error {
		_, err := handle(ctx, deploy.Call{})
		return err
	}
}

// process is a function's process with all that stands around one: Lambda's Runtime API and AWS.
type process struct {
	t       *testing.T
	command *exec.Cmd
	log     bytes.Buffer
	give    chan string   // trace headers of the invocations to come; "" is none
	answers chan string   // "response" or "error", and the body
	gone    chan struct{} // closed at the end
	once    sync.Once
	exited  chan struct{}    // closed when the process has ended
	mu      sync.Mutex       // guards refuse
	refuse  []map[string]any // how AWS answers its next calls, instead of well
}

// startProcess starts a function whose segments go to the daemon's address, with further environment variables.
func startProcess(t *testing.T, daemon string, variables ...string) *process {
	t.Helper()
	l := &process{t: t, give: make(chan string), answers: make(chan string), gone: make(chan struct{})}
	runtime, service := httptest.NewServer(http.HandlerFunc(l.runtimeAPI)), httptest.NewServer(http.HandlerFunc(l.service))
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	l.command = exec.Command(executable)
	l.command.Stdout, l.command.Stderr = &l.log, &l.log
	l.command.Env = append(variables,
		"AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(runtime.URL, "http://"), "AWS_ENDPOINT_URL="+service.URL,
		"AWS_REGION=ap-northeast-1", "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_LAMBDA_FUNCTION_NAME=m-StatusChange", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "LEDGER_TABLE=ledger",
		"AWS_XRAY_CONTEXT_MISSING=LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS="+daemon, // as Lambda sets them
	)
	if err := l.command.Start(); err != nil {
		t.Fatal(err)
	}
	l.exited = make(chan struct{})
	go func() {
		defer close(l.exited)
		_ = l.command.Wait()
	}()
	t.Cleanup(func() {
		l.end()
		runtime.Close()
		service.Close()
	})
	return l
}

// end ends the process; what it logged is complete then.
func (l *process) end() {
	l.once.Do(func() {
		_ = l.command.Process.Kill()
		<-l.exited // or it would take the end of what it waits for as an invocation
		close(l.gone)
	})
}

func (l *process) runtimeAPI(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/next") {
		select {
		case trace := <-l.give:
			header := w.Header()
			header.Set("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
			header.Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(clock.NewScaled(1).Now().Add(time.Minute).UnixMilli()))
			if trace != "" {
				header.Set("Lambda-Runtime-Trace-Id", trace)
			}
			_, _ = io.WriteString(w, `{"execution": {"Id": "arn:aws:states:::execution:m:e1", "Name": "e1", "StartTime": "2026-11-21T03:00:00Z",
				"Input": {"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg-v004"}}},
				"state": "WaitHealthy", "entered": "2026-11-21T03:00:00Z", "document": {}}`)
		case <-l.gone:
		}
		return
	}
	body, _ := io.ReadAll(r.Body)
	w.WriteHeader(http.StatusAccepted)
	answer := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:] + " " + string(body)
	select {
	case l.answers <- answer:
	case <-l.gone:
	}
}

// service is STS.
func (l *process) service(w http.ResponseWriter, _ *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.refuse) > 0 {
		w.WriteHeader(l.refuse[0]["status"].(int))
		fmt.Fprintf(w, "<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error></ErrorResponse>", l.refuse[0]["code"])
		l.refuse = l.refuse[1:]
		return
	}
	_, _ = io.WriteString(w, "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
}

// invoke has the function called once and returns its answer.
func (l *process) invoke(trace string, refuse ...map[string]any) string {
	l.t.Helper()
	l.mu.Lock()
	l.refuse = refuse
	l.mu.Unlock()
	l.give <- trace
	select {
	case answer := <-l.answers:
		return answer
	case <-l.exited:
		l.t.Fatalf("the function's process ended:\n%s", l.log.String())
		return ""
	}
}

const sampled = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

// A function whose daemon isn't there answers as ever and logs nothing, whatever Lambda tells it about the trace.
func TestWithoutDaemon(t *testing.T) {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := socket.LocalAddr().String()
	_ = socket.Close()
	for _, l := range []*process{startProcess(t, address), startProcess(t, address, "AWS_XRAY_SDK_DISABLED=true")} {
		l.answersQuietly()
	}
}

// answersQuietly invokes the function with all sorts of tracing headers, and holds that it logs nothing of it.
func (l *process) answersQuietly() {
	t := l.t
	// The second segment meets the refusal of the first: a datagram's fate shows at the next.
	for _, trace := range []string{sampled, sampled, sampled, strings.Replace(sampled, "Sampled=1", "Sampled=0", 1), "", "nonsense"} {
		if answer := l.invoke(trace); !strings.HasPrefix(answer, `response {`) || !strings.Contains(answer, `"lineage":"ec-mqagt-dev-asg"`) {
			t.Errorf("with the trace header %q it answered %s", trace, answer)
		}
	}
	denied := map[string]any{"status": 403, "code": "AccessDenied"}
	if answer := l.invoke(sampled, denied); !strings.HasPrefix(answer, "error {") || !strings.Contains(answer, string(fault.Unavailable)) {
		t.Errorf("when AWS refuses it answered %s", answer)
	}
	l.end()
	for line := range strings.Lines(l.log.String()) {
		if !strings.Contains(line, `"_aws"`) && !strings.Contains(line, `"errorType"`) { // metrics, and what Lambda's library logs
			t.Errorf("it logged: %s", line)
		}
	}
}

// segment is what a daemon gets, as far as these tests look.
type segment struct {
	TraceID     string `json:"trace_id"`
	ID          string
	ParentID    string `json:"parent_id"`
	Type        string
	Name        string
	Namespace   string
	Annotations map[string]string
	Metadata    map[string]map[string]string
	AWS         map[string]any
	Error       bool
	Fault       bool
	Throttle    bool
	Cause       struct {
		Exceptions []struct{ Type, Message string }
	}
	Subsegments []segment
}

// daemon receives segments.
func daemon(t *testing.T) (address string, next func() segment) {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	return socket.LocalAddr().String(), func() segment {
		t.Helper()
		datagram := make([]byte, 1<<16)
		n, _, err := socket.ReadFrom(datagram)
		if err != nil {
			t.Fatal(err)
		}
		header, document, _ := bytes.Cut(datagram[:n], []byte("\n"))
		if !json.Valid(header) || !bytes.Contains(header, []byte(`"version": 1`)) {
			t.Fatalf("the daemon's header: %s", header)
		}
		var s segment
		if err := json.Unmarshal(document, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func TestStageOfADeployment(t *testing.T) {
	address, next := daemon(t)
	l := startProcess(t, address)
	l.invoke(strings.Replace(sampled, "Sampled=1", "Sampled=0", 1)) // sends nothing, or the next one would not be the first
	l.invoke(sampled)
	stage := next()
	if stage.TraceID != "1-5759e988-bd862e3fe1be46a994272793" || stage.ParentID != "53995c3f42cd8ad8" || stage.Type != "subsegment" || stage.Name != "WaitHealthy" {
		t.Errorf("the stage's place: %+v", stage)
	}
	want := map[string]string{"project": "ec", "deployment": "e1", "lineage": "ec-mqagt-dev-asg", "stage": "WaitHealthy"}
	if !maps.Equal(stage.Annotations, want) {
		t.Errorf("annotations %v, want %v", stage.Annotations, want)
	}
	if said := stage.Metadata["default"]; said["verdict"] != "pending" || !strings.Contains(said["message"], "1 of 4") {
		t.Errorf("metadata: %v", said)
	}
	if len(stage.Subsegments) != 1 {
		t.Fatalf("AWS calls: %+v", stage.Subsegments)
	}
	call := stage.Subsegments[0]
	if call.Name != "STS" || call.Namespace != "aws" || call.AWS["operation"] != "GetCallerIdentity" || call.Error || call.Fault || stage.Fault {
		t.Errorf("the AWS call: %+v", call)
	}
}

// A function that an event starts has no stage of a deployment; its trace names the execution that the event tells of.
func TestWorkOnAnEvent(t *testing.T) {
	address, next := daemon(t)
	l := startProcess(t, address, "STARTED_BY=event")
	if answer := l.invoke(sampled); answer != "response null" {
		t.Errorf("it answered %s", answer)
	}
	work := next()
	want := map[string]string{"project": "ec", "deployment": "e1", "lineage": "ec-mqagt-dev-asg", "stage": "StatusChange"}
	if !maps.Equal(work.Annotations, want) || work.Name != "StatusChange" || len(work.Subsegments) != 1 || work.Subsegments[0].AWS["operation"] != "GetCallerIdentity" {
		t.Errorf("the work on an event: %+v", work)
	}
}

// What went wrong is marked as X-Ray's own words have it: an error is the caller's, a fault AWS's.
func TestWhatWentWrong(t *testing.T) {
	throttled := map[string]any{"status": 400, "code": "Throttling"}
	denied := map[string]any{"status": 403, "code": "AccessDenied"}
	broken := map[string]any{"status": 500, "code": "InternalFailure"}
	tests := []struct {
		what                 string
		refuse               []map[string]any
		call, stage, because string
		retries              any
	}{
		{"throttled, then well", []map[string]any{throttled, throttled}, "throttle", "", "", 2.0},
		{"broken, then well", []map[string]any{broken}, "", "", "", 1.0},
		{"denied", []map[string]any{denied}, "error", "fault", "AccessDenied", nil},
		{"throttled to the end", []map[string]any{throttled, throttled, throttled}, "error throttle", "fault", "Throttling", 2.0},
		{"broken to the end", []map[string]any{broken, broken, broken}, "fault", "fault", "InternalFailure", 2.0},
	}
	address, next := daemon(t)
	l := startProcess(t, address)
	for _, test := range tests {
		l.invoke(sampled, test.refuse...)
		stage := next()
		call := stage.Subsegments[0]
		if marks(call) != test.call || marks(stage) != test.stage || call.AWS["retries"] != test.retries {
			t.Errorf("%s: the call is marked %q after %v retries, the stage %q", test.what, marks(call), call.AWS["retries"], marks(stage))
		}
		if test.because != "" && (call.Cause.Exceptions[0].Type != test.because || stage.Cause.Exceptions[0].Type != string(fault.Unavailable)) {
			t.Errorf("%s: because of %+v and %+v", test.what, call.Cause, stage.Cause)
		}
		if stage.Annotations["project"] != "ec" || stage.Annotations["lineage"] != "ec-mqagt-dev-asg" {
			t.Errorf("%s: annotations %v", test.what, stage.Annotations)
		}
	}
}

func marks(s segment) string {
	set := map[string]bool{"error": s.Error, "fault": s.Fault, "throttle": s.Throttle}
	return strings.Join(slices.DeleteFunc([]string{"error", "fault", "throttle"}, func(mark string) bool { return !set[mark] }), " ")
}
