package ec2_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// world is an account with EC2 in it, and a client of it. Instances take 10 s until they run, 20 s more until they
// answer, 30 s until they are terminated, and 60 s from running until their status checks pass.
type world struct {
	*testing.T
	clock   *clock.Virtual
	account *account.Account
	compute *localec2.Compute
	client  *sdk.Client
	start   time.Time
}

// run runs a test in a new world, on virtual time.
func run(t *testing.T, test func(*world)) {
	t.Helper()
	start := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	w := &world{T: t, clock: clock.NewVirtual(start), start: start}
	defer w.clock.Close()
	w.account = account.New("000000000000", "ap-northeast-1", w.clock, 1)
	settings := localec2.DefaultSettings()
	settings.Pending = account.Constant(10 * time.Second)
	settings.Boot = account.Constant(20 * time.Second)
	settings.ShuttingDown = account.Constant(30 * time.Second)
	settings.StatusChecks = account.Constant(60 * time.Second)
	w.compute = localec2.New(w.account, settings)
	front := wire.DefaultSettings()
	front.Latency, front.Latencies = account.Constant(time.Millisecond), nil
	endpoint := wire.NewEndpoint(w.account, front, nil)
	endpoint.Add(w.compute.Service())
	w.client = sdk.NewFromConfig(endpoint.Config(wire.Caller{}))
	w.clock.Run(func() { test(w) })
}

// must is the answer of a call that succeeds.
func must[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In) *Out {
	w.Helper()
	out, err := call(context.Background(), in)
	if err != nil {
		w.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused expects a call to fail with an error of AWS.
func refused[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In, code, message string) {
	w.Helper()
	_, err := call(context.Background(), in)
	var answered smithy.APIError
	if !errors.As(err, &answered) {
		w.Errorf("%T: got %v, want %s", in, err, code)
		return
	}
	if answered.ErrorCode() != code || answered.ErrorMessage() != message {
		w.Errorf("%T: got %s: %s\nwant %s: %s", in, answered.ErrorCode(), answered.ErrorMessage(), code, message)
	}
}

// wait lets time pass until d after the world began.
func (w *world) until(d time.Duration) {
	w.Helper()
	left := w.start.Add(d).Sub(w.clock.Now())
	if left < 0 {
		w.Fatalf("it is later than %s", d)
	}
	_ = w.clock.Sleep(context.Background(), left)
}

func (w *world) image(name string) string {
	w.Helper()
	return *must(w, w.client.RegisterImage, &sdk.RegisterImageInput{Name: aws.String(name)}).ImageId
}

// launch runs one instance of the image and waits until the API knows it.
func (w *world) launch(image string) string {
	w.Helper()
	out := must(w, w.client.RunInstances, &sdk.RunInstancesInput{
		ImageId: aws.String(image), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
	})
	_ = w.clock.Sleep(context.Background(), time.Second)
	return *out.Instances[0].InstanceId
}

func (w *world) answers(id string) bool {
	w.account.Lock()
	defer w.account.Unlock()
	i, ok := w.compute.Instance(id)
	return ok && i.Answers()
}

// do changes the model behind the API's back.
func (w *world) do(f func(c *localec2.Compute)) {
	w.account.Lock()
	defer w.account.Unlock()
	f(w.compute)
}
