// Command infra is the CDK app: the stacks that give a team the whole system on AWS. Its parameters come from CDK's
// context; docs/aws.md lists them.
package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"bluegreen/infra/deployer"
	"bluegreen/infra/fleet"
	"bluegreen/infra/network"
	"bluegreen/infra/pipeline"
	"bluegreen/infra/settings"
)

func main() {
	app := awscdk.NewApp(props(nil))
	if _, err := stacks(app); err != nil {
		jsii.Close()
		fmt.Fprintln(os.Stderr, "infra: these parameters (cdk -c name=value) are not right:")
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	app.Synth(nil)
	jsii.Close()
}

// props are those of every app of ours: the CLI's and the tests' synthesise the same.
func props(context map[string]any) *awscdk.AppProps {
	all := map[string]any{
		// A version of a function changes with its layers too: a deployment under way keeps the policy it began with.
		"@aws-cdk/aws-lambda:recognizeLayerVersion": true,
		"@aws-cdk/aws-lambda:recognizeVersionProps": true,
		// New accounts cannot create launch configurations (aws-facts A7).
		"@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig": true,
		// ARNs name the partition that they are deployed to.
		"@aws-cdk/core:enablePartitionLiterals":                         true,
		"@aws-cdk/aws-codepipeline:crossAccountKeysDefaultValueToFalse": true,
		"@aws-cdk/aws-codepipeline:defaultPipelineTypeToV2":             true,
		// What CDK's own check of the templates finds is an error.
		"@aws-cdk/core:validateAgainstDefaultRules": true,
	}
	for key, value := range context {
		all[key] = value
	}
	return &awscdk.AppProps{Context: &all, AnalyticsReporting: jsii.Bool(false)}
}

// stacks adds every stack to the app, with the checks of cdk-nag's AwsSolutions: a finding fails the synthesis.
func stacks(app awscdk.App) ([]awscdk.Stack, error) {
	context := app.Node().GetAllContext(nil).(map[string]any)
	s, err := settings.Read(func(key string) any { return context[key] })
	err = errors.Join(err, settings.Unknown(slices.Collect(maps.Keys(context))))
	if err == nil {
		err = deployer.Check(s)
	}
	if err != nil {
		return nil, err
	}
	var all []awscdk.Stack
	first := fleet.New(app, s)
	if s.VPC == "" {
		net := network.New(app, s)
		first.AddStackDependency(net, jsii.String("the Fleet stack reads the parameters that the Network stack leaves"))
		all = append(all, net)
	}
	all = append(all, first, deployer.New(app, s), pipeline.New(app, s))
	bound(app, s)
	awscdk.Aspects_Of(app).Add(checks(), nil)
	return all, nil
}

// bound gives every role of the stacks the operators' permissions boundary, where there is one.
func bound(app awscdk.App, s settings.Settings) {
	if s.PermissionsBoundary != "" {
		awsiam.PermissionsBoundary_Of(app).Apply(awsiam.ManagedPolicy_FromManagedPolicyArn(app, jsii.String("Boundary"), &s.PermissionsBoundary))
	}
}

// checks are cdk-nag's AwsSolutions.
func checks() awscdk.IAspect {
	return cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Verbose: jsii.Bool(true)})
}
