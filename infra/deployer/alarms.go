package deployer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/undelivered"
)

// look is how far apart two values of RunningSeconds can be while an execution goes on: three times the longest pause
// that a request may ask for.
const look = 15 * 60

// metric is one of those that docs/events.md lists, of one state machine.
func (m stateMachine) metric(name, statistic string, periodSeconds int) awscloudwatch.Metric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String("BlueGreen"), MetricName: jsii.String(name), Statistic: jsii.String(statistic),
		DimensionsMap: &map[string]*string{"StateMachine": jsii.String(m.name)},
		Period:        awscdk.Duration_Seconds(jsii.Number(periodSeconds)),
	})
}

// alarms tell the operators what no message to them may ever have told, since that too takes a function that works.
func (b build) alarms(deploys, drains stateMachine, queue awssqs.IQueue, looksAfter awslambda.Function) []awscloudwatch.IAlarm {
	limit := b.settings.RunningSeconds
	return []awscloudwatch.IAlarm{
		b.alarm("Stranded", "A deployment could not go on: a person is needed. The message of its end, and its report in the execution's history, say what is left and how to mend it.",
			deploys.metric("DeploymentsStranded", "Sum", 60), 1),
		// A request that was rejected has changed nothing, and its sender sees why.
		b.alarm("Failed", "A deployment was rolled back or interrupted: the fleet it began with serves, and the message of its end says why.",
			sum("rolled back or interrupted", map[string]awscloudwatch.IMetric{
				"rolledback":  deploys.metric("DeploymentsRolledBack", "Sum", 60),
				"interrupted": deploys.metric("DeploymentsInterrupted", "Sum", 60),
			}), 1),
		b.alarm("RunningTooLong", fmt.Sprintf("A deployment has been running for more than %d seconds: two fleets may be paid for, and no other deployment of its lineage can begin.", limit),
			deploys.metric("RunningSeconds", "Maximum", look), limit),
		b.alarm("DrainingTooLong", fmt.Sprintf("An instance has been drained for more than %d seconds.", limit),
			drains.metric("RunningSeconds", "Maximum", look), limit),
		b.alarm("Unattended", "An execution ended, and the function that looks after it failed each time that it was tried: its log says why. Look at the execution; one with action recover puts right what it left.",
			looksAfter.Metric(jsii.String("AsyncEventsDropped"), &awscloudwatch.MetricOptions{
				Statistic: jsii.String("Sum"), Period: awscdk.Duration_Minutes(jsii.Number(5)),
			}), 1),
		b.alarm("Undelivered", "EventBridge could not start a drain or look after an execution that ended: the messages in the queue say which.",
			undelivered.Metric(queue), 1),
		b.alarm("ExecutionsCutShort", "An execution was stopped or timed out, as Step Functions itself counts: if no message of its end comes, its event was lost. A look at the ledger, within half an hour, finds the lock that it left.",
			sum("stopped or timed out", map[string]awscloudwatch.IMetric{
				"deploysaborted": deploys.executions("ExecutionsAborted"), "deploystimedout": deploys.executions("ExecutionsTimedOut"),
				"drainsaborted": drains.executions("ExecutionsAborted"), "drainstimedout": drains.executions("ExecutionsTimedOut"),
			}), 1),
		b.alarm("DrainsFailed", "A drain outside of a deployment failed: its instance is held until its hook's time is up, and goes undrained then.",
			drains.executions("ExecutionsFailed"), 1),
	}
}

// sum adds metrics up, by the minute; one without a value counts as 0.
func sum(label string, metrics map[string]awscloudwatch.IMetric) awscloudwatch.IMetric {
	var terms []string
	for _, id := range slices.Sorted(maps.Keys(metrics)) {
		terms = append(terms, "FILL("+id+", 0)")
	}
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: jsii.String(strings.Join(terms, " + ")), Label: &label, UsingMetrics: &metrics,
		Period: awscdk.Duration_Minutes(jsii.Number(1)),
	})
}

// alarm tells the operators when the metric reaches the threshold. While nothing is deployed nothing is measured.
func (b build) alarm(id, description string, metric awscloudwatch.IMetric, threshold int) awscloudwatch.IAlarm {
	alarm := awscloudwatch.NewAlarm(b.stack, jsii.String(id+"Alarm"), &awscloudwatch.AlarmProps{
		AlarmName:          jsii.String(b.settings.Name(id)),
		AlarmDescription:   jsii.String(description),
		Metric:             metric,
		Threshold:          jsii.Number(threshold),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
	})
	alarm.AddAlarmAction(awscloudwatchactions.NewSnsAction(b.topic))
	return alarm
}
