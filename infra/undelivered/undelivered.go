// Package undelivered makes the queues for events that EventBridge could not deliver, each with an alarm.
package undelivered

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// New makes a queue. An alarm should watch its Metric; what is in it says what nobody has done.
func New(scope constructs.Construct, id, name string) awssqs.Queue {
	queue := awssqs.NewQueue(scope, jsii.String(id), &awssqs.QueueProps{
		QueueName:       jsii.String(name),
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED, // free, and EventBridge may use it
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)), // the longest there is
	})
	cdknag.NagSuppressions_AddResourceSuppressions(queue, &[]*cdknag.NagPackSuppression{
		{Id: jsii.String("AwsSolutions-SQS3"), Reason: jsii.String("It is itself the dead-letter queue, of rules of EventBridge.")},
	}, nil)
	return queue
}

// Metric is how many events are in a queue.
func Metric(queue awssqs.IQueue) awscloudwatch.IMetric {
	return queue.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
		Statistic: jsii.String("Maximum"), Period: awscdk.Duration_Minutes(jsii.Number(5)),
	})
}
