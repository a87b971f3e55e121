package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/deploy"
	"bluegreen/internal/plan"
	"bluegreen/internal/survey"
)

// planned shows the plan that an execution has put out, or that of the request below, as the command line shows it.
func (s *Script) planned(ctx context.Context, d *datadriven.TestData) (string, error) {
	var b strings.Builder
	if d.Input != "" {
		p, err := plan.Real(ctx, s.r.Config, survey.Unsaid(s.r.World.LedgerTable, s.r.Guardrails), json.RawMessage(s.standIns().Replace(d.Input)), s.r.Clock.Now())
		if err != nil {
			return "", err
		}
		plan.Print(&b, p)
		return s.plain(b.String()), nil
	}
	out, err := s.r.AwaitEnd(ctx, s.execution(d), longest)
	if err != nil {
		return "", err
	}
	var document deploy.Document
	if err := json.Unmarshal([]byte(aws.ToString(out.Output)), &document); err != nil {
		return "", err
	}
	if document.Report == nil || document.Report.Plan == nil {
		return "", errors.New("the execution has put out no plan")
	}
	plan.Print(&b, *document.Report.Plan)
	return s.plain(b.String()), nil
}
