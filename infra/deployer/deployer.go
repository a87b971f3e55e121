// Package deployer is the Deployer stack.
package deployer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/settings"
)

// New makes the stack.
func New(scope constructs.Construct, s settings.Settings) awscdk.Stack {
	return awscdk.NewStack(scope, jsii.String("Deployer"), &awscdk.StackProps{StackName: jsii.String(s.Name("deployer"))})
}
