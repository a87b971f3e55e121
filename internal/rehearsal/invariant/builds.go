package invariant

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localec2 "bluegreen/internal/localaws/ec2"
)

// What images are built with is no group's: builders, images and their snapshots. They bear the deployment's tags from their creation,
// the record names each before it is asked for, and nothing else is ended or removed.

// build holds a write that is about builders or images against promise 5; known is false for one that is not.
func (o *ownership) build(a *apiCall, record ledger.Record) (known bool) {
	switch input := a.input.(type) {
	case *ec2.RunInstancesInput:
		o.taggedAll(a, "a builder", input.TagSpecifications, record, types.ResourceTypeInstance, types.ResourceTypeVolume, types.ResourceTypeNetworkInterface)
		lock := record.Lock
		named := lock != nil && lock.Build != nil && aws.ToString(input.ClientToken) == deploy.BuilderToken(lock.Deployment.Execution, lock.Build.Attempt)
		if !named && !o.w.fence.late(a, record) {
			o.breaks("%s launches a builder before the record has the attempt", a)
		}
		if input.UserData != nil {
			o.breaks("%s gives a builder user data", a)
		}
	case *ec2.CreateImageInput:
		o.taggedAll(a, aws.ToString(input.Name), input.TagSpecifications, record, types.ResourceTypeImage, types.ResourceTypeSnapshot)
		if record.Lock == nil || record.Lock.Deployment.Build == nil || record.Lock.Deployment.Build.Name != aws.ToString(input.Name) {
			o.breaks("%s makes image %s, which the record does not name", a, aws.ToString(input.Name))
		}
		o.builders(a, []string{aws.ToString(input.InstanceId)}, record)
	case *ec2.TerminateInstancesInput:
		o.builders(a, input.InstanceIds, record)
	case *ssm.SendCommandInput:
		if !slices.ContainsFunc(input.InstanceIds, o.w.isBuilder) {
			return false
		}
		o.builders(a, input.InstanceIds, record)
	case *ec2.DeregisterImageInput:
		o.removableImage(a, aws.ToString(input.ImageId), record)
	case *ec2.DeleteSnapshotInput:
		tags, _ := o.w.r.AWS.Compute.Tags(aws.ToString(input.SnapshotId))
		if exists := tags != nil; exists && tags[deploy.TagLineage] != o.w.r.World.GroupName {
			o.breaks("%s deletes snapshot %s, which no deployment has made", a, aws.ToString(input.SnapshotId))
		}
	default:
		return false
	}
	return true
}

// isBuilder reports whether an instance is a deployment's builder.
func (w *Watcher) isBuilder(id string) bool {
	i, exists := w.r.AWS.Compute.Instance(id)
	return exists && i.Tags[deploy.TagBuilder] == w.r.World.GroupName && i.Tags["aws:autoscaling:groupName"] == ""
}

// builders checks that instances are builders of the deployment under way.
func (o *ownership) builders(a *apiCall, ids []string, record ledger.Record) {
	for _, id := range ids {
		i, exists := o.w.r.AWS.Compute.Instance(id)
		if exists && (!o.w.isBuilder(id) || record.Lock != nil && i.Tags[deploy.TagExecution] != record.Lock.Deployment.Execution) {
			o.breaks("%s is about %s, which is no builder of this deployment", a, id)
		}
	}
}

func (o *ownership) taggedAll(a *apiCall, name string, given []types.TagSpecification, record ledger.Record, kinds ...types.ResourceType) {
	for _, kind := range kinds {
		tags := make(map[string]string)
		for _, specification := range given {
			if specification.ResourceType == kind {
				for _, tag := range specification.Tags {
					tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
				}
			}
		}
		o.tagged(a, name+" ("+string(kind)+")", tags, record)
	}
}

// removableImage checks that a deployment has made an image, and that neither the live fleet nor the one before launches from it.
func (o *ownership) removableImage(a *apiCall, id string, record ledger.Record) {
	tags, _ := o.w.r.AWS.Compute.Tags(id)
	if tags != nil && tags[deploy.TagLineage] != o.w.r.World.GroupName {
		o.breaks("%s removes image %s, which no deployment has made", a, id)
	}
	needed := []string{record.Live}
	if record.Previous != nil {
		needed = append(needed, record.Previous.Name)
	}
	for _, name := range needed {
		if slices.Contains(o.w.launchesImages(name), id) {
			o.breaks("%s removes image %s, which %s launches", a, id, name)
		}
	}
}

// launchesImages are the images that a group launches, by what it names.
func (w *Watcher) launchesImages(group string) []string {
	view, exists := w.r.AWS.Groups.View(group)
	if !exists {
		return nil
	}
	var images []string
	for _, spec := range templatesOf(view.Shown) {
		if version, err := w.r.AWS.Compute.Template(aws.ToString(spec.LaunchTemplateId), aws.ToString(spec.Version)); err == nil {
			images = append(images, version.ImageID)
		}
	}
	if configuration, named := w.r.AWS.Groups.Configurations()[aws.ToString(view.Shown.LaunchConfigurationName)]; named {
		images = append(images, aws.ToString(configuration.ImageId))
	}
	return images
}

// leftBuilds checks that nothing is left of builds but the images that the record knows, with their snapshots.
func (v *verdict) leftBuilds() {
	known := make(map[string]bool)
	for _, image := range v.record.Images {
		known[image.ID], known[image.Execution] = true, true
	}
	ended := func(tags map[string]string) bool {
		return slices.ContainsFunc(v.record.Outcomes, func(o ledger.Outcome) bool { return o.Execution == tags[deploy.TagExecution] })
	}
	for _, i := range v.r.AWS.Compute.Instances() {
		v.check(!v.isBuilder(i.ID) || i.State == localec2.Terminated || i.State == localec2.ShuttingDown || !ended(i.Tags), "the builder %s is left", i.ID)
	}
	for _, outcome := range v.record.Outcomes {
		name := deploy.OwnName(outcome.Green+"-builder", outcome.Execution)
		_, _, _, stands := v.r.AWS.Compute.TemplateTags(name)
		v.check(!stands, "launch template %s of a builder is left", name)
	}
	for _, image := range v.r.AWS.Compute.Images() {
		v.check(known[image.ID] || !ended(image.Tags), "image %s is left, which the record does not know", image.Name)
	}
	for _, snapshot := range v.r.AWS.Compute.Snapshots() {
		v.check(known[snapshot.Tags[deploy.TagExecution]] || !ended(snapshot.Tags), "snapshot %s is left of an image that the record does not know", snapshot.ID)
	}
}
