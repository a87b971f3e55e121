package announce_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/announce"
	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
)

// A mistake of ours in what is told costs the message and not the deployment. What is told otherwise, and what keeps it
// from being told, scenarios show (internal/rehearsal/scenario/testdata/told*.txt).
func TestMistakesInTellingAreLogged(t *testing.T) {
	var log bytes.Buffer
	env := lambdaentry.Environment{Log: &log, Clock: clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))}
	done := deploy.Document{Progress: &deploy.Loop{State: "CreateGreen", Verdict: deploy.Done}} // and no deployment
	announced := announce.ToPeople(aws.Config{}, env, func(context.Context, deploy.Call) (deploy.Document, error) { return done, nil })
	document, err := announced(context.Background(), deploy.Call{State: "CreateGreen", Execution: deploy.Execution{ID: "arn:e", Name: "e"}})
	if err != nil || document.Progress != done.Progress {
		t.Errorf("the work came to %+v, %v", document, err)
	}
	if !strings.Contains(log.String(), "not told: panic") || !strings.Contains(log.String(), "internal/notice") {
		t.Errorf("it logged %q", log.String())
	}
}
