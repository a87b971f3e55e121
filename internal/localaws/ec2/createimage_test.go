package ec2_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
)

func (w *world) imageOf(id string, change func(*sdk.CreateImageInput)) string {
	w.Helper()
	tags := func(kind types.ResourceType) types.TagSpecification {
		return types.TagSpecification{ResourceType: kind, Tags: []types.Tag{{Key: aws.String("made-by"), Value: aws.String("us")}}}
	}
	in := &sdk.CreateImageInput{InstanceId: aws.String(id), Name: aws.String("web-2"), NoReboot: aws.Bool(true),
		TagSpecifications: []types.TagSpecification{tags(types.ResourceTypeImage), tags(types.ResourceTypeSnapshot)}}
	if change != nil {
		change(in)
	}
	return *must(w, w.client.CreateImage, in).ImageId
}

func (w *world) describedImage(id string) types.Image {
	w.Helper()
	images := must(w, w.client.DescribeImages, &sdk.DescribeImagesInput{ImageIds: []string{id}}).Images
	if len(images) != 1 {
		w.Fatalf("%d images with the id %s", len(images), id)
	}
	return images[0]
}

func (w *world) ourSnapshots() []types.Snapshot {
	w.Helper()
	return must(w, w.client.DescribeSnapshots, &sdk.DescribeSnapshotsInput{OwnerIds: []string{"self"},
		Filters: []types.Filter{{Name: aws.String("tag:made-by"), Values: []string{"us"}}}}).Snapshots
}

func TestAnImageWithItsSnapshots(t *testing.T) {
	run(t, func(w *world) {
		w.do(func(c *localec2.Compute) { c.SetImageAvailable(account.Constant(75 * time.Minute)) })
		builder := w.launch(w.image("web-1"))
		refused(w, w.client.CreateImage, &sdk.CreateImageInput{InstanceId: aws.String(builder), Name: aws.String("web-2")},
			"InvalidParameterValue", fmt.Sprintf("Invalid value '%s' for instanceId. Instance is not in state 'running' or 'stopped'", builder))
		w.until(time.Minute)
		id := w.imageOf(builder, nil)
		refused(w, w.client.CreateImage, &sdk.CreateImageInput{InstanceId: aws.String(builder), Name: aws.String("web-2")},
			"InvalidAMIName.Duplicate", "AMI name web-2 is already in use by AMI "+id)
		if !w.answers(builder) {
			t.Error("the instance was rebooted all the same")
		}
		w.until(time.Hour)
		image, snapshot := w.describedImage(id), w.ourSnapshots()[0]
		if image.State != types.ImageStatePending || image.BlockDeviceMappings[0].Ebs.SnapshotId != nil || snapshot.State != types.SnapshotStatePending {
			t.Errorf("pending: %s, snapshot %v %s", image.State, image.BlockDeviceMappings[0].Ebs.SnapshotId, snapshot.State)
		}
		w.until(80 * time.Minute)
		image, snapshot = w.describedImage(id), w.ourSnapshots()[0]
		got := fmt.Sprintln(image.State, *image.SourceInstanceId == builder, *image.BlockDeviceMappings[0].Ebs.SnapshotId == *snapshot.SnapshotId,
			snapshot.State, *snapshot.Progress, *snapshot.Description == "Created by CreateImage("+builder+") for "+id)
		if want := "available true true completed 100% true\n"; got != want {
			t.Errorf("got  %swant %s", got, want)
		}
		refused(w, w.client.DeleteSnapshot, &sdk.DeleteSnapshotInput{SnapshotId: snapshot.SnapshotId}, "InvalidSnapshot.InUse",
			"The snapshot "+*snapshot.SnapshotId+" is currently in use by "+id)
		found := must(w, w.client.DescribeImages, &sdk.DescribeImagesInput{Owners: []string{"self"}, Filters: []types.Filter{
			{Name: aws.String("name"), Values: []string{"web-?"}}, {Name: aws.String("tag:made-by"), Values: []string{"us"}}, {Name: aws.String("state"), Values: []string{"available"}},
		}}).Images
		if len(found) != 1 || *found[0].ImageId != id {
			t.Errorf("by name, tag and state: %v", found)
		}
	})
}

func TestImagesAndSnapshotsAreTakenAway(t *testing.T) {
	run(t, func(w *world) {
		builder := w.launch(w.image("web-1"))
		w.until(time.Minute)
		id := w.imageOf(builder, nil)
		w.until(10 * time.Minute)
		must(w, w.client.DeregisterImage, &sdk.DeregisterImageInput{ImageId: aws.String(id)})
		refused(w, w.client.DeregisterImage, &sdk.DeregisterImageInput{ImageId: aws.String(id)}, "InvalidAMIID.Unavailable", "The image ID '"+id+"' is no longer available")
		refused(w, w.client.RunInstances, one(id, "late"), "InvalidAMIID.NotFound", "The image id '["+id+"]' does not exist")
		if images := must(w, w.client.DescribeImages, &sdk.DescribeImagesInput{ImageIds: []string{id}}).Images; len(images) != 0 {
			t.Errorf("deregistered a moment ago, and described: %v", images)
		}
		left := w.ourSnapshots()
		if len(left) != 1 {
			t.Fatalf("%d snapshots are left", len(left))
		}
		must(w, w.client.DeleteSnapshot, &sdk.DeleteSnapshotInput{SnapshotId: left[0].SnapshotId})
		refused(w, w.client.DeleteSnapshot, &sdk.DeleteSnapshotInput{SnapshotId: left[0].SnapshotId}, "InvalidSnapshot.NotFound",
			"The snapshot '"+*left[0].SnapshotId+"' does not exist.")

		again := w.imageOf(builder, nil) // its name is free again; it is still pending
		out := must(w, w.client.DeregisterImage, &sdk.DeregisterImageInput{ImageId: aws.String(again), DeleteAssociatedSnapshots: aws.Bool(true)})
		if len(out.DeleteSnapshotResults) != 1 || out.DeleteSnapshotResults[0].ReturnCode != types.SnapshotReturnCodesSuccess || len(w.ourSnapshots()) != 0 {
			t.Errorf("with its snapshots: %+v", out.DeleteSnapshotResults)
		}
		w.until(2 * time.Hour)
		refused(w, w.client.DescribeImages, &sdk.DescribeImagesInput{ImageIds: []string{id}}, "InvalidAMIID.NotFound", "The image id '["+id+"]' does not exist")
	})
}

func TestTheInstanceIsAwayWhileItReboots(t *testing.T) {
	run(t, func(w *world) {
		builder := w.launch(w.image("web-1"))
		w.until(2 * time.Minute)
		w.imageOf(builder, func(in *sdk.CreateImageInput) { in.NoReboot = nil })
		if got := fmt.Sprintln(w.state(builder), w.status(builder), w.answers(builder)); got != "running initializing false\n" {
			t.Errorf("while it reboots: %s", got)
		}
		w.until(3*time.Minute + 30*time.Second)
		if !w.answers(builder) {
			t.Error("it has not come back")
		}
	})
}

func TestImagesThatFail(t *testing.T) {
	run(t, func(w *world) {
		builder := w.launch(w.image("web-1"))
		w.until(time.Minute)
		w.do(func(c *localec2.Compute) { c.FailImages(1) })
		failed := w.imageOf(builder, nil)
		fine := w.imageOf(builder, func(in *sdk.CreateImageInput) { in.Name = aws.String("web-3") })
		w.until(10 * time.Minute)
		image := w.describedImage(failed)
		if image.State != types.ImageStateFailed || *image.StateReason.Code != "Server.InternalError" || *image.StateReason.Message != "Server.InternalError: Internal error" {
			t.Errorf("%s, %+v", image.State, image.StateReason)
		}
		refused(w, w.client.RunInstances, one(failed, "a"), "InvalidAMIID.Unavailable", "AMI '"+failed+"' is failed, and cannot be run")
		if got := w.describedImage(fine).State; got != types.ImageStateAvailable {
			t.Errorf("the next one: %s", got)
		}
		early := w.imageOf(builder, func(in *sdk.CreateImageInput) { in.Name = aws.String("web-4") })
		must(w, w.client.TerminateInstances, &sdk.TerminateInstancesInput{InstanceIds: []string{builder}})
		w.until(20 * time.Minute)
		if got := w.describedImage(early).State; got != types.ImageStateFailed {
			t.Errorf("of an instance that has ended: %s", got)
		}
	})
}
