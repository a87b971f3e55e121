package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/deploy"
)

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
	pages := sfn.NewListExecutionsPaginator(s.r.Machines, &sfn.ListExecutionsInput{StateMachineArn: &s.drainMachine})
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
			described, err := s.r.Machines.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: execution.ExecutionArn})
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
