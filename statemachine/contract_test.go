package statemachine_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/asl"
	"bluegreen/internal/fault"
	"bluegreen/statemachine"
)

// flow is as much of the definition as the contract is about.
type flow struct {
	StartAt string
	States  map[string]struct {
		Type           string
		TimeoutSeconds int
		Parameters     struct{ FunctionName string }
		Retry          []struct {
			ErrorEquals []string
			MaxAttempts *int

			IntervalSeconds, BackoffRate, MaxDelaySeconds float64

			JitterStrategy string
		}
		Catch []struct {
			ErrorEquals []string
			Next        string
		}
		ErrorPath, CausePath string
	}
}

// machines are those that deploy.
var machines = []func(string, func(statemachine.Function) string) (string, error){statemachine.Definition, statemachine.InPlace}

func definition(t *testing.T, define func(string, func(statemachine.Function) string) (string, error)) (string, flow) {
	t.Helper()
	text, err := define("aws", func(f statemachine.Function) string {
		return "arn:aws:lambda:ap-northeast-1:000000000000:function:" + f.State
	})
	if err != nil {
		t.Fatal(err)
	}
	var machine flow
	if err := json.Unmarshal([]byte(text), &machine); err != nil {
		t.Fatal(err)
	}
	return text, machine
}

// onEach holds each machine that deploys to a part of the contract.
func onEach(t *testing.T, part func(*testing.T, flow)) {
	for _, define := range machines {
		_, machine := definition(t, define)
		part(t, machine)
	}
}

func TestDefinitionIsPlainStatesLanguage(t *testing.T) {
	for _, define := range machines {
		text, _ := definition(t, define)
		if strings.Contains(text, "${") {
			t.Error("a substitution is left")
		}
		if _, err := asl.Parse([]byte(text)); err != nil {
			t.Error(err)
		}
	}
	drains, err := statemachine.GracefulShutdown("aws", func(f statemachine.Function) string {
		return "arn:aws:lambda:ap-northeast-1:000000000000:function:" + f.State
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asl.Parse([]byte(drains)); err != nil {
		t.Error(err)
	}
}

// A machine runs in every partition: nothing in it names one.
func TestDefinitionsNameNoPartition(t *testing.T) {
	for name, define := range map[string]func(string, func(statemachine.Function) string) (string, error){
		"the machine that deploys": statemachine.Definition, "the machine that replaces in place": statemachine.InPlace, "the machine that drains": statemachine.GracefulShutdown,
	} {
		text, err := define("aws-us-gov", func(f statemachine.Function) string {
			return "arn:aws-us-gov:lambda:us-gov-west-1:000000000000:function:" + f.State
		})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "arn:aws:") {
			t.Errorf("%s names the partition aws", name)
		}
		if _, err := asl.Parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryFunctionIsCalled(t *testing.T) {
	deploys, _ := definition(t, statemachine.Definition)
	stays, _ := definition(t, statemachine.InPlace)
	text := deploys + stays
	for _, f := range statemachine.Functions {
		if !strings.Contains(text, ":function:"+f.State+`"`) {
			t.Errorf("no state calls %s", f.State)
		}
	}
}

// Every error name in the machine is ours or AWS's, and every one of ours finds a handler in every task.
func TestErrorNames(t *testing.T) { onEach(t, errorNames) }

func errorNames(t *testing.T, machine flow) {
	for name, state := range machine.States {
		for _, rule := range state.Retry {
			checkNames(t, name, rule.ErrorEquals)
		}
		for _, rule := range state.Catch {
			checkNames(t, name, rule.ErrorEquals)
			if _, exists := machine.States[rule.Next]; !exists {
				t.Errorf("%s catches into %q, which does not exist", name, rule.Next)
			}
		}
		if state.Type != "Task" {
			continue
		}
		for _, ours := range fault.Names {
			if !handled(state.Catch, string(ours)) && !strandable(name) {
				t.Errorf("%s does not handle %s", name, ours)
			}
		}
	}
}

// strandable are the tasks whose uncaught failure is the end state Stranded.
func strandable(state string) bool {
	return slices.Contains([]string{
		"TakeOver", "ScaleInBlue", "CompleteLifecycle", "RestoreTraffic", "RestoreBlue", "RemoveGreen", "DrainGreen",
		"EndPrevious", "DrainPrevious", "RestoreGroup", "DrainNew",
	}, state)
}

func checkNames(t *testing.T, state string, names []string) {
	t.Helper()
	for _, name := range names {
		if strings.HasPrefix(name, "BlueGreen.") && !slices.Contains(fault.Names, fault.Name(name)) {
			t.Errorf("%s names %q, which is not in package fault", state, name)
		}
		if name == "States.ALL" && len(names) > 1 {
			t.Errorf("%s: States.ALL must stand alone", state)
		}
	}
}

func handled(catches []struct {
	ErrorEquals []string
	Next        string
}, name string) bool {
	for _, rule := range catches {
		if slices.Contains(rule.ErrorEquals, name) || slices.Contains(rule.ErrorEquals, "States.ALL") {
			return true
		}
	}
	return false
}

// A task outlasts its function, so that no function is cut off by its task and goes on writing; and the service faults
// that AWS asks callers to retry are retried everywhere.
func TestTasks(t *testing.T) { onEach(t, tasks) }

func tasks(t *testing.T, machine flow) {
	for name, state := range machine.States {
		if state.Type != "Task" {
			continue
		}
		for _, f := range statemachine.Functions {
			if strings.HasSuffix(state.Parameters.FunctionName, ":"+f.State) && state.TimeoutSeconds <= f.TimeoutSeconds {
				t.Errorf("%s waits %d s for a function that may run %d s", name, state.TimeoutSeconds, f.TimeoutSeconds)
			}
		}
		for _, wanted := range []string{
			"Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
			"Lambda.ClientExecutionTimeoutException", "Lambda.TooManyRequestsException", "Lambda.Unknown",
			"Runtime.ExitError", "Sandbox.Timedout", "States.Timeout", "BlueGreen.Throttled", "BlueGreen.Unavailable",
		} {
			retried := false
			for _, rule := range state.Retry {
				retried = retried || slices.Contains(rule.ErrorEquals, wanted) || slices.Contains(rule.ErrorEquals, "States.ALL")
			}
			if !retried {
				t.Errorf("%s does not retry %s", name, wanted)
			}
		}
	}
}

// IAM and tags are eventually consistent: what is denied is tried again, three or four times within a minute, before it is
// final. A report that is denied is one of many, and not waited for.
func TestDeniedIsTriedAgain(t *testing.T) { onEach(t, deniedIsTriedAgain) }

func deniedIsTriedAgain(t *testing.T, machine flow) {
	for name, state := range machine.States {
		if state.Type != "Task" || strings.HasPrefix(name, "Report") {
			continue
		}
		tries, seconds := 1, 0.0
		for _, rule := range state.Retry {
			if slices.Contains(rule.ErrorEquals, "BlueGreen.AccessDenied") || slices.Contains(rule.ErrorEquals, "States.ALL") {
				for i := range *rule.MaxAttempts {
					tries++
					if tries <= 4 {
						seconds += rule.IntervalSeconds * math.Pow(rule.BackoffRate, float64(i))
					}
				}
			}
		}
		if tries < 4 || seconds < 20 || seconds > 60 {
			t.Errorf("%s tries %d times what is denied, the first 4 within %.0f s", name, tries, seconds)
		}
	}
}

// What was made to launch from is not seen at once, and that is Unavailable: it is tried again for a minute at least, whatever is drawn.
// With jitter the sum of the waits could be next to nothing.
func TestUnseenIsTriedAgain(t *testing.T) { onEach(t, unseenIsTriedAgain) }

func unseenIsTriedAgain(t *testing.T, machine flow) {
	for _, name := range []string{"BuildImage", "CreateGreen", "LaunchInstances"} {
		if _, has := machine.States[name]; !has {
			continue
		}
		seconds := 0.0
		for _, rule := range machine.States[name].Retry {
			if !slices.Contains(rule.ErrorEquals, "BlueGreen.Unavailable") || rule.JitterStrategy == "FULL" {
				continue
			}
			for i := range *rule.MaxAttempts {
				seconds += min(rule.IntervalSeconds*math.Pow(rule.BackoffRate, float64(i)), rule.MaxDelaySeconds)
			}
		}
		if seconds < 60 {
			t.Errorf("%s may give up on what is unavailable after %.0f s", name, seconds)
		}
	}
}

func TestEndStates(t *testing.T) { onEach(t, endStates) }

func endStates(t *testing.T, machine flow) {
	for name, state := range machine.States {
		if state.Type == "Fail" && (state.ErrorPath == "" || state.CausePath == "") {
			t.Errorf("%s does not say why", name)
		}
	}
	if machine.States["Succeeded"].Type != "Succeed" || machine.States["Rejected"].Type != "Fail" || machine.States["RolledBack"].Type != "Fail" {
		t.Error("the end states are not those of the design")
	}
}
