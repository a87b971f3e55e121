package fleet_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/wire"
)

// account is an account in the model of AWS, and clients of it.
type account struct {
	*testing.T
	clock  *clock.Virtual
	faults *faults.Plan
	ec2    *ec2.Client
	groups *autoscaling.Client
}

func meet(t *testing.T, test func(*account)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer v.Close()
	a := localaws.New(localaws.Options{Clock: v, Seed: 1})
	defer a.Close()
	config := a.Endpoint.Config(wire.Caller{})
	v.Run(func() {
		test(&account{t, v, a.Faults, ec2.NewFromConfig(config), autoscaling.NewFromConfig(config)})
	})
}

func (a *account) sleep(d time.Duration) { _ = a.clock.Sleep(context.Background(), d) }

// must is the answer of a call that succeeds.
func must[In, Out, Options any](a *account, call func(context.Context, *In, ...func(*Options)) (*Out, error), in *In) *Out {
	a.Helper()
	out, err := call(context.Background(), in)
	if err != nil {
		a.Fatalf("%T: %v", in, err)
	}
	return out
}

// template is the id of a new launch template.
func (a *account) template() *string {
	a.Helper()
	image := must(a, a.ec2.RegisterImage, &ec2.RegisterImageInput{Name: aws.String("app")}).ImageId
	return must(a, a.ec2.CreateLaunchTemplate, &ec2.CreateLaunchTemplateInput{
		LaunchTemplateName: aws.String("app"),
		LaunchTemplateData: &ec2types.RequestLaunchTemplateData{ImageId: image, InstanceType: ec2types.InstanceTypeT3Micro},
	}).LaunchTemplate.LaunchTemplateId
}
