package deployer

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/machine"
	"bluegreen/infra/trust"
	"bluegreen/lambdas/statuschange"
)

// drainAtScaleIn starts the machine that drains for every instance that a terminating hook holds, in every group of the
// lineages: the patterns match greens that are still to come. Whatever scales a fleet in, no instance dies undrained.
func (b build) drainAtScaleIn(drains stateMachine, undelivered awssqs.IQueue) {
	var names []any
	for _, fleet := range b.settings.Fleets {
		names = append(names, map[string]any{"prefix": strings.TrimSuffix(fleet, "*")})
	}
	rule := b.rule("DrainAtScaleIn", "Drains what a terminating lifecycle hook holds", &awsevents.EventPattern{
		Source:     jsii.Strings("aws.autoscaling"),
		DetailType: jsii.Strings("EC2 Instance-terminate Lifecycle Action"),
		Detail:     &map[string]any{"AutoScalingGroupName": names},
	})
	own := b.stack.FormatArn(&awscdk.ArnComponents{ // of the rule, by its name: by itself it would need the role first
		Service: jsii.String("events"), Resource: jsii.String("rule"), ResourceName: jsii.String(b.settings.Name("DrainAtScaleIn")),
	})
	role := b.role("DrainAtScaleInRole", trust.Service("events.amazonaws.com", own), "Starts "+drains.name, document(machine.Start(b.stack, drains.name)))
	live := awsstepfunctions.StateMachine_FromStateMachineArn(b.stack, jsii.String("DrainsLive"), drains.alias.AttrArn())
	rule.AddTarget(awseventstargets.NewSfnStateMachine(live, &awseventstargets.SfnStateMachineProps{
		// CDK would allow to start the alias's ARN, which Step Functions does not ask for.
		Role:            role.WithoutPolicyUpdates(nil),
		DeadLetterQueue: undelivered,
		// The longest that one heartbeat of a hook can hold an instance: later there is nobody left to drain.
		MaxEventAge: awscdk.Duration_Hours(jsii.Number(2)),
	}))
}

// lookAfter starts the function that looks after executions of the machines which end and do not succeed.
func (b build) lookAfter(machines []stateMachine, function awslambda.Function, undelivered awssqs.IQueue) {
	var arns []any
	for _, m := range machines {
		arns = append(arns, m.arn)
	}
	rule := b.rule("ExecutionsThatFail", "Looks after executions that end and do not succeed", &awsevents.EventPattern{
		Source:     jsii.Strings("aws.states"),
		DetailType: jsii.Strings("Step Functions Execution Status Change"),
		Detail:     &map[string]any{"status": []any{"FAILED", "TIMED_OUT", "ABORTED"}, "stateMachineArn": arns},
	})
	// EventBridge goes on trying for a day, and Lambda after it for six hours; there is an alarm for either giving up.
	rule.AddTarget(awseventstargets.NewLambdaFunction(function, &awseventstargets.LambdaFunctionProps{DeadLetterQueue: undelivered}))
}

// lookForLocks has the same function look, time and again, for locks that executions left whose events were lost: Step
// Functions delivers them as best it can. The function is given the time that the look was due.
func (b build) lookForLocks(function awslambda.Function, undelivered awssqs.IQueue) {
	rule := awsevents.NewRule(b.stack, jsii.String("LookForLocks"), &awsevents.RuleProps{
		RuleName:    jsii.String(b.settings.Name("LookForLocks")),
		Description: jsii.String("Looks for locks that executions left which have ended"),
		Schedule:    awsevents.Schedule_Rate(awscdk.Duration_Seconds(jsii.Number(statuschange.LookEvery.Seconds()))),
	})
	rule.AddTarget(awseventstargets.NewLambdaFunction(function, &awseventstargets.LambdaFunctionProps{
		DeadLetterQueue: undelivered,
		Event: awsevents.RuleTargetInput_FromObject(map[string]any{
			"detail": map[string]any{"look": awsevents.EventField_FromPath(jsii.String("$.time"))},
		}),
	}))
}

func (b build) rule(id, description string, pattern *awsevents.EventPattern) awsevents.Rule {
	return awsevents.NewRule(b.stack, jsii.String(id), &awsevents.RuleProps{
		RuleName:     jsii.String(b.settings.Name(id)),
		Description:  jsii.String(description),
		EventPattern: pattern,
	})
}
