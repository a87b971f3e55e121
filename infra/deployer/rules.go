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
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"bluegreen/infra/machine"
	"bluegreen/infra/trust"
)

// undelivered makes the queue for events that could not be delivered: an alarm says that there are some, and what is in
// it says which instance is held, or which execution nobody has looked after.
func (b build) undelivered() awssqs.Queue {
	queue := awssqs.NewQueue(b.stack, jsii.String("Undelivered"), &awssqs.QueueProps{
		QueueName:       jsii.String(b.settings.Name("undelivered")),
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED, // free, and EventBridge may use it
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)), // the longest there is
	})
	cdknag.NagSuppressions_AddResourceSuppressions(queue, &[]*cdknag.NagPackSuppression{
		{Id: jsii.String("AwsSolutions-SQS3"), Reason: jsii.String("It is itself the dead-letter queue, of rules of EventBridge.")},
	}, nil)
	return queue
}

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

func (b build) rule(id, description string, pattern *awsevents.EventPattern) awsevents.Rule {
	return awsevents.NewRule(b.stack, jsii.String(id), &awsevents.RuleProps{
		RuleName:     jsii.String(b.settings.Name(id)),
		Description:  jsii.String(description),
		EventPattern: pattern,
	})
}
