package rehearsal

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/cockroachdb/datadriven"

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
	role := aws.String("arn:aws:iam::" + s.r.AWS.Account.ID + ":role/graceful-shutdown")
	name := strings.TrimSuffix(deploys, "BlueGreen") + "GracefulShutdown"
	created, err := s.r.machines.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: &name, Definition: &definition, RoleArn: role})
	if err != nil {
		return "", err
	}
	s.drainMachine = *created.StateMachineArn
	events := eventbridge.NewFromConfig(s.r.config)
	pattern := fmt.Sprintf(`{"source": ["aws.autoscaling"], "detail-type": ["EC2 Instance-terminate Lifecycle Action"],
		"detail": {"AutoScalingGroupName": [%q, {"prefix": %q}]}}`, s.r.World.GroupName, s.r.World.GroupName+"-v")
	if _, err := events.PutRule(ctx, &eventbridge.PutRuleInput{Name: &name, EventPattern: &pattern}); err != nil {
		return "", err
	}
	out, err := events.PutTargets(ctx, &eventbridge.PutTargetsInput{
		Rule: &name, Targets: []eventtypes.Target{{Id: aws.String("drain"), Arn: created.StateMachineArn, RoleArn: role}},
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d targets failed\n", out.FailedEntryCount), nil
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
