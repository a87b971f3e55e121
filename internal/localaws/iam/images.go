package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// createImage asks for the image and the snapshots, by the tags that they are to get, and for the instance by those that it has;
// setting tags is an action of its own (Service Authorization Reference, CreateImage).
func createImage(a *asker, input any) error {
	in := input.(*ec2.CreateImageInput)
	tags := make(map[ec2types.ResourceType]map[string]string)
	for _, specification := range in.TagSpecifications {
		if tags[specification.ResourceType] == nil {
			tags[specification.ResourceType] = make(map[string]string)
		}
		for _, tag := range specification.Tags {
			tags[specification.ResourceType][aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	id := aws.ToString(in.InstanceId)
	if err := a.may("ec2:CreateImage", a.instance(id), a.computeKeys(id)); err != nil {
		return err
	}
	made := []struct {
		kind ec2types.ResourceType
		arn  string
	}{{ec2types.ResourceTypeImage, a.image("*")}, {ec2types.ResourceTypeSnapshot, a.snapshot("*")}}
	for _, each := range made {
		if err := a.may("ec2:CreateImage", each.arn, requestedTags(tags[each.kind])); err != nil {
			return err
		}
	}
	for _, each := range made {
		if len(tags[each.kind]) > 0 {
			if err := a.tagsNew("CreateImage", each.arn, tags[each.kind]); err != nil {
				return err
			}
		}
	}
	return nil
}

// deregisterImage asks for the image, and for the snapshots that are to go with it. AWS deregisters the image of who may not delete
// those, and says missing-permissions beside each; here the call is refused, so that a role that lacks them shows.
func deregisterImage(a *asker, input any) error {
	in := input.(*ec2.DeregisterImageInput)
	id := aws.ToString(in.ImageId)
	if err := a.may("ec2:DeregisterImage", a.image(id), a.computeKeys(id)); err != nil || !aws.ToBool(in.DeleteAssociatedSnapshots) {
		return err
	}
	for _, snapshot := range a.roles.world.ImageSnapshots(id) {
		if err := a.may("ec2:DeleteSnapshot", a.snapshot(snapshot), a.computeKeys(snapshot)); err != nil {
			return err
		}
	}
	return nil
}

func deleteSnapshot(a *asker, input any) error {
	id := text(input, "SnapshotId")
	return a.may("ec2:DeleteSnapshot", a.snapshot(id), a.computeKeys(id))
}

// tagCompute asks for each resource that a call tags, by the tags that it has and those that the call names. There is no
// ec2:CreateAction: nothing is created.
func tagCompute(a *asker, input any) error {
	var given []ec2types.Tag
	var ids []string
	switch in := input.(type) {
	case *ec2.CreateTagsInput:
		ids, given = in.Resources, in.Tags
	case *ec2.DeleteTagsInput:
		ids, given = in.Resources, in.Tags
	}
	tags := make(map[string]string)
	for _, tag := range given {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	requested := requestedTags(tags)
	for _, id := range ids {
		has := a.computeKeys(id)
		err := a.may("ec2:"+a.call.Operation, a.tagged(id), func(key string) []string {
			if values := has(key); values != nil {
				return values
			}
			return requested(key)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tagged is the ARN of what has an id.
func (a *asker) tagged(id string) string {
	prefix, _, _ := strings.Cut(id, "-")
	kinds := map[string]string{
		"i": "instance", "lt": "launch-template", "sg": "security-group", "subnet": "subnet", "vpc": "vpc", "vol": "volume", "eni": "network-interface",
	}
	switch kind := kinds[prefix]; {
	case prefix == "ami":
		return a.image(id)
	case prefix == "snap":
		return a.snapshot(id)
	case kind != "":
		return a.arn("ec2", kind+"/"+id)
	}
	return "*"
}
