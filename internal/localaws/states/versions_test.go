package states_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// says is a definition whose executions' output is the text.
func says(text string) string {
	return fmt.Sprintf(`{"StartAt":"Say","States":{"Say":{"Type":"Pass","Result":%q,"End":true}}}`, text)
}

func (w *world) publish(machine string) string {
	w.Helper()
	out, err := w.client.PublishStateMachineVersion(ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: &machine})
	if err != nil {
		w.Fatal(err)
	}
	return *out.StateMachineVersionArn
}

// output runs a state machine, version or alias to its end.
func (w *world) output(target string) (string, *sfn.DescribeExecutionOutput) {
	w.Helper()
	execution := w.run(target, "{}")
	w.sleep(time.Second)
	end := w.describe(execution)
	return aws.ToString(end.Output), end
}

// whole routes everything to one version.
func whole(version string) []types.RoutingConfigurationListItem {
	return []types.RoutingConfigurationListItem{{StateMachineVersionArn: &version, Weight: 100}}
}

// An alias starts the version that it names, whatever became of the state machine since.
func TestVersionsAndAliases(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		machine := w.create("m", says("one"))
		first := w.publish(machine)
		if first != machine+":1" || w.publish(machine) != first {
			t.Errorf("published %s, and again without a change", first)
		}
		made, err := w.client.CreateStateMachineAlias(ctx, &sfn.CreateStateMachineAliasInput{Name: aws.String("live"), RoutingConfiguration: whole(first)})
		if err != nil {
			t.Fatal(err)
		}
		alias := *made.StateMachineAliasArn
		updated, err := w.client.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: &machine, Definition: aws.String(says("two")), Publish: true})
		if err != nil || aws.ToString(updated.StateMachineVersionArn) != machine+":2" {
			t.Fatalf("%+v %v", updated, err)
		}
		second := *updated.StateMachineVersionArn
		for target, want := range map[string]string{machine: `"two"`, first: `"one"`, second: `"two"`, alias: `"one"`} {
			if got, _ := w.output(target); got != want {
				t.Errorf("%s said %s, want %s", target, got, want)
			}
		}
		_, end := w.output(alias)
		if *end.StateMachineArn != machine || *end.StateMachineVersionArn != first || *end.StateMachineAliasArn != alias {
			t.Errorf("an execution of the alias: %+v", end)
		}
		if _, err := w.client.UpdateStateMachineAlias(ctx, &sfn.UpdateStateMachineAliasInput{StateMachineAliasArn: &alias, RoutingConfiguration: whole(second)}); err != nil {
			t.Error(err)
		}
		if got, _ := w.output(alias); got != `"two"` {
			t.Errorf("after its update the alias said %s", got)
		}
		described, err := w.client.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &first})
		if err != nil || *described.Definition != says("one") || *described.StateMachineArn != first {
			t.Errorf("version 1: %+v %v", described, err)
		}
		for target, want := range map[string]int{machine: 6, first: 3, second: 2, alias: 3} {
			listed, err := w.client.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &target})
			if err != nil || len(listed.Executions) != want {
				t.Errorf("%s has %d executions, want %d (%v)", target, len(listed.Executions), want, err)
			}
		}
	})
}

func TestAliasesShareTheirStarts(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		machine := w.create("m", says("one"))
		first := w.publish(machine)
		if _, err := w.client.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: &machine, Definition: aws.String(says("two"))}); err != nil {
			t.Fatal(err)
		}
		second := w.publish(machine)
		made, err := w.client.CreateStateMachineAlias(ctx, &sfn.CreateStateMachineAliasInput{Name: aws.String("both"), RoutingConfiguration: []types.RoutingConfigurationListItem{
			{StateMachineVersionArn: &first, Weight: 20}, {StateMachineVersionArn: &second, Weight: 80}}})
		if err != nil {
			t.Fatal(err)
		}
		counts := make(map[string]int)
		for range 50 {
			said, _ := w.output(*made.StateMachineAliasArn)
			counts[said]++
		}
		if counts[`"one"`] < 3 || counts[`"one"`] > 20 || counts[`"one"`]+counts[`"two"`] != 50 {
			t.Errorf("with weights 20 and 80: %v", counts)
		}
	})
}

func TestVersionsAndAliasesAreListedAndDeleted(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		machine := w.create("m", says("one"))
		first := w.publish(machine)
		made, err := w.client.CreateStateMachineAlias(ctx, &sfn.CreateStateMachineAliasInput{Name: aws.String("live"), RoutingConfiguration: whole(first), Description: aws.String("d")})
		if err != nil {
			t.Fatal(err)
		}
		alias := *made.StateMachineAliasArn
		described, err := w.client.DescribeStateMachineAlias(ctx, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: &alias})
		if err != nil || *described.Name != "live" || *described.Description != "d" || *described.RoutingConfiguration[0].StateMachineVersionArn != first {
			t.Errorf("%+v %v", described, err)
		}
		versions, err := w.client.ListStateMachineVersions(ctx, &sfn.ListStateMachineVersionsInput{StateMachineArn: &machine})
		if err != nil || len(versions.StateMachineVersions) != 1 || *versions.StateMachineVersions[0].StateMachineVersionArn != first {
			t.Errorf("%+v %v", versions, err)
		}
		aliases, err := w.client.ListStateMachineAliases(ctx, &sfn.ListStateMachineAliasesInput{StateMachineArn: &first})
		if err != nil || len(aliases.StateMachineAliases) != 1 || *aliases.StateMachineAliases[0].StateMachineAliasArn != alias {
			t.Errorf("%+v %v", aliases, err)
		}
		_, err = w.client.DeleteStateMachineVersion(ctx, &sfn.DeleteStateMachineVersionInput{StateMachineVersionArn: &first})
		refused(t, err, "ConflictException: Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]")
		if _, err := w.client.DeleteStateMachineAlias(ctx, &sfn.DeleteStateMachineAliasInput{StateMachineAliasArn: &alias}); err != nil {
			t.Error(err)
		}
		if _, err := w.client.DeleteStateMachineVersion(ctx, &sfn.DeleteStateMachineVersionInput{StateMachineVersionArn: &first}); err != nil {
			t.Error(err)
		}
		for _, gone := range []string{first, alias} {
			_, err := w.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &gone})
			refused(t, err, "StateMachineDoesNotExist: State Machine Does Not Exist: '"+gone+"'")
		}
		if again := w.publish(machine); again != machine+":2" {
			t.Errorf("a number was used again: %s", again)
		}
	})
}

func TestVersionsAndAliasesAreRefused(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		machine, other := w.create("m", says("one")), w.create("other", says("one"))
		first, others := w.publish(machine), w.publish(other)
		alias := func(name string, routing ...types.RoutingConfigurationListItem) error {
			_, err := w.client.CreateStateMachineAlias(ctx, &sfn.CreateStateMachineAliasInput{Name: &name, RoutingConfiguration: routing})
			return err
		}
		part := func(version string, weight int32) types.RoutingConfigurationListItem {
			return types.RoutingConfigurationListItem{StateMachineVersionArn: &version, Weight: weight}
		}
		refused(t, alias("7", part(first, 100)), "ValidationException: 1 validation error detected: Value '7' at 'name'")
		refused(t, alias("live", part(machine, 100)), "ValidationException: Routing configuration must contain state machine version ARNs.")
		refused(t, alias("live", part(first, 90)), "ValidationException: Sum of routing configuration weights must equal 100. Received: 90")
		refused(t, alias("live", part(first, 50), part(others, 50)), "ValidationException: Routing configuration must contain distinct versions")
		refused(t, alias("live", part(machine+":9", 100)), "ResourceNotFound: ")
		if err := alias("live", part(first, 100)); err != nil {
			t.Error(err)
		}
		if err := alias("live", part(first, 100)); err != nil {
			t.Errorf("the same again: %v", err)
		}
		_, err := w.client.PublishStateMachineVersion(ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: &machine, RevisionId: aws.String("x")})
		refused(t, err, "ConflictException: Failed to publish the State Machine version for revision x. The current State Machine revision is INITIAL")
		_, err = w.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: aws.String("n"), Definition: aws.String(says("n")), RoleArn: aws.String(role), VersionDescription: aws.String("d")})
		refused(t, err, "ValidationException: Version description can only be set when publish is true")
	})
}
