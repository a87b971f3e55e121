package ec2_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	localec2 "bluegreen/internal/localaws/ec2"
)

// web is a template's data with members of every shape.
func web(image string) *types.RequestLaunchTemplateData {
	return &types.RequestLaunchTemplateData{
		ImageId: aws.String(image), InstanceType: types.InstanceTypeM7gLarge, KeyName: aws.String("ops"),
		UserData: aws.String("IyEvYmluL3NoCg=="), EbsOptimized: aws.Bool(true),
		IamInstanceProfile:  &types.LaunchTemplateIamInstanceProfileSpecificationRequest{Name: aws.String("web")},
		BlockDeviceMappings: []types.LaunchTemplateBlockDeviceMappingRequest{{DeviceName: aws.String("/dev/xvda"), Ebs: &types.LaunchTemplateEbsBlockDeviceRequest{VolumeSize: aws.Int32(20), VolumeType: types.VolumeTypeGp3}}},
		MetadataOptions:     &types.LaunchTemplateInstanceMetadataOptionsRequest{HttpTokens: types.LaunchTemplateHttpTokensStateRequired},
		TagSpecifications: []types.LaunchTemplateTagSpecificationRequest{{
			ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("web")}},
		}},
	}
}

func TestTemplateVersions(t *testing.T) {
	run(t, func(w *world) {
		first, second := w.image("app-1"), w.image("app-2")
		created := must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{
			LaunchTemplateName: aws.String("web"), LaunchTemplateData: web(first), VersionDescription: aws.String("the first"),
		}).LaunchTemplate
		name := created.LaunchTemplateName
		must(w, w.client.CreateLaunchTemplateVersion, &sdk.CreateLaunchTemplateVersionInput{
			LaunchTemplateName: name, SourceVersion: aws.String("1"), LaunchTemplateData: &types.RequestLaunchTemplateData{ImageId: aws.String(second)},
		})
		must(w, w.client.CreateLaunchTemplateVersion, &sdk.CreateLaunchTemplateVersionInput{
			LaunchTemplateId: created.LaunchTemplateId, LaunchTemplateData: &types.RequestLaunchTemplateData{ImageId: aws.String(first)},
		})
		must(w, w.client.ModifyLaunchTemplate, &sdk.ModifyLaunchTemplateInput{LaunchTemplateName: name, DefaultVersion: aws.String("2")})

		versions := must(w, w.client.DescribeLaunchTemplateVersions, &sdk.DescribeLaunchTemplateVersionsInput{LaunchTemplateName: name}).LaunchTemplateVersions
		var got []string
		for _, v := range versions {
			got = append(got, fmt.Sprintf("%d %t %t %s", *v.VersionNumber, *v.DefaultVersion, *v.LaunchTemplateData.ImageId == first, v.LaunchTemplateData.InstanceType))
		}
		want := []string{"3 false true ", "2 true false m7g.large", "1 false true m7g.large"}
		if diff := cmp.Diff(want, got); diff != "" {
			w.Error(diff)
		}
		data := versions[1].LaunchTemplateData
		wanted := &types.ResponseLaunchTemplateData{
			ImageId: aws.String(second), InstanceType: types.InstanceTypeM7gLarge, KeyName: aws.String("ops"),
			UserData: aws.String("IyEvYmluL3NoCg=="), EbsOptimized: aws.Bool(true),
			IamInstanceProfile:  &types.LaunchTemplateIamInstanceProfileSpecification{Name: aws.String("web")},
			BlockDeviceMappings: []types.LaunchTemplateBlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &types.LaunchTemplateEbsBlockDevice{VolumeSize: aws.Int32(20), VolumeType: types.VolumeTypeGp3}}},
			MetadataOptions:     &types.LaunchTemplateInstanceMetadataOptions{HttpTokens: types.LaunchTemplateHttpTokensStateRequired},
			TagSpecifications: []types.LaunchTemplateTagSpecification{{
				ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("web")}},
			}},
		}
		if diff := cmp.Diff(wanted, data, cmpopts.IgnoreUnexported(types.ResponseLaunchTemplateData{}, types.LaunchTemplateIamInstanceProfileSpecification{},
			types.LaunchTemplateBlockDeviceMapping{}, types.LaunchTemplateEbsBlockDevice{}, types.LaunchTemplateInstanceMetadataOptions{},
			types.LaunchTemplateTagSpecification{}, types.Tag{})); diff != "" {
			w.Error(diff)
		}
	})
}

func TestTemplateVersionNames(t *testing.T) {
	run(t, func(w *world) {
		image := w.image("app-1")
		must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("web"), LaunchTemplateData: web(image)})
		id := *must(w, w.client.DescribeLaunchTemplates, &sdk.DescribeLaunchTemplatesInput{LaunchTemplateNames: []string{"web"}}).LaunchTemplates[0].LaunchTemplateId
		for range 3 {
			must(w, w.client.CreateLaunchTemplateVersion, &sdk.CreateLaunchTemplateVersionInput{
				LaunchTemplateId: aws.String(id), SourceVersion: aws.String("$Latest"), LaunchTemplateData: &types.RequestLaunchTemplateData{KeyName: aws.String("k")},
			})
		}
		must(w, w.client.ModifyLaunchTemplate, &sdk.ModifyLaunchTemplateInput{LaunchTemplateId: aws.String(id), DefaultVersion: aws.String("2")})
		deleted := must(w, w.client.DeleteLaunchTemplateVersions, &sdk.DeleteLaunchTemplateVersionsInput{LaunchTemplateId: aws.String(id), Versions: []string{"2", "3"}})
		if len(deleted.SuccessfullyDeletedLaunchTemplateVersions) != 1 || len(deleted.UnsuccessfullyDeletedLaunchTemplateVersions) != 1 {
			w.Errorf("deleted %v", deleted)
		}
		for _, c := range []struct {
			in   sdk.DescribeLaunchTemplateVersionsInput
			want string
		}{
			{sdk.DescribeLaunchTemplateVersionsInput{}, "[4 2 1]"},
			{sdk.DescribeLaunchTemplateVersionsInput{Versions: []string{"$Latest"}}, "[4]"},
			{sdk.DescribeLaunchTemplateVersionsInput{Versions: []string{"$Default", "1"}}, "[2 1]"},
			{sdk.DescribeLaunchTemplateVersionsInput{MinVersion: aws.String("2")}, "[4 2]"},
			{sdk.DescribeLaunchTemplateVersionsInput{MinVersion: aws.String("2"), MaxVersion: aws.String("3")}, "[2]"},
		} {
			c.in.LaunchTemplateId = aws.String(id)
			var numbers []int64
			for _, v := range must(w, w.client.DescribeLaunchTemplateVersions, &c.in).LaunchTemplateVersions {
				numbers = append(numbers, *v.VersionNumber)
			}
			if got := fmt.Sprint(numbers); got != c.want {
				w.Errorf("got %s, want %s", got, c.want)
			}
		}
		refused(w, w.client.DescribeLaunchTemplateVersions, &sdk.DescribeLaunchTemplateVersionsInput{LaunchTemplateName: aws.String("web"), Versions: []string{"3"}},
			"InvalidLaunchTemplateId.VersionNotFound", "Could not find the specified version 3 for the launch template with ID "+id+".")
	})
}

func TestInstancesFromATemplate(t *testing.T) {
	run(t, func(w *world) {
		image := w.image("app-1")
		must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("web"), LaunchTemplateData: web(image)})
		out := must(w, w.client.RunInstances, &sdk.RunInstancesInput{
			MinCount: aws.Int32(1), MaxCount: aws.Int32(1), InstanceType: types.InstanceTypeT3Micro,
			LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("web"), Version: aws.String("$Latest")},
			TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{
				{Key: aws.String("color"), Value: aws.String("green")},
			}}},
		})
		tags := map[string]string{}
		for _, tag := range out.Instances[0].Tags {
			tags[*tag.Key] = *tag.Value
		}
		w.until(time.Minute)
		w.do(func(c *localec2.Compute) {
			found, err := c.Template("web", "$Latest")
			if err != nil {
				w.Fatal(err)
			}
			i, _ := c.Instance(*out.Instances[0].InstanceId)
			want := map[string]string{"Name": "web", "color": "green", "aws:ec2launchtemplate:id": found.ID, "aws:ec2launchtemplate:version": "1"}
			if diff := cmp.Diff(want, tags); diff != "" {
				w.Error(diff)
			}
			if i.ImageID != image || i.InstanceType != "t3.micro" || i.TemplateName != "web" || i.TemplateVersion != "1" || i.KeyName != "ops" {
				w.Errorf("%+v", i)
			}
		})
	})
}

func TestTemplateErrors(t *testing.T) {
	run(t, func(w *world) {
		data := web(w.image("app-1"))
		must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("web"), LaunchTemplateData: data})
		refused(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("web"), LaunchTemplateData: data},
			"InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
		refused(w, w.client.DescribeLaunchTemplates, &sdk.DescribeLaunchTemplatesInput{LaunchTemplateNames: []string{"wbe"}},
			"InvalidLaunchTemplateName.NotFoundException", "At least one of the launch templates specified in the request does not exist.")
		refused(w, w.client.DeleteLaunchTemplate, &sdk.DeleteLaunchTemplateInput{LaunchTemplateName: aws.String("wbe")},
			"InvalidLaunchTemplateName.NotFoundException", "The specified launch template, with template name wbe, does not exist.")
		refused(w, w.client.DescribeLaunchTemplateVersions, &sdk.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: aws.String("lt-0")},
			"InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID lt-0, does not exist.")
		must(w, w.client.DeleteLaunchTemplate, &sdk.DeleteLaunchTemplateInput{LaunchTemplateName: aws.String("web")})
		must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("web"), LaunchTemplateData: data})
	})
}
