package dataplane_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/dataplane"
	localec2 "bluegreen/internal/localaws/ec2"
)

// builder launches an instance that is of no group, as a person would.
func (f *fixture) builder(image string) string {
	f.t.Helper()
	out, err := f.ec2.RunInstances(f.t.Context(), &ec2.RunInstancesInput{
		ImageId: &image, InstanceType: ec2types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		IamInstanceProfile: &ec2types.IamInstanceProfileSpecification{Name: aws.String("app")},
	})
	f.must(err)
	id := *out.Instances[0].InstanceId
	f.until("the instance answers", func() bool { _, ok := f.plane.InstanceAddress(id); return ok })
	return id
}

// imageOf makes an image of an instance and waits until it is there.
func (f *fixture) imageOf(id, name string) string {
	f.t.Helper()
	f.change(func(c *localec2.Compute) { c.SetImageAvailable(account.Constant(0)) })
	made, err := f.ec2.CreateImage(f.t.Context(), &ec2.CreateImageInput{InstanceId: &id, Name: &name})
	f.must(err)
	f.until("the image is available", func() bool {
		out, err := f.ec2.DescribeImages(f.t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{*made.ImageId}})
		return err == nil && out.Images[0].State == ec2types.ImageStateAvailable
	})
	return *made.ImageId
}

// asks is what the application on an instance answers, with its status.
func (f *fixture) asks(id string) (who dataplane.Identity, status int) {
	f.t.Helper()
	at, ok := f.plane.InstanceAddress(id)
	if !ok {
		f.t.Fatalf("%s does not answer", id)
	}
	answer, err := http.Get("http://" + at)
	f.must(err)
	defer answer.Body.Close()
	_ = json.NewDecoder(answer.Body).Decode(&who)
	return who, answer.StatusCode
}

// What commands have built on an instance is on those that are launched from its image, and not on others.
func TestAnImageCarriesWhatWasBuilt(t *testing.T) {
	f := newFixture(t)
	client, id := f.commands(), f.builder(f.image)
	built := f.ended(client, f.send(client, id, "echo 2.0 > version; touch run/mark; mkdir -p app/code && echo hello > app/code/main", "600"), id)
	if built.Status != types.CommandInvocationStatusSuccess {
		t.Fatalf("the command: %s, %s", built.Status, *built.StandardErrorContent)
	}
	image := f.imageOf(id, "app-2")
	f.until("the builder is back", func() bool { _, ok := f.plane.InstanceAddress(id); return ok })
	if who, _ := f.asks(id); who.Version != "2.0" {
		t.Errorf("the builder: %+v", who)
	}
	next := f.builder(image)
	if who, status := f.asks(next); who.Version != "2.0" || who.Image != image || status != 200 {
		t.Errorf("launched from its image: %d %+v", status, who)
	}
	found := f.ended(client, f.send(client, next, "cat app/code/main; ls -A . run", "600"), next)
	if *found.StandardOutputContent != "hello\n.:\n.command-1.sh\napp\nrun\nversion\n\nrun:\n" {
		t.Errorf("what is on its disk: %q", *found.StandardOutputContent)
	}
	third := f.builder(f.imageOf(next, "app-3"))
	if who, _ := f.asks(third); who.Version != "2.0" {
		t.Errorf("an image of what was launched from an image: %+v", who)
	}
	if who, _ := f.asks(f.builder(f.image)); who.Version != "" {
		t.Errorf("launched from what the builder was: %+v", who)
	}
}

func TestAnImageOfWhatIsBrokenMakesSickInstances(t *testing.T) {
	f := newFixture(t)
	client, id := f.commands(), f.builder(f.image)
	f.ended(client, f.send(client, id, "echo yes > broken", "600"), id)
	if _, status := f.asks(f.builder(f.imageOf(id, "app-2"))); status != 500 {
		t.Errorf("it answers %d", status)
	}
}

// A command may ask the application on its own instance.
func TestACommandKnowsWhereTheApplicationAnswers(t *testing.T) {
	f := newFixture(t)
	client, id := f.commands(), f.builder(f.image)
	out := f.ended(client, f.send(client, id, "echo $INSTANCE_URL", "600"), id)
	at, _ := f.plane.InstanceAddress(id)
	if want := "http://" + at + "\n"; *out.StandardOutputContent != want {
		t.Errorf("%q, want %q", *out.StandardOutputContent, want)
	}
}
