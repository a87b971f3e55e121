package deployer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/machine"
	"bluegreen/infra/settings"
	"bluegreen/internal/deploy"
	"bluegreen/internal/form"
	"bluegreen/internal/guardrails"
	"bluegreen/internal/lambdaentry"
	"bluegreen/statemachine"
)

// size is what a function is given.
type size struct {
	memory      float64 // MB
	concurrency float64 // reserved
}

// usual is the size of a function that looks once and decides. Its process needs 14 MB (docs/performance.md); but CPU
// comes with memory, and what takes it time is a dozen TLS handshakes and the decoding of groups of a thousand
// instances: 256 MB bring a seventh of a CPU (1,769 MB bring one). A deployment calls one function at a time, and one
// more may still run whose task has timed out: five are enough for two deployments of this project at once, and a
// sixth call is throttled, which the machine retries. What the reservation prevents is that a flood of other functions
// in the account keeps a deployment waiting with two fleets running, or that a fault here starves the account.
var usual = size{memory: 256, concurrency: 5}

// sizes are those of the functions that are not usual.
var sizes = map[string]size{
	// Many lifecycle calls at once within its minute: more than a quarter of a CPU. Every instance that is drained outside of a
	// deployment has an execution of its own that calls it, so a scale-in of a large fleet calls it hundreds of times
	// at once: twenty at a time spare the API of EC2 Auto Scaling, whose rate all of the account shares.
	"CompleteLifecycle": {memory: 512, concurrency: 20},
	// A person's answer now and then.
	"Answer": {memory: 256, concurrency: 2},
	// One short look for each execution that ended without an end of ours.
	"StatusChange": {memory: 256, concurrency: 2},
}

// functions makes all of them; what is returned is each one by its state.
func (b build) functions() map[string]awslambda.Function {
	all := make(map[string]awslambda.Function)
	b.policy = b.guardrails()
	b.logs("BuildLogs", b.settings.Scope().BuildLogs)
	for _, f := range statemachine.Deployed() {
		all[f.State] = b.function(f)
	}
	return all
}

func (b build) function(f statemachine.Function) awslambda.Function {
	given, ok := sizes[f.State]
	if !ok {
		given = usual
	}
	var layers []awslambda.ILayerVersion
	if slices.Contains(guarded, f.State) {
		layers = append(layers, b.policy)
	}
	var reserved *float64
	if b.settings.Reserve {
		reserved = jsii.Number(given.concurrency)
	}
	name := b.settings.Function(f.State)
	logs := b.logs(f.State+"Logs", "/aws/lambda/"+name)
	made := awslambda.NewFunction(b.stack, jsii.String(f.State), &awslambda.FunctionProps{
		FunctionName:                 jsii.String(name),
		Description:                  jsii.String(describes(f)),
		Runtime:                      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:                 awslambda.Architecture_ARM_64(), // a fifth cheaper for the same work
		Handler:                      jsii.String("bootstrap"),
		Code:                         awslambda.Code_FromAsset(jsii.String(filepath.Join(b.settings.Build, f.Package())), nil),
		MemorySize:                   jsii.Number(given.memory),
		Timeout:                      awscdk.Duration_Seconds(jsii.Number(f.TimeoutSeconds)), // below its task's, so that the task outlives it
		ReservedConcurrentExecutions: reserved,
		Role:                         b.functionRole(f.State),
		LogGroup:                     logs,
		Layers:                       &layers,
		Tracing:                      awslambda.Tracing_ACTIVE,
		Environment:                  b.environment(f),
		// A deployment under way goes on with the code that it began with.
		CurrentVersionOptions: &awslambda.VersionOptions{RemovalPolicy: kept},
	})
	b.place(made)
	return made
}

// describes says what a function is for.
func describes(f statemachine.Function) string {
	if f.State == statemachine.StatusChange.State {
		return "Tells of bluegreen's executions that ended badly, and recovers those that were stopped or died"
	}
	if f.State == statemachine.Answer.State {
		return "Approves or aborts a deployment of bluegreen that runs: who may invoke it may say so"
	}
	return "State " + f.State + " of bluegreen's state machines"
}

// guarded are the states whose functions enforce the operators' guardrails, before anything is written, and before green is created
// where an image was built first.
var guarded = []string{"DescribeBlue", "BuildImage"}

// guardrails makes the layer with the operators' policy. A new policy is a new version of the layer, hence of the function
// and of the machine; a deployment under way goes on under the policy that it began with.
func (b build) guardrails() awslambda.LayerVersion {
	return awslambda.NewLayerVersion(b.stack, jsii.String("Guardrails"), &awslambda.LayerVersionProps{
		LayerVersionName:        jsii.String(b.settings.Name("guardrails")),
		Description:             jsii.String("What the operators allow to deploy, and when"),
		Code:                    awslambda.Code_FromAsset(jsii.String(b.settings.Guardrails), nil),
		CompatibleRuntimes:      &[]awslambda.Runtime{awslambda.Runtime_PROVIDED_AL2023()},
		CompatibleArchitectures: &[]awslambda.Architecture{awslambda.Architecture_ARM_64()},
		RemovalPolicy:           kept,
	})
}

func (b build) environment(f statemachine.Function) *map[string]*string {
	variables := map[string]*string{
		lambdaentry.LedgerTableVariable:   jsii.String(b.settings.Table()),
		lambdaentry.OperatorTopicVariable: b.topic.TopicArn(),
		lambdaentry.PipelineVariable:      jsii.String(b.settings.Pipeline()),
		lambdaentry.EventBusVariable:      jsii.String("default"),
	}
	if slices.Contains(guarded, f.State) {
		// Named, so that a function whose layer is missing deploys nothing, instead of anything.
		variables[lambdaentry.GuardrailsVariable] = jsii.String("/opt/" + policyFile)
		variables[lambdaentry.FleetsVariable] = jsii.String(strings.Join(b.settings.Fleets, ","))
		variables[lambdaentry.RecordsVariable] = jsii.String(deploy.Parameters(b.settings.Records))
		roles := strings.Join(b.settings.Scope().FleetRoles, ",")
		variables[lambdaentry.BuildImagesVariable] = jsii.String(strconv.FormatBool(b.settings.BuildImages))
		variables[lambdaentry.BuilderSubnetsVariable] = jsii.String(strings.Join(b.settings.BuilderSubnets, ","))
		variables[lambdaentry.InPlaceVariable] = jsii.String(strings.Join(b.settings.InPlaceTemplates, ","))
		variables[lambdaentry.FleetRolesVariable] = awscdk.Fn_Sub(jsii.String(strings.ReplaceAll(roles, settings.Placeholders[1], "${"+settings.Placeholders[1]+"}")), nil)
	}
	if f.State == building {
		variables[lambdaentry.BuildLogsVariable] = jsii.String(b.settings.Scope().BuildLogs)
	}
	if f.State == statemachine.StatusChange.State {
		deploys := statemachine.Name(b.settings.Project, b.settings.Role, b.settings.Environment)
		variables[lambdaentry.MachineVariable] = machine.LiveARN(b.stack, deploys)
		variables[lambdaentry.RecoverVariable] = jsii.String(string(b.settings.Recover))
	}
	return &variables
}

// building is the state whose function has images built.
const building = "BuildImage"

const policyFile = "guardrails.json"

// Check finds what is wrong with the files that the stack is made of.
func Check(s settings.Settings) error {
	var problems []error
	for _, f := range statemachine.Deployed() {
		bootstrap := filepath.Join(s.Build, f.Package(), "bootstrap")
		if _, err := os.Stat(bootstrap); err != nil {
			problems = append(problems, fmt.Errorf("build: the function of %s is missing (make build-arm64 makes it): %w", f.State, err))
		}
	}
	if err := attachable(s); err != nil {
		problems = append(problems, err)
	}
	path := filepath.Join(s.Guardrails, policyFile)
	text, err := form.LoadFile(path)
	if err == nil {
		_, err = guardrails.Parse(text)
	}
	if err != nil {
		problems = append(problems, fmt.Errorf("guardrails: %s: %w", path, err))
	}
	return errors.Join(problems...)
}
