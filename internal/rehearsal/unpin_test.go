package rehearsal_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// A minimum that is pinned again however often it is restored is somebody's doing: a person is asked, and nothing goes
// round for ever.
func TestMinimumThatIsPinnedAgainAndAgain(t *testing.T) {
	idle := func(aws.Config, lambdaentry.Environment) lambdaentry.Handle {
		return func(_ context.Context, call deploy.Call) (deploy.Document, error) {
			document := call.Document
			document.Progress = &deploy.Loop{State: call.State, Verdict: deploy.Done, Since: call.Entered}
			return document, nil
		}
	}
	r, err := rehearsal.New(rehearsal.Options{
		Seed: 1, Plan: world.DefaultPlan(),
		Mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{"RestoreBlue": idle}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.AWS.Account.Lock()
	r.AWS.Compute.MarkImageSick(r.World.GreenImage)
	r.AWS.Account.Unlock()
	r.Run(func(ctx context.Context) {
		arn, err := r.Start(ctx, "pinned", minimal)
		if err != nil {
			t.Error(err)
			return
		}
		out, err := r.AwaitEnd(ctx, arn, 12*time.Hour)
		if err != nil {
			t.Error(err)
			return
		}
		end, report := rehearsal.EndState(out)
		if end != deploy.EndStranded || !strings.Contains(report.What, "the minimum of ec-mqagt-dev-asg is 4 again") {
			t.Errorf("it ended %s: %s", end, report.What)
		}
	})
}
