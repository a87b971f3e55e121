package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/cockroachdb/datadriven"

	"bluegreen/statemachine"
)

// statusChange puts the rule there that looks after executions which do not succeed, of the machines that stand:
// recover=start (the default) or tell. It is not there from the start: in most scenarios a person recovers.
func (s *Script) statusChange(ctx context.Context, d *datadriven.TestData) (string, error) {
	machines := s.r.World.Machines()
	if s.drainMachine != "" {
		machines = append(machines, s.drainMachine)
	}
	return "", s.r.StatusChange(ctx, argument(d, "recover", "start"), machines...)
}

// lookForLocks starts the function that status-change has put there as the schedule does.
func (s *Script) lookForLocks(ctx context.Context, _ *datadriven.TestData) (string, error) {
	payload := fmt.Appendf(nil, `{"detail": {"look": %q}}`, s.r.Clock.Now().UTC().Format(time.RFC3339))
	result, err := s.r.AWS.Functions.Invoke(ctx, s.r.FunctionName(statemachine.StatusChange.State), payload)
	if err == nil && result.FunctionError != "" {
		err = fmt.Errorf("%s: %s", result.FunctionError, result.Payload)
	}
	return "", err
}
