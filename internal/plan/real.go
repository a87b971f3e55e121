package plan

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
	"bluegreen/internal/survey"
)

// Real plans what a request asks for of the fleet that stands now, as the state machine would begin with it. A request that would be
// Rejected has a plan too, which says why.
func Real(ctx context.Context, cfg aws.Config, o survey.Options, input json.RawMessage, now time.Time) (deploy.Plan, error) {
	o.Everything = true
	found, err := survey.New(cfg, o).Look(ctx, deploy.Call{Entered: now, Execution: deploy.Execution{Input: input}})
	if err != nil {
		if refused, ok := Refused(err); ok {
			return refused, nil
		}
		return deploy.Plan{}, fmt.Errorf("plan: %w", err)
	}
	if found.Request.Action == deploy.ActionRecover {
		return deploy.Plan{}, fmt.Errorf("plan: $.action is %q: only %q and %q can be planned", found.Request.Action, deploy.ActionDeploy, deploy.ActionRollback)
	}
	p, err := New(cfg).Of(ctx, found)
	if err != nil {
		return p, fmt.Errorf("plan: %w", err)
	}
	return p, nil
}
