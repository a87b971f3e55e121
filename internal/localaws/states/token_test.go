package states_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/clock"
	locallambda "bluegreen/internal/localaws/lambda"
)

// ask publishes a question with a task token and waits for the answer.
const ask = `{"StartAt":"Ask","States":{"Ask":{"Type":"Task","Resource":"arn:aws:states:::sns:publish.waitForTaskToken",` +
	`"Parameters":{"TopicArn":"%s","Message":{"token.$":"$$.Task.Token"}},"TimeoutSeconds":3600,"HeartbeatSeconds":600,"End":true}}}`

func TestATaskTokenGoesAroundTheWorld(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		topic, err := sns.NewFromConfig(w.config).CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("people")})
		if err != nil {
			t.Fatal(err)
		}
		machine := w.create("m", fmt.Sprintf(ask, *topic.TopicArn))
		question := func() (execution, token string) {
			execution = w.run(machine, "{}")
			w.sleep(time.Second)
			w.account.Lock()
			defer w.account.Unlock()
			messages := w.topics.Messages(*topic.TopicArn)
			var message struct{ Token string }
			if len(messages) == 0 || json.Unmarshal([]byte(messages[len(messages)-1].Body), &message) != nil || message.Token == "" {
				t.Fatalf("messages %+v", messages)
			}
			return execution, message.Token
		}
		approved, token := question()
		w.sleep(9 * time.Minute)
		if _, err := w.client.SendTaskHeartbeat(ctx, &sfn.SendTaskHeartbeatInput{TaskToken: &token}); err != nil {
			t.Error(err)
		}
		w.sleep(9 * time.Minute)
		if _, err := w.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(`{"ok":true}`)}); err != nil {
			t.Error(err)
		}
		w.sleep(time.Second)
		if end := w.describe(approved); end.Status != types.ExecutionStatusSucceeded || *end.Output != `{"ok":true}` {
			t.Errorf("approved: %+v", end)
		}
		_, err = w.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(`1`)})
		refused(t, err, "TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'")

		rejected, token := question()
		if _, err := w.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: &token, Error: aws.String("No"), Cause: aws.String("not today")}); err != nil {
			t.Error(err)
		}
		w.sleep(time.Second)
		if end := w.describe(rejected); end.Status != types.ExecutionStatusFailed || *end.Error != "No" || *end.Cause != "not today" {
			t.Errorf("rejected: %+v", end)
		}
		silent, _ := question()
		w.sleep(20 * time.Minute)
		if end := w.describe(silent); end.Status != types.ExecutionStatusFailed || *end.Error != "States.Timeout" {
			t.Errorf("silent: %+v", end)
		}
		_, err = w.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: aws.String("guessed"), Output: aws.String("1")})
		refused(t, err, "InvalidToken: Invalid Token: 'Invalid token'")
	})
}

func TestPublishToNobody(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		execution := w.run(w.create("m", fmt.Sprintf(ask, "arn:aws:sns:ap-northeast-1:000000000000:nobody")), "{}")
		w.sleep(time.Minute)
		if end := w.describe(execution); end.Status != types.ExecutionStatusFailed || *end.Error != "SNS.NotFoundException" {
			t.Errorf("%s %s", aws.ToString(end.Error), aws.ToString(end.Cause))
		}
	})
}

// On the scaled clock executions really are concurrent.
func TestExecutionsOnTheScaledClock(t *testing.T) {
	w := newWorld(t, clock.NewScaled(200))
	w.define("f", func(_ context.Context, inv locallambda.Invocation, payload []byte) ([]byte, *locallambda.Failure) {
		return payload, nil
	})
	machine := w.create("m", fmt.Sprintf(task, "f"))
	var executions []string
	for i := range 20 {
		executions = append(executions, w.run(machine, fmt.Sprint(i)))
	}
	for i, execution := range executions {
		for w.describe(execution).Status == types.ExecutionStatusRunning {
			w.sleep(time.Second)
		}
		if end := w.describe(execution); end.Status != types.ExecutionStatusSucceeded || *end.Output != fmt.Sprint(i) {
			t.Errorf("%+v", end)
		}
	}
}

// What is too long is refused before anything ends: as much as an event holds is taken.
func TestTexts(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		topic, err := sns.NewFromConfig(w.config).CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("people")})
		if err != nil {
			t.Fatal(err)
		}
		execution := w.run(w.create("m", fmt.Sprintf(ask, *topic.TopicArn)), "{}")
		w.sleep(time.Second)
		w.account.Lock()
		messages := w.topics.Messages(*topic.TopicArn)
		w.account.Unlock()
		var message struct{ Token string }
		if err := json.Unmarshal([]byte(messages[len(messages)-1].Body), &message); err != nil {
			t.Fatal(err)
		}
		long := func(what string, n int) *string { return aws.String(strings.Repeat(what, n)) }
		refusedAt := func(err error, member string, most int) {
			t.Helper()
			refused(t, err, fmt.Sprintf("ValidationException: 1 validation error detected: Value at '%s' failed to satisfy constraint: "+
				"Member must have length less than or equal to %d", member, most))
		}
		_, err = w.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &message.Token, Output: aws.String(`"` + strings.Repeat("é", 131_071) + `x"`)})
		refusedAt(err, "output", 262_144)
		_, err = w.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: &message.Token, Error: long("é", 257)})
		refusedAt(err, "error", 256)
		_, err = w.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: &message.Token, Cause: long("é", 32_769)})
		refusedAt(err, "cause", 32_768)
		_, err = w.client.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: &execution, Error: long("x", 257)})
		refusedAt(err, "error", 256)
		_, err = w.client.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: &execution, Cause: long("x", 32_769)})
		refusedAt(err, "cause", 32_768)
		if end := w.describe(execution); end.Status != types.ExecutionStatusRunning {
			t.Errorf("it is %s: %s", end.Status, aws.ToString(end.Error))
		}
		_, err = w.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: &message.Token, Error: long("é", 256), Cause: long("é", 32_768)})
		w.sleep(time.Second)
		if end := w.describe(execution); err != nil || aws.ToString(end.Cause) != *long("é", 32_768) {
			t.Errorf("%v, %s: %.20s", err, end.Status, aws.ToString(end.Cause))
		}
	})
}
