package states_test

import (
	"context"
	"encoding/json"
	"fmt"
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
