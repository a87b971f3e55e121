package fleetrehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleetreader"
	"bluegreen/internal/survey"
)

// Preflight is what the state machine's first state says of the real fleet. It sees what the model leaves out.
type Preflight struct {
	Passes   bool       `json:"passes"`
	Error    fault.Name `json:"error,omitempty"` // with which the execution would end Rejected
	What     string     `json:"what"`
	Warnings []string   `json:"warnings,omitempty"`
}

// RunPreflight surveys the real fleet as DescribeBlue does: it only reads. guardrails is the file with the operators' policy, empty
// where there is none.
func RunPreflight(ctx context.Context, cfg aws.Config, s fleetreader.Survey, input json.RawMessage, guardrails string) (Preflight, error) {
	found, err := survey.New(cfg, survey.Unsaid(s.LedgerTable, guardrails)).Look(ctx, deploy.Call{Entered: clock.NewScaled(1).Now(), Execution: deploy.Execution{Input: input}})
	if err == nil {
		err = found.Err()
	}
	var refused *fault.Error
	switch {
	case errors.As(err, &refused):
		return Preflight{Error: refused.Name, What: refused.Message}, nil
	case err != nil:
		return Preflight{}, fmt.Errorf("preflight: %w", err)
	}
	return Preflight{Passes: true, What: found.String(), Warnings: found.Deployment.Warnings}, nil
}

func (p Preflight) print(out io.Writer) {
	if p.Passes {
		wrap(out, "preflight", "passes: "+p.What)
	} else {
		wrap(out, "preflight", fmt.Sprintf("%s (%s): %s", deploy.EndRejected, p.Error, p.What))
		wrap(out, "", "The rehearsals take that for mended.")
	}
	for _, warning := range p.Warnings {
		wrap(out, "warning", warning)
	}
}
