package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/deploy"
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

// shutdowns counts the executions of the machine that drains, by status; with said, also by what they said last, and
// whether the promises are kept.
func (s *Script) shutdowns(ctx context.Context, d *datadriven.TestData) (string, error) {
	counts, said := make(map[string]int), make(map[string]int)
	pages := sfn.NewListExecutionsPaginator(s.r.machines, &sfn.ListExecutionsInput{StateMachineArn: &s.drainMachine})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, execution := range page.Executions {
			counts[string(execution.Status)]++
			if !flag(d, "said") {
				continue
			}
			described, err := s.r.machines.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: execution.ExecutionArn})
			if err != nil {
				return "", err
			}
			var document deploy.Document
			if err := json.Unmarshal([]byte(aws.ToString(described.Output)), &document); err == nil && document.Progress != nil {
				said[instanceID.ReplaceAllString(document.Progress.Message, "ID")]++
			}
		}
	}
	if len(counts) == 0 {
		return "no executions\n", nil
	}
	answer := orNone(counts) + "\n"
	for _, message := range slices.Sorted(maps.Keys(said)) {
		answer += fmt.Sprintf("%d: %s\n", said[message], message)
	}
	if flag(d, "said") {
		answer += s.promises()
	}
	return answer, nil
}
