package dataplane_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	localec2 "bluegreen/internal/localaws/ec2"
	localssm "bluegreen/internal/localaws/ssm"
	"bluegreen/internal/localaws/wire"
)

// commands is a Run Command whose scripts run on the fixture's data plane.
func (f *fixture) commands() *ssm.Client {
	f.t.Helper()
	settings := localssm.DefaultSettings()
	commands := localssm.New(f.acct, f.compute, settings)
	f.acct.Lock()
	commands.SetExecutor(f.plane)
	f.acct.Unlock()
	endpoint := wire.NewEndpoint(f.acct, wire.DefaultSettings(), nil)
	endpoint.Add(commands.Service())
	return ssm.NewFromConfig(endpoint.Config(wire.Caller{}))
}

// send sends a script to an instance once it is managed.
func (f *fixture) send(client *ssm.Client, id, script, timeout string) *string {
	f.t.Helper()
	var command *string
	f.until("the agent takes commands", func() bool {
		out, err := client.SendCommand(f.t.Context(), &ssm.SendCommandInput{
			DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{id},
			Parameters: map[string][]string{"commands": {script}, "executionTimeout": {timeout}},
		})
		if err == nil {
			command = out.Command.CommandId
		}
		return err == nil
	})
	return command
}

// ended waits until a command has ended.
func (f *fixture) ended(client *ssm.Client, command *string, id string) *ssm.GetCommandInvocationOutput {
	f.t.Helper()
	var out *ssm.GetCommandInvocationOutput
	f.until("the command has ended", func() bool {
		got, err := client.GetCommandInvocation(f.t.Context(), &ssm.GetCommandInvocationInput{CommandId: command, InstanceId: &id})
		out = got
		return err == nil && got.Status != types.CommandInvocationStatusInProgress && got.Status != types.CommandInvocationStatusPending
	})
	return out
}

func TestCommandRunsItsScript(t *testing.T) {
	f := newFixture(t)
	client, id := f.commands(), f.launchAnswering(1)[0]
	first := f.ended(client, f.send(client, id, "echo here is $INSTANCE_ID\necho gone >&2\ntouch mark\nexit 3", "600"), id)
	if *first.StandardOutputContent != "here is "+id+"\n" || !strings.HasPrefix(*first.StandardErrorContent, "gone\n") || first.ResponseCode != 3 {
		t.Errorf("the first: %q, %q, code %d", *first.StandardOutputContent, *first.StandardErrorContent, first.ResponseCode)
	}
	second := f.ended(client, f.send(client, id, "ls mark", "600"), id)
	if second.Status != types.CommandInvocationStatusSuccess || *second.StandardOutputContent != "mark\n" {
		t.Errorf("the second does not find the first one's file: %s, %q", second.Status, *second.StandardErrorContent)
	}
}

func TestScriptIsKilledWhenItsTimeIsUp(t *testing.T) {
	f := newFixture(t)
	client, id := f.commands(), f.launchAnswering(1)[0]
	// The grandchild must die, too: it would write the mark half a second later.
	got := f.ended(client, f.send(client, id, "echo $$ > pid\n(sleep 0.5; touch late) &\nsleep 600", "20"), id)
	if *got.StatusDetails != "ExecutionTimedOut" {
		t.Errorf("it ended %s", *got.StatusDetails)
	}
	marked := f.ended(client, f.send(client, id, "sleep 0.5\nls late", "600"), id)
	if marked.ResponseCode == 0 {
		t.Error("a child of the script outlived it")
	}
}

func TestFolderGoesWithItsInstance(t *testing.T) {
	f := newFixture(t)
	client, id := f.commands(), f.launchAnswering(1)[0]
	folder, err := f.plane.Folder(id)
	f.must(err)
	f.send(client, id, "touch begun\nsleep 600", "3600")
	f.until("the script runs", func() bool {
		_, err := os.Stat(filepath.Join(folder, "begun"))
		return err == nil
	})
	f.change(func(c *localec2.Compute) { c.Terminate(id) })
	f.until("the folder is gone", func() bool {
		_, err := os.Stat(folder)
		return os.IsNotExist(err)
	})
	if exit, _, stderr := f.plane.Run(context.Background(), id, "true"); exit == 0 || !strings.Contains(stderr, id+" has ended") {
		t.Errorf("a script on an instance that has ended: %d, %q", exit, stderr)
	}
}
