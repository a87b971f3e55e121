package ssm_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	localssm "bluegreen/internal/localaws/ssm"
	"bluegreen/internal/localaws/wire"
)

// world is an account with instances of one image, on virtual time.
type world struct {
	t        *testing.T
	clock    *clock.Virtual
	acct     *account.Account
	compute  *localec2.Compute
	commands *localssm.Commands
	client   *sdk.Client
	ec2      *ec2.Client
	image    string
}

// meet runs f as a task of a fresh world.
func meet(t *testing.T, f func(w *world)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	defer v.Close()
	w := &world{t: t, clock: v, acct: account.New("000000000000", "ap-northeast-1", v, 1)}
	w.compute = localec2.New(w.acct, localec2.DefaultSettings())
	w.commands = localssm.New(w.acct, w.compute, localssm.DefaultSettings())
	endpoint := wire.NewEndpoint(w.acct, wire.DefaultSettings(), nil)
	endpoint.Add(w.compute.Service())
	endpoint.Add(w.commands.Service())
	v.Run(func() {
		config := endpoint.Config(wire.Caller{})
		w.client, w.ec2 = sdk.NewFromConfig(config), ec2.NewFromConfig(config)
		image, err := w.ec2.RegisterImage(t.Context(), &ec2.RegisterImageInput{Name: aws.String("app")})
		if err != nil {
			t.Error(err)
			return
		}
		w.image = *image.ImageId
		f(w)
	})
}

// must ends the task when something that the test needs went wrong.
func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// locked runs f with the account's lock held.
func (w *world) locked(f func()) {
	w.acct.Lock()
	defer w.acct.Unlock()
	f()
}

func (w *world) sleep(d time.Duration) { w.must(w.clock.Sleep(w.t.Context(), d)) }

// launch starts n instances with the tag fleet.
func (w *world) launch(n int, fleet string) []string {
	w.t.Helper()
	ids := make([]string, n)
	w.locked(func() {
		for k := range ids {
			i, err := w.compute.Launch(localec2.LaunchRequest{ImageID: w.image, InstanceType: "t3.micro", InstanceProfile: "app", Tags: map[string]string{"fleet": fleet}})
			w.must(err)
			ids[k] = i.ID
		}
	})
	return ids
}

// online starts n instances and waits until their agents are online.
func (w *world) online(n int) []string {
	w.t.Helper()
	ids := w.launch(n, "workers")
	w.sleep(2 * time.Minute)
	return ids
}

// send sends a script and returns the command's id.
func (w *world) send(script string, ids []string, changes ...func(*sdk.SendCommandInput)) string {
	w.t.Helper()
	in := &sdk.SendCommandInput{
		DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: ids, Parameters: map[string][]string{"commands": {script}},
	}
	for _, change := range changes {
		change(in)
	}
	out, err := w.client.SendCommand(w.t.Context(), in)
	w.must(err)
	return *out.Command.CommandId
}

// within lets executions take so many seconds, and deliveries thirty.
func within(seconds string) func(*sdk.SendCommandInput) {
	return func(in *sdk.SendCommandInput) {
		in.Parameters["executionTimeout"] = []string{seconds}
		in.TimeoutSeconds = aws.Int32(30)
	}
}

func (w *world) get(command, instance string) *sdk.GetCommandInvocationOutput {
	w.t.Helper()
	out, err := w.client.GetCommandInvocation(w.t.Context(), &sdk.GetCommandInvocationInput{CommandId: &command, InstanceId: &instance})
	w.must(err)
	return out
}

// describe is the command as ListCommands describes it.
func (w *world) describe(command string) types.Command {
	w.t.Helper()
	out, err := w.client.ListCommands(w.t.Context(), &sdk.ListCommandsInput{CommandId: &command})
	w.must(err)
	if len(out.Commands) != 1 {
		w.t.Fatalf("%d commands", len(out.Commands))
	}
	return out.Commands[0]
}

// is checks how an invocation goes.
func (w *world) is(command, instance, status, details string, code int32) {
	w.t.Helper()
	got := w.get(command, instance)
	if string(got.Status) != status || *got.StatusDetails != details || got.ResponseCode != code {
		w.t.Errorf("%s: %s (%s), code %d; want %s (%s), code %d", instance, got.Status, *got.StatusDetails, got.ResponseCode, status, details, code)
	}
}

// ends checks how a command went.
func (w *world) ends(command, status, details string) {
	w.t.Helper()
	if got := w.describe(command); string(got.Status) != status || *got.StatusDetails != details {
		w.t.Errorf("the command: %s (%s); want %s (%s)", got.Status, *got.StatusDetails, status, details)
	}
}

// refused checks an error's code and that its message begins with what is wanted.
func (w *world) refused(err error, code, message string) {
	w.t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.HasPrefix(api.ErrorMessage(), message) {
		w.t.Errorf("got %v; want %s: %s", err, code, message)
	}
}
