package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"bluegreen/infra/deployer"
	"bluegreen/infra/settings"
	"bluegreen/internal/asl"
	"bluegreen/statemachine"
)

// named are the resources of a snapshot by their logical ids.
func named(t *testing.T, stack string) map[string]resource {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("templates", stack+".template.json"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct{ Resources map[string]resource }
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	return template.Resources
}

// What the template deploys is runnable States Language once CloudFormation has substituted, and every function that it
// names is a published version that stays.
func TestMachinesAreRunnable(t *testing.T) {
	all := named(t, "Deployer")
	machines := 0
	for id, r := range all {
		if r.Type != "AWS::StepFunctions::StateMachine" {
			continue
		}
		machines++
		definition := r.Properties["DefinitionString"].(string)
		for key, value := range r.Properties["DefinitionSubstitutions"].(map[string]any) {
			if key == "Partition" {
				definition = strings.ReplaceAll(definition, "${Partition}", "aws-us-gov")
				continue
			}
			version := at(t, value, "Ref")
			if got := all[version]; got.Type != "AWS::Lambda::Version" || got.DeletionPolicy != "RetainExceptOnCreate" {
				t.Errorf("%s: %s is %s, a %s that is to be %sed: want a version to be retained", id, key, version, got.Type, got.DeletionPolicy)
			}
			arn := "arn:aws-us-gov:lambda:us-gov-west-1:000000000000:function:" + strings.TrimSuffix(key, "FunctionArn") + ":1"
			definition = strings.ReplaceAll(definition, "${"+key+"}", arn)
		}
		if left := regexp.MustCompile(`\$\{\w+\}`).FindString(definition); left != "" {
			t.Errorf("%s: nothing is substituted for %s", id, left)
		}
		if _, err := asl.Parse([]byte(definition)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if machines != 3 {
		t.Errorf("there are %d state machines, want 3", machines)
	}
}

// A deployment under way keeps its machine, its functions and its guardrails, whatever is deployed meanwhile; and the
// ledger outlives the stack. But what a deployment of the stack made that failed is not left behind: its name, or its code,
// would be taken at the next try.
func TestWhatADeploymentUnderWayNeedsIsRetained(t *testing.T) {
	kinds := []string{"AWS::StepFunctions::StateMachineVersion", "AWS::Lambda::Version", "AWS::Lambda::LayerVersion", "AWS::DynamoDB::Table"}
	seen := make(map[string]bool)
	for id, r := range named(t, "Deployer") {
		if slices.Contains(kinds, r.Type) {
			seen[r.Type] = true
			if r.DeletionPolicy != "RetainExceptOnCreate" || r.UpdateReplacePolicy != "Retain" {
				t.Errorf("%s: %s when it is removed, %s when it is replaced", id, r.DeletionPolicy, r.UpdateReplacePolicy)
			}
		}
	}
	for _, kind := range kinds {
		if !seen[kind] {
			t.Errorf("there is no %s", kind)
		}
	}
}

// The table is protected, so that no rollback could delete it: nothing is left to fail once it is made.
func TestTheProtectedTableIsMadeLast(t *testing.T) {
	all := named(t, "Deployer")
	table := only(t, idsOf(all, "AWS::DynamoDB::Table", ""))
	after := all[table].DependsOn
	for id, r := range all {
		if id != table && !slices.Contains(after, id) {
			t.Errorf("%s, a %s, may fail when the table is there", id, r.Type)
		}
	}
}

// Whatever starts an execution starts the alias, which points to the version that the stack published.
func TestTheAliasIsStarted(t *testing.T) {
	all := named(t, "Deployer")
	for _, machine := range []string{"BlueGreen", "GracefulShutdown"} {
		routes := all[machine+"Live"].Properties["RoutingConfiguration"]
		if got := at(t, routes, 0, "StateMachineVersionArn", "Fn::GetAtt", 0); got != machine+"Version" {
			t.Errorf("%s: the alias points to %s", machine, got)
		}
		if got := at(t, all[machine+"Version"].Properties, "StateMachineRevisionId"); got != `{"Fn::GetAtt":["`+machine+`","StateMachineRevisionId"]}` {
			t.Errorf("%s: a change of the machine publishes no version: its revision is %s", machine, got)
		}
	}
	rule := all[only(t, idsOf(all, "AWS::Events::Rule", "DrainAtScaleIn"))]
	if got := at(t, rule.Properties, "Targets", 0, "Arn", "Fn::GetAtt", 0); got != "GracefulShutdownLive" {
		t.Errorf("a drain starts %s", got)
	}
	if got := at(t, rule.Properties, "EventPattern", "detail", "AutoScalingGroupName"); got != `[{"prefix":"ec-mqagt-dev-"}]` {
		t.Errorf("it starts for groups called %s", got)
	}
}

// Whatever ends without success is looked after, of all machines, and a recovery starts the live one that it was of.
func TestEndsAreLookedAfter(t *testing.T) {
	all := named(t, "Deployer")
	rule := all[only(t, idsOf(all, "AWS::Events::Rule", "ExecutionsThatFail"))]
	want := `{"stateMachineArn":[{"Fn::GetAtt":["BlueGreen","Arn"]},{"Fn::GetAtt":["InPlace","Arn"]},{"Fn::GetAtt":["GracefulShutdown","Arn"]}],"status":["FAILED","TIMED_OUT","ABORTED"]}`
	if got := at(t, rule.Properties, "EventPattern", "detail"); got != want {
		t.Errorf("what is looked after is %s", got)
	}
	function := at(t, rule.Properties, "Targets", 0, "Arn", "Fn::GetAtt", 0)
	variables := at(t, all[function].Properties, "Environment", "Variables")
	for _, want := range []string{`"RECOVER":"start"`, `:stateMachine:ec-mqagt-dev-BlueGreen:live`} {
		if !strings.Contains(variables, want) {
			t.Errorf("%s does not hold %s: %s", function, want, variables)
		}
	}
	schedule := all[only(t, idsOf(all, "AWS::Events::Rule", "LookForLocks"))]
	if got := at(t, schedule.Properties, "ScheduleExpression"); got != "rate(15 minutes)" {
		t.Errorf("locks are looked for at %s", got)
	}
	if got := at(t, schedule.Properties, "Targets", 0, "Arn", "Fn::GetAtt", 0); got != function {
		t.Errorf("%s looks for locks, want %s", got, function)
	}
	if got := at(t, schedule.Properties, "Targets", 0, "InputTransformer"); got != `{"InputPathsMap":{"time":"$.time"},"InputTemplate":"{\"detail\":{\"look\":\u003ctime\u003e}}"}` {
		t.Errorf("a look is given %s", got)
	}
	queue := only(t, idsOf(all, "AWS::SQS::Queue", "Undelivered"))
	for id, r := range all {
		if r.Type == "AWS::Events::Rule" && at(t, r.Properties, "Targets", 0, "DeadLetterConfig", "Arn", "Fn::GetAtt", 0) != queue {
			t.Errorf("what %s cannot deliver is lost", id)
		}
	}
}

// What Step Functions itself counts raises an alarm, though every event is lost and every function broken.
func TestEndsRaiseAlarmsWithoutFunctions(t *testing.T) {
	var counted []string
	for _, r := range resources(t, "Deployer", "AWS::CloudWatch::Alarm") {
		metrics, _ := r.Properties["Metrics"].([]any)
		if r.Properties["Namespace"] == "AWS/States" {
			counted = append(counted, at(t, r.Properties, "Dimensions", 0, "Value", "Fn::GetAtt", 0)+" "+at(t, r.Properties, "MetricName"))
		}
		for _, m := range metrics {
			if stat := m.(map[string]any)["MetricStat"]; stat != nil && at(t, stat, "Metric", "Namespace") == "AWS/States" {
				counted = append(counted, at(t, stat, "Metric", "Dimensions", 0, "Value", "Fn::GetAtt", 0)+" "+at(t, stat, "Metric", "MetricName"))
			}
		}
	}
	slices.Sort(counted)
	want := []string{"BlueGreen ExecutionsAborted", "BlueGreen ExecutionsTimedOut",
		"GracefulShutdown ExecutionsAborted", "GracefulShutdown ExecutionsFailed", "GracefulShutdown ExecutionsTimedOut"}
	if !slices.Equal(counted, want) {
		t.Errorf("alarms are raised by %q, want %q", counted, want)
	}
}

// Alarms and graphs are about metrics that there are: those that docs/events.md promises.
func TestMetricsAreDocumented(t *testing.T) {
	documented, err := os.ReadFile(filepath.Join("..", "docs", "events.md"))
	if err != nil {
		t.Fatal(err)
	}
	alarmed := regexp.MustCompile(`"MetricName": "(\w+)",\s+"Namespace": "BlueGreen"`)
	drawn := regexp.MustCompile(`\\"BlueGreen\\",\\"(\w+)\\"`)
	for what, metrics := range map[string][][][]byte{
		"alarm": alarmed.FindAllSubmatch(synthesised.templates["Deployer"], -1),
		"graph": drawn.FindAllSubmatch(synthesised.templates["Deployer"], -1),
	} {
		if len(metrics) == 0 {
			t.Errorf("there is no %s", what)
		}
		for _, metric := range metrics {
			if name := string(metric[1]); !strings.Contains(string(documented), "`"+name+"`") {
				t.Errorf("the %s of %s is of a metric that docs/events.md does not know", what, name)
			}
		}
	}
}

// No two functions share a role or a log, and each is what it must be to run at all.
func TestFunctionsAreTheirOwn(t *testing.T) {
	all := named(t, "Deployer")
	users := make(map[string]string)
	for id, r := range all {
		if r.Type != "AWS::Lambda::Function" {
			continue
		}
		role, log := at(t, r.Properties, "Role", "Fn::GetAtt", 0), at(t, r.Properties, "LoggingConfig", "LogGroup", "Ref")
		for _, own := range []string{role, log} {
			if other, taken := users[own]; taken {
				t.Errorf("%s and %s share %s", id, other, own)
			}
			users[own] = id
		}
		if kept := at(t, all[log].Properties, "RetentionInDays"); kept != "90" {
			t.Errorf("%s: its log is kept for %s days", id, kept)
		}
		for _, want := range []struct{ key, value string }{
			{"Runtime", "provided.al2023"}, {"Architectures", `["arm64"]`}, {"TracingConfig", `{"Mode":"Active"}`}, {"Timeout", "60"},
		} {
			if got := at(t, r.Properties, want.key); got != want.value {
				t.Errorf("%s: %s is %s, want %s", id, want.key, got, want.value)
			}
		}
	}
	if functions := len(users) / 2; functions != len(statemachine.Deployed()) {
		t.Errorf("there are %d functions, want %d", functions, len(statemachine.Deployed()))
	}
}

// docs/aws.md says what the account's limit of concurrency must be: what is reserved, and the 100 that Lambda keeps for others.
func TestTheLimitIsDocumented(t *testing.T) {
	limit := 100.0
	for _, r := range resources(t, "Deployer", "AWS::Lambda::Function") {
		limit += r.Properties["ReservedConcurrentExecutions"].(float64)
	}
	text, err := os.ReadFile(filepath.Join("..", "docs", "aws.md"))
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("the account's limit must be %.0f at least", limit); !strings.Contains(string(text), want) {
		t.Errorf("docs/aws.md does not say that %s", want)
	}
}

// A team's fleets are called as the team likes: their names are in the rules and in the policies, and no others.
func TestDeployerOfOthersFleets(t *testing.T) {
	text := variant(t, map[string]any{
		"build": synthesised.build, "fleets": "shop-web-*, batch-*", "fleet_roles": "shop-instance", "reserve": "false", "recover": "tell",
	}, func(app awscdk.App, s settings.Settings) awscdk.Stack { return deployer.New(app, s) })
	for _, want := range []string{`"prefix": "shop-web-"`, `"prefix": "batch-"`, `"RECOVER": "tell"`, `"FLEETS": "shop-web-*,batch-*"`, "autoScalingGroupName/shop-web-*", "autoScalingGroupName/batch-*", "role/shop-instance"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("nothing names %s", want)
		}
	}
	for _, never := range []string{"autoScalingGroupName/ec-", `"prefix": "ec-`, "ReservedConcurrentExecutions"} {
		if strings.Contains(string(text), never) {
			t.Errorf("the template names %s", never)
		}
	}
}

// A machine's log says how an execution went, and not what was in it: requests hold commands. Who wants that there says so.
func TestLogsHoldNoExecutionData(t *testing.T) {
	logging := func(text []byte) []any {
		var all []any
		for _, machine := range ofType(t, text, "AWS::StepFunctions::StateMachine") {
			all = append(all, machine.Properties["LoggingConfiguration"])
		}
		return all
	}
	with := variant(t, map[string]any{"build": synthesised.build, "log_execution_data": "true"},
		func(app awscdk.App, s settings.Settings) awscdk.Stack { return deployer.New(app, s) })
	for _, c := range []struct {
		all  []any
		want string
	}{{logging(synthesised.templates["Deployer"]), "false"}, {logging(with), "true"}} {
		if len(c.all) != 3 {
			t.Errorf("there are %d state machines, want 3", len(c.all))
		}
		for _, one := range c.all {
			if level, data := at(t, one, "Level"), at(t, one, "IncludeExecutionData"); level != "ALL" || data != c.want {
				t.Errorf("level %s, with execution data %s: want ALL, %s", level, data, c.want)
			}
		}
	}
}

// idsOf are the logical ids of a type that begin like this.
func idsOf(all map[string]resource, kind, prefix string) []string {
	var ids []string
	for id, r := range all {
		if r.Type == kind && strings.HasPrefix(id, prefix) {
			ids = append(ids, id)
		}
	}
	return ids
}

// What is missing or wrong on disk is told before anything is synthesised, with what would mend it.
func TestCheckNamesWhatIsMissing(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "guardrails.json"), []byte(`{"group": ["*"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	err := deployer.Check(settings.Settings{Build: folder, Guardrails: folder})
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{"the function of DescribeBlue is missing (make build-arm64 makes it)", "guardrails.json", `$.group is not a known field`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
}
