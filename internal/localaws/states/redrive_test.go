package states_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	locallambda "bluegreen/internal/localaws/lambda"
)

func TestRedriveGoesOnAtTheFailedState(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		calls := 0
		w.define("f", func(context.Context, locallambda.Invocation, []byte) ([]byte, *locallambda.Failure) {
			if calls++; calls == 1 {
				return nil, &locallambda.Failure{ErrorType: "E", ErrorMessage: "first time"}
			}
			return []byte(`"second time"`), nil
		})
		execution := w.run(w.create("m", fmt.Sprintf(task, "f")), "{}")
		redrive := func(token string) (*sfn.RedriveExecutionOutput, error) {
			return w.client.RedriveExecution(ctx, &sfn.RedriveExecutionInput{ExecutionArn: &execution, ClientToken: &token})
		}
		w.sleep(time.Minute)
		if end := w.describe(execution); end.Status != types.ExecutionStatusFailed || end.RedriveStatus != types.ExecutionRedriveStatusRedrivable {
			t.Fatalf("%+v", end)
		}
		first, err := redrive("a")
		if err != nil {
			t.Fatal(err)
		}
		w.sleep(time.Minute)
		end := w.describe(execution)
		if end.Status != types.ExecutionStatusSucceeded || *end.Output != `"second time"` || *end.RedriveCount != 1 || !end.RedriveDate.Equal(*first.RedriveDate) {
			t.Errorf("%+v", end)
		}
		if again, err := redrive("a"); err != nil || !again.RedriveDate.Equal(*first.RedriveDate) {
			t.Errorf("the same token: %+v, %v", again, err)
		}
		_, err = redrive("b")
		refused(t, err, "ExecutionNotRedrivable: Execution is SUCCEEDED and cannot be redriven")
	})
}

func TestRedrivablePeriod(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		execution := w.run(w.create("m", `{"StartAt":"No","States":{"No":{"Type":"Fail"}}}`), "{}")
		w.sleep(14*24*time.Hour + time.Minute)
		_, err := w.client.RedriveExecution(ctx, &sfn.RedriveExecutionInput{ExecutionArn: &execution, ClientToken: aws.String("t")})
		refused(t, err, "ExecutionNotRedrivable: Execution redrivable period exceeded")
	})
}
