package launch_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/filled"
	"bluegreen/internal/launch"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/wire"
)

// onlyDescribed are the members of a version that no template is made with, as FromVersion says why.
var onlyDescribed = []string{
	"MetadataOptions.State",
	"NetworkInterfaces.Ipv6Addresses.IsPrimaryIpv6",
	"Operator.HiddenByDefault", "Operator.Managed", "Operator.Principal",
}

// Every member of a launch template's version is copied, but those that only describe.
func TestEveryMemberOfAVersionIsCopied(t *testing.T) {
	found := silent(t, filled.Value[types.ResponseLaunchTemplateData](), func(data types.ResponseLaunchTemplateData) any {
		made, err := launch.FromVersion(data)
		if err != nil {
			t.Fatal(err)
		}
		return made
	})
	if !slices.Equal(found, onlyDescribed) {
		t.Errorf("not copied: %v\nthat only describe: %v", found, onlyDescribed)
	}
}

// A template that is made of what another is described as is described the same.
func TestACopyOfAVersionIsTheSame(t *testing.T) {
	v := clock.NewVirtual(time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC))
	defer v.Close()
	a := localaws.New(localaws.Options{Clock: v, Seed: 1})
	defer a.Close()
	v.Run(func() {
		client := ec2.NewFromConfig(a.Endpoint.Config(wire.Caller{}))
		put := func(name string, data *types.RequestLaunchTemplateData) types.ResponseLaunchTemplateData {
			if _, err := client.CreateLaunchTemplate(t.Context(), &ec2.CreateLaunchTemplateInput{LaunchTemplateName: &name, LaunchTemplateData: data}); err != nil {
				t.Fatal(err)
			}
			out, err := client.DescribeLaunchTemplateVersions(t.Context(), &ec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateName: &name, Versions: []string{"1"}})
			if err != nil {
				t.Fatal(err)
			}
			return *out.LaunchTemplateVersions[0].LaunchTemplateData
		}
		data := filled.Value[types.RequestLaunchTemplateData]()
		data.UserData, data.Operator = aws.String("IyEvYmluL3NoCg=="), nil
		data.BlockDeviceMappings[1].NoDevice = aws.String("") // as AWS wants it
		first := put("first", &data)
		made, err := launch.FromVersion(first)
		if err != nil {
			t.Fatal(err)
		}
		if second := put("second", made); asText(t, first) != asText(t, second) {
			t.Errorf("the copy is described as\n%s\nnot as\n%s", asText(t, second), asText(t, first))
		}
	})
}
