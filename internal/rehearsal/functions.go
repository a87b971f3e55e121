package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/world"
	"bluegreen/lambdas/answer"
	"bluegreen/lambdas/buildimage"
	"bluegreen/lambdas/claim"
	"bluegreen/lambdas/completelifecycle"
	"bluegreen/lambdas/creategreen"
	"bluegreen/lambdas/describeblue"
	"bluegreen/lambdas/endprevious"
	"bluegreen/lambdas/joingroup"
	"bluegreen/lambdas/launchinstances"
	"bluegreen/lambdas/removegreen"
	"bluegreen/lambdas/report"
	"bluegreen/lambdas/restoreblue"
	"bluegreen/lambdas/restoregroup"
	"bluegreen/lambdas/scaleinblue"
	"bluegreen/lambdas/statuschange"
	"bluegreen/lambdas/switchtraffic"
	"bluegreen/lambdas/takeover"
	"bluegreen/lambdas/waithealthy"
	"bluegreen/statemachine"
)

// work is what each function of the state machine runs, by the state's name.
var work = map[string]lambdaentry.New{
	"DescribeBlue":      describeblue.New,
	"TakeOver":          takeover.New,
	"Claim":             claim.New,
	"BuildImage":        buildimage.New,
	"CreateGreen":       creategreen.New,
	"WaitHealthy":       waithealthy.New,
	"SwitchTraffic":     switchtraffic.New,
	"ScaleInBlue":       scaleinblue.New,
	"CompleteLifecycle": completelifecycle.New,
	"RestoreBlue":       restoreblue.New,
	"RemoveGreen":       removegreen.New,
	"LaunchInstances":   launchinstances.New,
	"JoinGroup":         joingroup.New,
	"EndPrevious":       endprevious.New,
	"RestoreGroup":      restoregroup.New,
	"Report":            report.New,
}

// Serve serves Lambda as the function of a state, in a process of its own. It returns only where no function has that state.
func Serve(state string) error {
	if state == statemachine.StatusChange.State {
		lambdaentry.StartEvent(statuschange.New)
	}
	if state == statemachine.Answer.State {
		lambdaentry.StartRequest(answer.New)
	}
	newHandle, known := work[state]
	if !known {
		return fmt.Errorf("no function is called %q", state)
	}
	lambdaentry.Start(newHandle)
	return nil
}

// defineFunctions puts the Lambdas' own code into the account, to run in process.
func (r *Rehearsal) defineFunctions(machine string, plan world.Plan, w world.World) error {
	for _, f := range statemachine.Functions {
		if f.InPlace && !plan.InPlace {
			continue
		}
		newHandle, ok := work[f.State]
		if changed, mutated := r.mutant.Work[f.State]; mutated {
			newHandle = changed
		}
		if !ok {
			return fmt.Errorf("the rehearsal does not know the code of %s", f.State)
		}
		if err := r.define(machine, w, f, r.inProcess(newHandle, r.environment(w))); err != nil {
			return err
		}
	}
	return nil
}

// environment is what the functions of a world are configured with.
func (r *Rehearsal) environment(w world.World) lambdaentry.Environment {
	return lambdaentry.Environment{
		LedgerTable: w.LedgerTable, Guardrails: r.Guardrails, OperatorTopic: w.OperatorTopic, Pipeline: r.scope.Pipeline, EventBus: "default",
		Fleets: r.scope.Fleets, FleetRoles: r.scope.FleetRoles, Records: r.records(),
		BuildImages: r.scope.BuildImages, BuilderSubnets: r.scope.BuilderSubnets, InPlaceTemplates: r.scope.InPlaceTemplates, BuildLogs: r.scope.BuildLogs, Machine: w.MachineARN, Clock: r.Clock, Log: &r.log,
	}
}

// records are those that the functions may move.
func (r *Rehearsal) records() []deploy.Record { return append([]deploy.Record{}, r.scope.Records...) }

func (r *Rehearsal) define(machine string, w world.World, f statemachine.Function, code locallambda.Code) error {
	return r.AWS.Functions.Define(locallambda.FunctionSpec{
		Name:    functionName(machine, f.State),
		Timeout: time.Duration(f.TimeoutSeconds) * time.Second,
		Environment: map[string]string{
			lambdaentry.LedgerTableVariable: w.LedgerTable, lambdaentry.OperatorTopicVariable: w.OperatorTopic,
		},
	}, code)
}

// functionName is what the stack calls a function of a machine's deployer: <project>-<role>-<environment>-<State>.
func functionName(machine, state string) string {
	place, _ := statemachine.Place(machine)
	return place + "-" + state
}

// Machine is the name of the state machine that deploys.
func (r *Rehearsal) Machine() string { return ShortName(r.World.MachineARN) }

// FunctionName is the name of the function that does a state's work.
func (r *Rehearsal) FunctionName(state string) string { return functionName(r.Machine(), state) }

// StateOf is the state whose work a function does.
func StateOf(function string) string { return function[strings.LastIndexByte(function, '-')+1:] }

// OnInvoke has f hear of every invocation before it begins: of the access key that signs its AWS calls, and of the ARN of the
// execution that it works for, which is empty where it works for none.
func (r *Rehearsal) OnInvoke(f func(accessKeyID, execution string)) {
	r.invoked = append(r.invoked, f)
}

func (r *Rehearsal) invoke(accessKeyID, execution string) {
	for _, f := range r.invoked {
		f(accessKeyID, execution)
	}
}

// inProcess runs a state's work as Lambda would, with the invocation's own clients.
func (r *Rehearsal) inProcess(newHandle lambdaentry.New, env lambdaentry.Environment) locallambda.Code {
	return func(ctx context.Context, inv locallambda.Invocation, payload []byte) ([]byte, *locallambda.Failure) {
		r.invoke(inv.AccessKeyID, executionOf(payload))
		response, failure := lambdaentry.Invoke(ctx, r.Clock, lambdaentry.Measured(env, newHandle(inv.AWS, env)), payload)
		return response, failed(failure)
	}
}

// failed is a function's failure as Lambda has it.
func failed(failure *lambdaentry.Failure) *locallambda.Failure {
	if failure == nil {
		return nil
	}
	f := &locallambda.Failure{ErrorType: failure.Type, ErrorMessage: failure.Message}
	for _, frame := range failure.StackTrace {
		f.StackTrace = append(f.StackTrace, locallambda.StackFrame{Path: frame.Path, Line: frame.Line, Label: frame.Label})
	}
	return f
}

// executionOf is the ARN of the execution that calls with a payload.
func executionOf(payload []byte) string {
	var call struct {
		Execution struct{ Id string } `json:"execution"`
	}
	if json.Unmarshal(payload, &call) != nil {
		return ""
	}
	return call.Execution.Id
}
