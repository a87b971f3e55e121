package ssm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	localssm "bluegreen/internal/localaws/ssm"
)

// ping is the PingStatus of an instance; "" while it is not managed.
func (w *world) ping(id string) string {
	w.t.Helper()
	out, err := w.client.DescribeInstanceInformation(w.t.Context(), &sdk.DescribeInstanceInformationInput{
		Filters: []types.InstanceInformationStringFilter{{Key: aws.String("InstanceIds"), Values: []string{id}}},
	})
	w.must(err)
	if len(out.InstanceInformationList) == 0 {
		return ""
	}
	return string(out.InstanceInformationList[0].PingStatus)
}

func TestAgentRegistersSomeTimeAfterItsInstanceRuns(t *testing.T) {
	meet(t, func(w *world) {
		id := w.launch(1, "workers")[0]
		w.sleep(5 * time.Second)
		if got := w.ping(id); got != "" {
			t.Errorf("at once: %s", got)
		}
		_, err := w.client.SendCommand(t.Context(), &sdk.SendCommandInput{
			DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{id}, Parameters: map[string][]string{"commands": {"true"}},
		})
		w.refused(err, "InvalidInstanceId", "Instances [["+id+"]] not in a valid state for account 000000000000")
		w.sleep(2 * time.Minute)
		if got := w.ping(id); got != "Online" {
			t.Errorf("in time: %q", got)
		}
	})
}

func TestInstanceWithoutAgentIsNotManaged(t *testing.T) {
	meet(t, func(w *world) {
		w.locked(func() { w.commands.NoAgent(w.image) })
		if got := w.ping(w.online(1)[0]); got != "" {
			t.Errorf("it is %s", got)
		}
	})
}

func TestLostAgentGetsNoCommands(t *testing.T) {
	meet(t, func(w *world) {
		ids := w.online(2)
		w.locked(func() {
			w.commands.LoseAgent(ids[0])
			w.commands.LoseAgent(ids[1])
		})
		command := w.send("stop", ids, within("60"))
		w.sleep(20 * time.Second)
		w.is(command, ids[0], "Delayed", "Delayed", -1)
		w.locked(func() { w.commands.FindAgent(ids[1]) })
		w.sleep(2 * time.Minute)
		w.is(command, ids[0], "TimedOut", "DeliveryTimedOut", -1)
		w.is(command, ids[1], "Success", "Success", 0)
		w.sleep(10 * time.Minute)
		if got := w.ping(ids[0]); got != "ConnectionLost" {
			t.Errorf("after minutes its status is %s", got)
		}
		known := w.send("stop", ids[:1])
		w.sleep(4 * time.Minute)
		w.is(known, ids[0], "Failed", "Undeliverable", -1)
		w.ends(known, "Failed", "Failed")
	})
}

func TestLostAgentReportsWhenItComesBack(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.locked(func() { w.commands.SetBehaviour(id, takes(30*time.Second)) })
		command := w.send("stop", []string{id})
		w.sleep(5 * time.Second)
		w.locked(func() { w.commands.LoseAgent(id) })
		w.sleep(time.Minute)
		w.is(command, id, "InProgress", "InProgress", -1)
		w.locked(func() { w.commands.FindAgent(id) })
		w.is(command, id, "Success", "Success", 0)
	})
}

func TestInstanceThatEndsTakesItsCommandsWithIt(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.locked(func() { w.commands.SetBehaviour(id, localssm.Behaviour{Hang: true}) })
		command := w.send("stop", []string{id})
		w.sleep(5 * time.Second)
		w.locked(func() { w.compute.Terminate(id) })
		w.sleep(time.Second)
		var runs []localssm.Run
		w.locked(func() { runs = w.commands.Ran(id) })
		if len(runs) != 1 || runs[0].Ended.IsZero() || runs[0].Finished {
			t.Errorf("the script: %+v; want it cut short", runs)
		}
		w.is(command, id, "InProgress", "InProgress", -1)
		w.sleep(4 * time.Minute)
		w.is(command, id, "Failed", "Undeliverable", -1)
		if got := w.ping(id); got != "" {
			t.Errorf("an instance that has ended is %s", got)
		}
		_, err := w.client.SendCommand(t.Context(), &sdk.SendCommandInput{
			DocumentName: aws.String("AWS-RunShellScript"), Parameters: map[string][]string{"commands": {"true"}},
			Targets: []types.Target{{Key: aws.String("InstanceIds"), Values: []string{id}}},
		})
		w.refused(err, "InvalidInstanceId", "Instances [["+id+"]] not in a valid state")
	})
}

func TestManyInstancesInFewCalls(t *testing.T) {
	meet(t, func(w *world) {
		ids := w.online(120)
		out, err := w.client.SendCommand(t.Context(), &sdk.SendCommandInput{
			DocumentName: aws.String("AWS-RunShellScript"), Comment: aws.String("drain"), MaxConcurrency: aws.String("100%"),
			Targets:    []types.Target{{Key: aws.String("tag:fleet"), Values: []string{"workers"}}},
			Parameters: map[string][]string{"commands": {"stop"}},
		})
		w.must(err)
		if out.Command.TargetCount != 120 || out.Command.Status != types.CommandStatusPending {
			t.Errorf("sent: %+v", out.Command)
		}
		w.sleep(20 * time.Second)
		calls, listed := 0, map[string]bool{}
		pages := sdk.NewListCommandInvocationsPaginator(w.client, &sdk.ListCommandInvocationsInput{
			CommandId: out.Command.CommandId, Details: true, MaxResults: aws.Int32(50),
			Filters: []types.CommandFilter{{Key: types.CommandFilterKeyStatus, Value: aws.String("Success")}},
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			w.must(err)
			calls++
			for _, v := range page.CommandInvocations {
				listed[*v.InstanceId] = *v.Comment == "drain" && v.CommandPlugins[0].Status == types.CommandPluginStatusSuccess
			}
		}
		for _, id := range ids {
			if !listed[id] {
				t.Errorf("%s is not listed as done", id)
			}
		}
		if calls != 3 {
			t.Errorf("%d calls", calls)
		}
		agents := 0
		described := sdk.NewDescribeInstanceInformationPaginator(w.client, &sdk.DescribeInstanceInformationInput{MaxResults: aws.Int32(50)})
		for described.HasMorePages() {
			page, err := described.NextPage(t.Context())
			w.must(err)
			agents += len(page.InstanceInformationList)
		}
		if agents != 120 {
			t.Errorf("%d agents", agents)
		}
	})
}

func TestSendCommandRefuses(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		many := make([]string, 51)
		for n := range many {
			many[n] = fmt.Sprintf("i-%017x", n)
		}
		shell, lines := aws.String("AWS-RunShellScript"), map[string][]string{"commands": {"true"}}
		for _, c := range []struct {
			in            sdk.SendCommandInput
			code, message string
		}{
			{sdk.SendCommandInput{DocumentName: shell, InstanceIds: many, Parameters: lines}, "ValidationException", "1 validation error detected: Value '[i-"},
			{sdk.SendCommandInput{DocumentName: shell, InstanceIds: []string{id, id}, Parameters: lines}, "DuplicateInstanceId", ""},
			{sdk.SendCommandInput{DocumentName: shell, InstanceIds: []string{"web"}, Parameters: lines}, "ValidationException", "1 validation error detected"},
			{sdk.SendCommandInput{DocumentName: aws.String("Mine"), InstanceIds: []string{id}}, "InvalidDocument", "Document with name Mine does not exist."},
			{sdk.SendCommandInput{DocumentName: shell, InstanceIds: []string{id}}, "InvalidParameters", ""},
			{sdk.SendCommandInput{DocumentName: shell, InstanceIds: []string{id}, Parameters: map[string][]string{"lines": {"a"}}}, "InvalidParameters", ""},
			{sdk.SendCommandInput{DocumentName: shell, InstanceIds: []string{id}, Parameters: lines, TimeoutSeconds: aws.Int32(5)}, "ValidationException",
				"1 validation error detected: Value '5' at 'timeoutSeconds' failed to satisfy constraint: Member must have value greater than or equal to 30"},
			{sdk.SendCommandInput{DocumentName: shell, InstanceIds: []string{id}, Parameters: lines, MaxErrors: aws.String("many")}, "ValidationException", "1 validation"},
			{sdk.SendCommandInput{DocumentName: shell, InstanceIds: []string{id}, Parameters: lines, OutputS3BucketName: aws.String("logs")}, "NotModelled", ""},
			{sdk.SendCommandInput{DocumentName: shell, InstanceIds: []string{strings.Replace(id, id[2:4], "zz", 1)}, Parameters: lines}, "InvalidInstanceId", "Instances [[i-zz"},
		} {
			_, err := w.client.SendCommand(t.Context(), &c.in)
			w.refused(err, c.code, c.message)
		}
	})
}
