// Package given has each stack remember the parameters that it was deployed with. CloudFormation remembers them only as what
// they have become: a deployment without them would put their defaults in their place.
package given

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/settings"
)

// None is what a stack remembers that has the defaults alone: a parameter of Systems Manager holds a character at least.
const None = "none"

// Name is that of the parameter of Systems Manager by which a stack remembers.
func Name(s settings.Settings, stack string) string { return s.Parameter("given/" + stack) }

// Remember has a stack remember the names of the parameters that it is deployed with.
func Remember(stack awscdk.Stack, s settings.Settings) {
	keys := strings.Join(s.Given, ",")
	if keys == "" {
		keys = None
	}
	awsssm.NewStringParameter(stack, jsii.String("Given"), &awsssm.StringParameterProps{
		ParameterName: jsii.String(Name(s, *stack.Node().Id())),
		Description:   jsii.String("Parameters that the stack was deployed with: make deploy wants them again"),
		StringValue:   &keys,
	})
}
