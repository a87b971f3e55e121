package observe

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	locallambda "bluegreen/internal/localaws/lambda"
	localsns "bluegreen/internal/localaws/sns"
	localstates "bluegreen/internal/localaws/states"
	"bluegreen/internal/localaws/wire"
)

func entered(name string) sfntypes.HistoryEvent {
	return sfntypes.HistoryEvent{Type: sfntypes.HistoryEventTypeTaskStateEntered, StateEnteredEventDetails: &sfntypes.StateEnteredEventDetails{Name: &name}}
}

func exited(name, output string) sfntypes.HistoryEvent {
	return sfntypes.HistoryEvent{Type: sfntypes.HistoryEventTypeTaskStateExited, StateExitedEventDetails: &sfntypes.StateExitedEventDetails{Name: &name, Output: &output}}
}

func failure(name, cause string) sfntypes.HistoryEvent {
	return sfntypes.HistoryEvent{Type: sfntypes.HistoryEventTypeTaskFailed, TaskFailedEventDetails: &sfntypes.TaskFailedEventDetails{Error: &name, Cause: &cause}}
}

// Each stage is told in its own sentence, however fast it passes; each failure where it happens, with its reason.
func TestEachStageIsTold(t *testing.T) {
	const wrong = `{"errorMessage": "instances of green are not healthy", "errorType": "BlueGreen.GreenUnhealthy"}`
	events := []sfntypes.HistoryEvent{
		{Type: sfntypes.HistoryEventTypeExecutionStarted},
		entered("DescribeBlue"), exited("DescribeBlue", `{"progress": {"state": "DescribeBlue", "message": "blue serves"}}`),
		entered("Claim"), exited("Claim", `{"progress": {"state": "Claim", "message": "blue is ours"}}`),
		entered("WaitHealthy"), exited("WaitHealthy", `{"progress": {"state": "WaitHealthy", "message": "2 of 4"}}`),
		entered("WaitHealthy"), exited("WaitHealthy", `{"progress": {"state": "WaitHealthy", "message": "2 of 4"}}`),
		entered("WaitHealthy"), failure("BlueGreen.GreenUnhealthy", wrong),
		exited("WaitHealthy", `{"progress": {"state": "WaitHealthy", "message": "2 of 4"}}`), // what it came with
		entered("RestoreBlue"), failure("States.Timeout", ""), {Type: sfntypes.HistoryEventTypeTaskSucceeded}, // when it was tried again
		exited("RestoreBlue", `{"progress": {"state": "Claim", "message": "another's"}}`),
		entered("RestoreTraffic"), failure("States.Timeout", ""), failure("States.Timeout", ""),
		failure("BlueGreen.AccessDenied", "not allowed (AccessDenied, request 29f2b3db-8eec)"), failure("BlueGreen.AccessDenied", "not allowed (AccessDenied, request 49a3d798-9801)"),
		{Type: sfntypes.HistoryEventTypeExecutionFailed, ExecutionFailedEventDetails: &sfntypes.ExecutionFailedEventDetails{
			Error: aws.String("BlueGreen.GreenUnhealthy"), Cause: aws.String(`{"end": "RolledBack"}`)}},
		{Type: sfntypes.HistoryEventTypeExecutionRedriven},
		{Type: sfntypes.HistoryEventTypeExecutionAborted, ExecutionAbortedEventDetails: &sfntypes.ExecutionAbortedEventDetails{Cause: aws.String("by hand")}},
		{Type: sfntypes.HistoryEventTypeSucceedStateEntered, StateEnteredEventDetails: &sfntypes.StateEnteredEventDetails{Name: aws.String("Succeeded")}},
		{Type: sfntypes.HistoryEventTypeExecutionSucceeded},
	}
	var c Course
	var got []string
	for _, said := range c.take(events) {
		got = append(got, said.Text)
	}
	want := []string{
		"started", "DescribeBlue: blue serves", "Claim: blue is ours", "WaitHealthy: 2 of 4",
		"WaitHealthy failed: BlueGreen.GreenUnhealthy: instances of green are not healthy", "RestoreBlue failed: States.Timeout", "RestoreBlue",
		"RestoreTraffic failed: States.Timeout", "RestoreTraffic failed: BlueGreen.AccessDenied: not allowed (AccessDenied, request 29f2b3db-8eec)", "ended RolledBack (BlueGreen.GreenUnhealthy)", "redriven",
		"ended ABORTED in RestoreTraffic: by hand", "ended Succeeded",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A history is read to its beginning the first time, however long it is, and from where it was left the next.
func TestNoEventIsLost(t *testing.T) {
	c := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer c.Close()
	a := account.New("000000000000", "ap-northeast-1", c, 1)
	endpoint := wire.NewEndpoint(a, wire.DefaultSettings(), nil)
	functions, topics := locallambda.New(a, locallambda.DefaultSettings()), localsns.New(a, localsns.DefaultSettings())
	endpoint.Add(localstates.New(a, functions, topics, localstates.DefaultSettings()).Service())
	c.Run(func() {
		ctx, client := context.Background(), sfn.NewFromConfig(endpoint.Config(wire.Caller{}))
		made, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
			Name: aws.String("loop"), RoleArn: aws.String("arn:aws:iam::000000000000:role/machine"), Definition: aws.String(`{"StartAt": "Wait", "States": {
				"Wait": {"Type": "Wait", "Seconds": 10, "Next": "Again"}, "Again": {"Type": "Choice", "Choices": [{"Variable": "$.never", "IsPresent": true, "Next": "Done"}], "Default": "Wait"},
				"Done": {"Type": "Succeed"}}}`)})
		if err != nil {
			t.Error(err)
			return
		}
		started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: made.StateMachineArn})
		if err != nil {
			t.Error(err)
			return
		}
		var ids []int64
		var last int64
		for _, pause := range []time.Duration{time.Hour, 0, 15 * time.Second, time.Minute} {
			_ = c.Sleep(ctx, pause)
			events, err := after(ctx, client, *started.ExecutionArn, last)
			if err != nil {
				t.Error(err)
			}
			for _, event := range events {
				ids, last = append(ids, event.Id), event.Id
			}
		}
		for n, id := range ids {
			if id != int64(n+1) {
				t.Errorf("event %d comes after %d others", id, n)
				break
			}
		}
		if len(ids) < 1000 {
			t.Errorf("%d events are too few to need several pages", len(ids))
		}
	})
}

// lines is an Output that keeps what is shown.
type lines struct{ all []string }

func (l *lines) Line(format string, args ...any) { l.all = append(l.all, args[0].(string)) }
func (l *lines) Show(string)                     {}

// Lines fit a terminal, hours are hours, and a mail is shown whole.
func TestLinesFitATerminal(t *testing.T) {
	c := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer c.Close()
	var out lines
	changes := Changes{Out: &out, Clock: c, Since: c.Now().Add(-(2*time.Hour + 3*time.Minute + 4*time.Second))}
	changes.Say("word " + strings.Repeat("word ", 30))
	changes.Mail([]string{"mail to me: it is done\nAll is well.\n\nproject  ec\n\n--\nunsubscribe"})
	changes.Mail([]string{"mail to me: it is done\nAll is well.\n"})
	for _, line := range out.all {
		if len(line) > 80 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
	got := strings.Join(out.all[len(out.all)-4:], "\n")
	if want := "2:03:04  mail to me: it is done\n         All is well.\n\n         project  ec"; got != want {
		t.Errorf("the mail is shown as\n%s\nwant\n%s", got, want)
	}
	if !strings.HasPrefix(out.all[0], "2:03:04  word") || !strings.HasPrefix(out.all[1], "           word") {
		t.Errorf("the sentence is shown as %q", out.all[:2])
	}
}
