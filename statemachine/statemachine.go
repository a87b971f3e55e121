// Package statemachine holds the one source of the flow: the state machine in the Amazon States Language, and the list
// of functions that it calls.
package statemachine

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bluegreen/internal/deploy"
)

//go:embed bluegreen.asl.json
var deployment string

//go:embed in-place.asl.json
var inPlace string

//go:embed graceful-shutdown.asl.json
var gracefulShutdown string

// Function is a Lambda function that the machine calls.
type Function struct {
	State          string // as the definition names it: ${<State>FunctionArn}
	TimeoutSeconds int
	InPlace        bool // only the machine calls it that replaces the instances of a group which stays
}

// Package is the name of the Go package below lambdas, and of the folder that make build leaves its bootstrap in.
func (f Function) Package() string { return strings.ToLower(f.State) }

// Functions are those that the machines call, in the order of a deployment.
var Functions = []Function{
	{State: "DescribeBlue", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "TakeOver", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "Claim", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "BuildImage", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "CreateGreen", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "WaitHealthy", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "SwitchTraffic", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "ScaleInBlue", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "CompleteLifecycle", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "RestoreBlue", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "RemoveGreen", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
	{State: "LaunchInstances", TimeoutSeconds: deploy.FunctionTimeoutSeconds, InPlace: true},
	{State: "JoinGroup", TimeoutSeconds: deploy.FunctionTimeoutSeconds, InPlace: true},
	{State: "EndPrevious", TimeoutSeconds: deploy.FunctionTimeoutSeconds, InPlace: true},
	{State: "RestoreGroup", TimeoutSeconds: deploy.FunctionTimeoutSeconds, InPlace: true},
	{State: "Report", TimeoutSeconds: deploy.FunctionTimeoutSeconds},
}

// StatusChange is started by no machine: EventBridge starts it when an execution of one has ended, and did not succeed.
var StatusChange = Function{State: "StatusChange", TimeoutSeconds: deploy.FunctionTimeoutSeconds}

// Answer is called by no machine: people call it, to approve or to abort a deployment that runs.
var Answer = Function{State: "Answer", TimeoutSeconds: deploy.FunctionTimeoutSeconds}

// Deployed are all functions that there are: the machines', StatusChange and Answer.
func Deployed() []Function { return append(slices.Clone(Functions), StatusChange, Answer) }

var placeholder = regexp.MustCompile(`\$\{(\w+)FunctionArn\}`)

// Definition is the machine that deploys, with what differs from place to place put in: the partition (aws, aws-us-gov,
// aws-cn) and each function's ARN, for which arn is asked. Once substituted it is plain States Language that any
// interpreter runs.
func Definition(partition string, arn func(Function) string) (string, error) {
	return substitute(deployment, partition, arn)
}

// InPlace is the machine that replaces the instances of a group which stays, likewise.
func InPlace(partition string, arn func(Function) string) (string, error) {
	return substitute(inPlace, partition, arn)
}

// GracefulShutdown is the machine that drains one instance, likewise.
func GracefulShutdown(partition string, arn func(Function) string) (string, error) {
	return substitute(gracefulShutdown, partition, arn)
}

func substitute(definition, partition string, arn func(Function) string) (string, error) {
	byState := make(map[string]Function, len(Functions))
	for _, f := range Functions {
		byState[f.State] = f
	}
	var unknown []string
	definition = strings.ReplaceAll(definition, "${Partition}", partition)
	out := placeholder.ReplaceAllStringFunc(definition, func(match string) string {
		state := placeholder.FindStringSubmatch(match)[1]
		f, ok := byState[state]
		if !ok {
			unknown = append(unknown, match)
			return match
		}
		return arn(f)
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("the definition names functions that do not exist: %s", strings.Join(unknown, ", "))
	}
	return out, nil
}

// Alias points to the version of a machine that new executions run.
const Alias = "live"

// suffix ends the name of a machine that deploys.
const suffix = "-" + string(deploy.BlueGreen)

// Name is what the machine that deploys is called: <project>-<role>-<environment>-BlueGreen.
func Name(project, role, environment string) string {
	return strings.Join([]string{project, role, environment}, "-") + suffix
}

// InPlaceName is what the machine that replaces in place is called.
func InPlaceName(project, role, environment string) string {
	return strings.Join([]string{project, role, environment}, "-") + "-" + string(deploy.InPlace)
}

// Place is <project>-<role>-<environment> of a machine that deploys, by its name; ok is false for any other name.
func Place(name string) (place string, ok bool) {
	place, ok = strings.CutSuffix(name, suffix)
	return place, ok && place != ""
}

// GracefulShutdownName is what the machine that drains is called.
func GracefulShutdownName(project, role, environment string) string {
	return fmt.Sprintf("%s-%s-%s-GracefulShutdown", project, role, environment)
}
