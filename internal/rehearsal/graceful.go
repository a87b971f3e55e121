package rehearsal

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws/world"
	"bluegreen/statemachine"
)

// GracefulShutdown puts the machine that drains at every scale-in into the account, and the rule that starts it for the
// fleet and every copy to come. It returns the machine's ARN.
func (r *Rehearsal) GracefulShutdown(ctx context.Context) (string, error) {
	deploys := shortName(r.World.MachineARN)
	definition, err := statemachine.GracefulShutdown(func(f statemachine.Function) string {
		return r.AWS.Account.ARN("lambda", "function:"+functionName(deploys, f.State))
	})
	if err != nil {
		return "", err
	}
	return world.Seeder{Config: r.config, Clock: r.clock}.GracefulShutdown(ctx, r.World, shortName(r.shutdownMachine()), definition)
}

// shutdownMachine is the ARN of the machine that drains.
func (r *Rehearsal) shutdownMachine() string {
	return strings.TrimSuffix(r.World.MachineARN, "BlueGreen") + "GracefulShutdown"
}

// gracefulShutdown is GracefulShutdown for a scenario.
func (s *Script) gracefulShutdown(ctx context.Context, _ *datadriven.TestData) (_ string, err error) {
	s.drainMachine, err = s.r.GracefulShutdown(ctx)
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
