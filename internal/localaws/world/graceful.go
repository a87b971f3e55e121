package world

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// GracefulShutdown puts a state machine into a seeded account, and the EventBridge rule of the same name that starts it
// for every instance that a terminating hook of the fleet, or of a copy of it that is still to come, holds. It returns
// the machine's ARN.
func (s Seeder) GracefulShutdown(ctx context.Context, w World, name, definition string) (string, error) {
	role := aws.String(w.role(name))
	created, err := sfn.NewFromConfig(s.Config).CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: &name, Definition: &definition, RoleArn: role, TracingConfiguration: &sfntypes.TracingConfiguration{Enabled: w.Traced},
	})
	if err != nil {
		return "", fmt.Errorf("seed the state machine %s: %w", name, err)
	}
	pattern, err := json.Marshal(map[string]any{
		"source":      []string{"aws.autoscaling"},
		"detail-type": []string{"EC2 Instance-terminate Lifecycle Action"},
		"detail":      map[string]any{"AutoScalingGroupName": []any{w.GroupName, map[string]string{"prefix": w.GroupName + "-v"}}},
	})
	if err != nil {
		return "", err
	}
	err = s.rule(ctx, name, string(pattern), eventtypes.Target{Id: aws.String("drain"), Arn: created.StateMachineArn, RoleArn: role})
	if err != nil {
		return "", err
	}
	return *created.StateMachineArn, nil
}

// StatusChange puts the rule of this name that has a function look after the executions of machines that end, and do not
// succeed.
func (s Seeder) StatusChange(ctx context.Context, name, functionARN string, machines ...string) error {
	pattern, err := json.Marshal(map[string]any{
		"source":      []string{"aws.states"},
		"detail-type": []string{"Step Functions Execution Status Change"},
		"detail":      map[string]any{"status": []string{"FAILED", "TIMED_OUT", "ABORTED"}, "stateMachineArn": machines},
	})
	if err != nil {
		return err
	}
	return s.rule(ctx, name, string(pattern), eventtypes.Target{Id: aws.String("status-change"), Arn: &functionARN})
}
