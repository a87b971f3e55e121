package ec2_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/filled"
	localec2 "bluegreen/internal/localaws/ec2"
)

// Whatever a template may hold is stored and shown, also what the model does not honour at a launch.
func TestTemplateKeepsEveryMember(t *testing.T) {
	run(t, func(w *world) {
		data := filled.Value[types.RequestLaunchTemplateData]()
		data.UserData = aws.String("IyEvYmluL3NoCg==")
		must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("full"), LaunchTemplateData: &data})
		shown := w.version("full", "1").LaunchTemplateData
		// Of the same names under other types: as JSON, what is put and what is shown are alike.
		if diff := cmp.Diff(asMap(t, data), asMap(t, shown)); diff != "" {
			t.Errorf("what is shown is not what was put (-put +shown):\n%s", diff)
		}
	})
}

// asMap is a value as JSON without members that are empty: some of the types that are shown have more members.
func asMap(t *testing.T, value any) any {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var decoded any
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		t.Fatal(err)
	}
	return withoutEmpty(decoded)
}

func withoutEmpty(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			if item = withoutEmpty(item); item == nil || item == "" {
				delete(value, key)
			} else {
				value[key] = item
			}
		}
	case []any:
		for k, item := range value {
			value[k] = withoutEmpty(item)
		}
	}
	return value
}

// version is a template's version as described.
func (w *world) version(template, version string) types.LaunchTemplateVersion {
	w.Helper()
	return must(w, w.client.DescribeLaunchTemplateVersions, &sdk.DescribeLaunchTemplateVersionsInput{
		LaunchTemplateName: &template, Versions: []string{version},
	}).LaunchTemplateVersions[0]
}

// What no launch would take is stored, and said beside the answer: the call succeeds.
func TestTemplateWarnsOfWhatNoLaunchTakes(t *testing.T) {
	run(t, func(w *world) {
		out := must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{
			LaunchTemplateName: aws.String("bad"), LaunchTemplateData: &types.RequestLaunchTemplateData{
				ImageId: aws.String("ami-0"), InstanceType: "t9.huge", SecurityGroupIds: []string{"sg-0"},
			},
		})
		var codes []string
		for _, found := range out.Warning.Errors {
			codes = append(codes, *found.Code+": "+*found.Message)
		}
		want := []string{
			"InvalidParameterValue: Invalid value 't9.huge' for InstanceType.", "InvalidAMIID.NotFound: The image id '[ami-0]' does not exist",
			"InvalidGroup.NotFound: The security group 'sg-0' does not exist",
		}
		if diff := cmp.Diff(want, codes); diff != "" {
			t.Error(diff)
		}
		if out := must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("good"), LaunchTemplateData: web(w.image("app"))}); out.Warning != nil {
			t.Errorf("warned of %v", out.Warning.Errors)
		}
		refused(w, w.client.RunInstances, &sdk.RunInstancesInput{
			MinCount: aws.Int32(1), MaxCount: aws.Int32(1), LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("bad")},
		}, "InvalidParameterValue", "Invalid value 't9.huge' for InstanceType.")
	})
}

// A request that comes twice with its token makes one template; another request with that token is refused.
func TestTemplateTokens(t *testing.T) {
	run(t, func(w *world) {
		image := w.image("app")
		input := func(name string) *sdk.CreateLaunchTemplateInput {
			return &sdk.CreateLaunchTemplateInput{LaunchTemplateName: &name, LaunchTemplateData: web(image), ClientToken: aws.String("once")}
		}
		first := must(w, w.client.CreateLaunchTemplate, input("web"))
		again := must(w, w.client.CreateLaunchTemplate, input("web"))
		if *first.LaunchTemplate.LaunchTemplateId != *again.LaunchTemplate.LaunchTemplateId {
			t.Error("a token made two templates")
		}
		refused(w, w.client.CreateLaunchTemplate, input("other"), "IdempotentParameterMismatch",
			"Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
		version := &sdk.CreateLaunchTemplateVersionInput{LaunchTemplateName: aws.String("web"), LaunchTemplateData: web(image), ClientToken: aws.String("second")}
		must(w, w.client.CreateLaunchTemplateVersion, version)
		if n := *must(w, w.client.CreateLaunchTemplateVersion, version).LaunchTemplateVersion.VersionNumber; n != 2 {
			t.Errorf("a token made version %d, too", n)
		}
		must(w, w.client.DeleteLaunchTemplate, &sdk.DeleteLaunchTemplateInput{LaunchTemplateName: aws.String("web")})
		must(w, w.client.CreateLaunchTemplate, input("web"))
	})
}

func TestTemplateTagsAndFilters(t *testing.T) {
	run(t, func(w *world) {
		data := web(w.image("app"))
		tagged := func(kind types.ResourceType) []types.TagSpecification {
			return []types.TagSpecification{{ResourceType: kind, Tags: []types.Tag{{Key: aws.String("project"), Value: aws.String("ec")}}}}
		}
		refused(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{
			LaunchTemplateName: aws.String("web"), LaunchTemplateData: data, TagSpecifications: tagged(types.ResourceTypeInstance),
		}, "InvalidParameterValue", "'instance' is not a valid taggable resource type for this operation.")
		must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{
			LaunchTemplateName: aws.String("web"), LaunchTemplateData: data, TagSpecifications: tagged(types.ResourceTypeLaunchTemplate),
		})
		must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("other"), LaunchTemplateData: data})
		found := must(w, w.client.DescribeLaunchTemplates, &sdk.DescribeLaunchTemplatesInput{
			Filters: []types.Filter{{Name: aws.String("tag:project"), Values: []string{"ec"}}},
		}).LaunchTemplates
		if len(found) != 1 || *found[0].LaunchTemplateName != "web" || *found[0].Tags[0].Value != "ec" {
			t.Errorf("found %v", found)
		}
		refused(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("a b"), LaunchTemplateData: data},
			"InvalidLaunchTemplateName.MalformedException", "A launch template name must be between 3 and 128 characters, and may contain letters, "+
				"numbers, and the following characters: - ( ) . / _.")
		refused(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{
			LaunchTemplateName: aws.String("long"), LaunchTemplateData: data, VersionDescription: aws.String(strings.Repeat("a", 256)),
		}, "InvalidParameterValue", "The version description is limited to 255 characters")
	})
}

// A version that is made from another takes its block devices along, but for their snapshots.
func TestSourceVersionDropsSnapshots(t *testing.T) {
	run(t, func(w *world) {
		data := web(w.image("app"))
		data.BlockDeviceMappings[0].Ebs.SnapshotId = aws.String("snap-1")
		must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("web"), LaunchTemplateData: data})
		must(w, w.client.CreateLaunchTemplateVersion, &sdk.CreateLaunchTemplateVersionInput{
			LaunchTemplateName: aws.String("web"), SourceVersion: aws.String("1"), LaunchTemplateData: &types.RequestLaunchTemplateData{KeyName: aws.String("k")},
		})
		first, second := w.version("web", "1").LaunchTemplateData.BlockDeviceMappings[0].Ebs, w.version("web", "2").LaunchTemplateData.BlockDeviceMappings[0].Ebs
		if aws.ToString(first.SnapshotId) != "snap-1" || second.SnapshotId != nil || *second.VolumeSize != 20 {
			t.Errorf("version 1 has %v of %d, version 2 %v of %d", first.SnapshotId, *first.VolumeSize, second.SnapshotId, *second.VolumeSize)
		}
	})
}

// An image that is named by a parameter is what the parameter stands for at the launch; the version shows the parameter unless
// it is asked for the image.
func TestImageNamedByAParameter(t *testing.T) {
	run(t, func(w *world) {
		first, second := w.image("app-1"), w.image("app-2")
		now := first
		w.do(func(c *localec2.Compute) { c.ResolveImagesBy(func(string) (string, error) { return now, nil }) })
		must(w, w.client.CreateLaunchTemplate, &sdk.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("web"), LaunchTemplateData: web("resolve:ssm:/app/image")})
		now = second
		out := must(w, w.client.RunInstances, &sdk.RunInstancesInput{
			MinCount: aws.Int32(1), MaxCount: aws.Int32(1), LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("web")},
		})
		if *out.Instances[0].ImageId != second {
			t.Errorf("launched %s, not %s", *out.Instances[0].ImageId, second)
		}
		for resolve, want := range map[bool]string{false: "resolve:ssm:/app/image", true: second} {
			shown := must(w, w.client.DescribeLaunchTemplateVersions, &sdk.DescribeLaunchTemplateVersionsInput{
				LaunchTemplateName: aws.String("web"), Versions: []string{"1"}, ResolveAlias: aws.Bool(resolve),
			}).LaunchTemplateVersions[0].LaunchTemplateData
			if *shown.ImageId != want {
				t.Errorf("with ResolveAlias %t the image is %s, not %s", resolve, *shown.ImageId, want)
			}
		}
	})
}
