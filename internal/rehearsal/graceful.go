package rehearsal

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws/world"
	"bluegreen/statemachine"
)

// gracefulShutdown puts the machine that drains at every scale-in into the account, and the rule that starts it for the
// fleet and every copy to come.
func (s *Script) gracefulShutdown(ctx context.Context, _ *datadriven.TestData) (string, error) {
	deploys := s.machine()
	definition, err := statemachine.GracefulShutdown(func(f statemachine.Function) string {
		return s.r.AWS.Account.ARN("lambda", "function:"+functionName(deploys, f.State))
	})
	if err != nil {
		return "", err
	}
	name := strings.TrimSuffix(deploys, "BlueGreen") + "GracefulShutdown"
	s.drainMachine, err = world.Seeder{Config: s.r.config, Clock: s.r.clock}.GracefulShutdown(ctx, s.r.World, name, definition)
	return "", err
}

// loseEvents lets EventBridge lose every event from now on.
func (s *Script) loseEvents(context.Context, *datadriven.TestData) (string, error) {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	s.r.AWS.Events.Lose(func(string) bool { return true })
	return "", nil
}

// shutdowns counts the executions of the machine that drains, by status.
func (s *Script) shutdowns(ctx context.Context, _ *datadriven.TestData) (string, error) {
	counts := make(map[string]int)
	pages := sfn.NewListExecutionsPaginator(s.r.machines, &sfn.ListExecutionsInput{StateMachineArn: &s.drainMachine})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, execution := range page.Executions {
			counts[string(execution.Status)]++
		}
	}
	if len(counts) == 0 {
		return "no executions\n", nil
	}
	return orNone(counts) + "\n", nil
}
