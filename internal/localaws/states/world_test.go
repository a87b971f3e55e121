package states_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	locallambda "bluegreen/internal/localaws/lambda"
	localsns "bluegreen/internal/localaws/sns"
	localstates "bluegreen/internal/localaws/states"
	"bluegreen/internal/localaws/wire"
)

var ctx = context.Background()

const role = "arn:aws:iam::000000000000:role/machine"

// world is Step Functions with Lambda and SNS behind one endpoint, on virtual time.
type world struct {
	*testing.T
	account   *account.Account
	functions *locallambda.Functions
	topics    *localsns.Topics
	machines  *localstates.Machines
	client    *sfn.Client
	config    aws.Config
	start     time.Time
}

// onVirtualTime runs f as the task of a fresh virtual clock.
func onVirtualTime(t *testing.T, f func(w *world)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	t.Cleanup(v.Close)
	w := newWorld(t, v)
	v.Run(func() { f(w) })
}

func newWorld(t *testing.T, c clock.Clock) *world {
	t.Helper()
	w := &world{T: t, account: account.New("000000000000", "ap-northeast-1", c, 1), start: c.Now()}
	endpoint := wire.NewEndpoint(w.account, wire.DefaultSettings(), nil)
	w.functions = locallambda.New(w.account, locallambda.DefaultSettings())
	w.topics = localsns.New(w.account, localsns.DefaultSettings())
	w.machines = localstates.New(w.account, w.functions, w.topics, localstates.DefaultSettings())
	for _, service := range []wire.Service{w.functions.Service(), w.topics.Service(), w.machines.Service()} {
		endpoint.Add(service)
	}
	w.functions.SetConnect(endpoint.Config)
	w.config = endpoint.Config(wire.Caller{})
	w.client = sfn.NewFromConfig(w.config, func(o *sfn.Options) { o.RetryMaxAttempts = 1 })
	return w
}

// create makes a state machine and returns its ARN.
func (w *world) create(name, definition string) string {
	w.Helper()
	out, err := w.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: &name, Definition: &definition, RoleArn: aws.String(role)})
	if err != nil {
		w.Fatal(err)
	}
	return *out.StateMachineArn
}

// run starts an execution and returns its ARN.
func (w *world) run(machine, input string) string {
	w.Helper()
	out, err := w.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Input: &input})
	if err != nil {
		w.Fatal(err)
	}
	return *out.ExecutionArn
}

func (w *world) sleep(d time.Duration) {
	if err := w.account.Clock.Sleep(ctx, d); err != nil {
		w.Fatal(err)
	}
}

func (w *world) describe(execution string) *sfn.DescribeExecutionOutput {
	w.Helper()
	out, err := w.client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
	if err != nil {
		w.Fatal(err)
	}
	return out
}

func (w *world) history(execution string) []types.HistoryEvent {
	w.Helper()
	var events []types.HistoryEvent
	pages := sfn.NewGetExecutionHistoryPaginator(w.client, &sfn.GetExecutionHistoryInput{ExecutionArn: &execution, MaxResults: 4})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			w.Fatal(err)
		}
		events = append(events, page.Events...)
	}
	return events
}

func typesOf(events []types.HistoryEvent) string {
	var names []string
	for _, event := range events {
		names = append(names, string(event.Type))
	}
	return strings.Join(names, " ")
}

func (w *world) define(name string, code locallambda.Code) {
	w.Helper()
	if err := w.functions.Define(locallambda.FunctionSpec{Name: name, Timeout: 10 * time.Second}, code); err != nil {
		w.Fatal(err)
	}
}

// answers returns code that always answers so.
func answers(response string) locallambda.Code {
	return func(context.Context, locallambda.Invocation, []byte) ([]byte, *locallambda.Failure) {
		return []byte(response), nil
	}
}

// refused asserts an API error's code and text.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Errorf("got %v, want %s", err, want)
		return
	}
	if got := api.ErrorCode() + ": " + api.ErrorMessage(); !strings.HasPrefix(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
