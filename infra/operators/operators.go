// Package operators makes a topic that tells the operators.
package operators

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// NewTopic makes an encrypted topic that is published to over TLS alone, by those whom IAM allows in this account and by
// its CloudWatch alarms, with a subscription for the e-mail address if there is one.
func NewTopic(scope constructs.Construct, id, name, email string) awssns.Topic {
	topic := awssns.NewTopic(scope, jsii.String(id), &awssns.TopicProps{
		TopicName:  jsii.String(name),
		MasterKey:  key(scope, id+"Key", name),
		EnforceSSL: jsii.Bool(true),
	})
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("Alarms"),
		Principals: &[]awsiam.IPrincipal{alarms()},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"ArnLike": map[string]any{"aws:SourceArn": awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("cloudwatch"), Resource: jsii.String("alarm"), ResourceName: jsii.String("*"),
			ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
		})}},
	}))
	if email != "" {
		subscribe(scope, id+"Mail", topic, email)
	}
	return topic
}

// subscribe sends a topic's messages to an address. The subscription stays when the stack is deployed again without an
// address, as it goes when the topic does; another address takes its place, since the resource is called alike.
func subscribe(scope constructs.Construct, id string, topic awssns.Topic, email string) {
	mail := awssns.NewCfnSubscription(scope, jsii.String(id), &awssns.CfnSubscriptionProps{
		TopicArn: topic.TopicArn(), Protocol: jsii.String("email"), Endpoint: &email,
	})
	mail.CfnOptions().SetDeletionPolicy(awscdk.CfnDeletionPolicy_RETAIN_EXCEPT_ON_CREATE)
	mail.CfnOptions().SetUpdateReplacePolicy(awscdk.CfnDeletionPolicy_DELETE)
}

// key encrypts a topic. SNS's own key (alias/aws/sns) costs nothing, but CloudWatch may not use it, so that no alarm
// would ever reach the topic; this one costs a dollar a month. Its policy is that of AWS's own keys: those who may use SNS
// in this account may use it through SNS, so that publishers need no permission for it beside sns:Publish.
func key(scope constructs.Construct, id, name string) awskms.Key {
	stack := awscdk.Stack_Of(scope)
	k := awskms.NewKey(scope, jsii.String(id), &awskms.KeyProps{
		Description:       jsii.String("What the topic " + name + " tells"),
		EnableKeyRotation: jsii.Bool(true),
		// What it encrypts lives for minutes: nothing is lost with it.
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	through := "sns." + *stack.Region() + ".amazonaws.com"
	uses := jsii.Strings("kms:Decrypt", "kms:GenerateDataKey*")
	k.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("ThroughSns"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    uses,
		Resources:  jsii.Strings("*"),
		Conditions: &map[string]any{"StringEquals": map[string]any{
			"kms:CallerAccount": stack.Account(),
			"kms:ViaService":    []string{through, through + ".cn"}, // called so in aws-cn
		}},
	}), nil)
	// CloudWatch is not known to tell KMS for whom it asks: whose alarms these may be is the topic's policy.
	k.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("Alarms"),
		Principals: &[]awsiam.IPrincipal{alarms()},
		Actions:    uses,
		Resources:  jsii.Strings("*"),
	}), nil)
	return k
}

func alarms() awsiam.IPrincipal {
	return awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil)
}
