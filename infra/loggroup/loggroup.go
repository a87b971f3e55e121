// Package loggroup makes the log groups of the stacks, all alike: encrypted by the operators' key where they have one, and
// gone with their stack.
package loggroup

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/settings"
)

// New makes a log group as props say, and as all of them are. CloudWatch Logs uses the key by the key's own policy
// (docs/security.md), which is its owner's.
func New(scope constructs.Construct, id string, s settings.Settings, props *awslogs.LogGroupProps) awslogs.LogGroup {
	props.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	if s.LogKey != "" {
		props.EncryptionKey = awskms.Key_FromKeyArn(scope, jsii.String(id+"Key"), &s.LogKey)
	}
	return awslogs.NewLogGroup(scope, &id, props)
}
