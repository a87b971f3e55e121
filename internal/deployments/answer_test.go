package deployments_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/deployments"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// What a person says reaches the deployment, and what does not count says why.
func TestAnswer(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		arn := must[string](t)(r.Start(ctx, "asked", `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "approval": {"timeout_seconds": 600}}`))
		if err := r.AwaitState(ctx, arn, "WaitHealthy", deploy.Asking, time.Hour); err != nil {
			t.Error(err)
			return
		}
		if _, err := reader.Answer(ctx, deploy.Answer{Execution: arn, Verb: deploy.Approve, By: "ann"}); err == nil || !strings.Contains(err.Error(), "there is no function ec-mqagt-dev-Answer in ") {
			t.Errorf("a deployer without the function: %v", err)
		}
		if err := r.Answers(); err != nil {
			t.Error(err)
			return
		}
		answered, err := reader.Answer(ctx, deploy.Answer{Execution: arn, Verb: deploy.Approve, By: "ann"})
		if err != nil || answered.Execution != arn || !strings.HasPrefix(answered.What, "approved: ") {
			t.Errorf("%+v, %v", answered, err)
		}
		if _, err := reader.Answer(ctx, deploy.Answer{Execution: arn, Verb: deploy.Approve, By: "bob", Reason: "me too"}); err == nil || !strings.HasPrefix(err.Error(), "it was approved already, by ann, ") {
			t.Errorf("a second one: %v", err)
		}
		if answered, err = reader.Answer(ctx, deploy.Answer{Execution: arn, Verb: deploy.Abort, By: "bob", Reason: "no"}); err != nil || !strings.HasPrefix(answered.What, "aborted: ") {
			t.Errorf("%+v, %v", answered, err)
		}
	})
}
