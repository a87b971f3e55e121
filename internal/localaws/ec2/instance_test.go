package ec2_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	localec2 "bluegreen/internal/localaws/ec2"
)

func (w *world) state(id string) string {
	w.Helper()
	out := must(w, w.client.DescribeInstances, &sdk.DescribeInstancesInput{InstanceIds: []string{id}})
	return string(out.Reservations[0].Instances[0].State.Name)
}

func (w *world) status(id string) string {
	w.Helper()
	out := must(w, w.client.DescribeInstanceStatus, &sdk.DescribeInstanceStatusInput{
		InstanceIds: []string{id}, IncludeAllInstances: aws.Bool(true),
	})
	return string(out.InstanceStatuses[0].InstanceStatus.Status)
}

func TestLifeOfAnInstance(t *testing.T) {
	run(t, func(w *world) {
		id := w.launch(w.image("app-1"))
		timeline := []struct {
			at     time.Duration
			change func(*localec2.Compute)
			want   string
		}{
			{5 * time.Second, nil, "pending not-applicable silent"},
			{15 * time.Second, nil, "running initializing silent"},
			{35 * time.Second, nil, "running initializing answers"},
			{80 * time.Second, nil, "running ok answers"},
			{90 * time.Second, func(c *localec2.Compute) { c.Sicken(id) }, "running ok silent"},
			{100 * time.Second, func(c *localec2.Compute) { c.Heal(id) }, "running ok answers"},
			{110 * time.Second, func(c *localec2.Compute) { c.ImpairStatus(id) }, "running impaired answers"},
			{120 * time.Second, func(c *localec2.Compute) { c.Stop(id) }, "stopping not-applicable silent"},
			{160 * time.Second, nil, "stopped not-applicable silent"},
			{170 * time.Second, func(c *localec2.Compute) { c.Start(id) }, "pending not-applicable silent"},
			{185 * time.Second, nil, "running impaired silent"},
			{205 * time.Second, nil, "running impaired answers"},
			{210 * time.Second, func(c *localec2.Compute) { c.Terminate(id) }, "shutting-down not-applicable silent"},
			{245 * time.Second, nil, "terminated not-applicable silent"},
		}
		for _, step := range timeline {
			w.until(step.at)
			if step.change != nil {
				w.do(step.change)
			}
			answers := map[bool]string{true: "answers", false: "silent"}[w.answers(id)]
			if got := w.state(id) + " " + w.status(id) + " " + answers; got != step.want {
				w.Errorf("after %s: %s, want %s", step.at, got, step.want)
			}
		}
		w.until(2 * time.Hour)
		refused(w, w.client.DescribeInstances, &sdk.DescribeInstancesInput{InstanceIds: []string{id}},
			"InvalidInstanceID.NotFound", fmt.Sprintf("The instance ID '%s' does not exist", id))
	})
}

func TestOnChangeTellsWhatHappens(t *testing.T) {
	run(t, func(w *world) {
		var seen []string
		w.do(func(c *localec2.Compute) {
			c.OnChange(func(i *localec2.Instance) { seen = append(seen, fmt.Sprintf("%s %t", i.State, i.Answers())) })
		})
		id := w.launch(w.image("app-1"))
		w.until(time.Minute)
		w.do(func(c *localec2.Compute) { c.Sicken(id); c.Sicken(id); c.Heal(id); c.Terminate(id); c.Terminate(id) })
		w.until(2 * time.Minute)
		want := []string{"pending false", "running false", "running true", "running false", "running true", "shutting-down false", "terminated false"}
		if diff := cmp.Diff(want, seen); diff != "" {
			w.Error(diff)
		}
	})
}

func TestImageSickFromBirth(t *testing.T) {
	run(t, func(w *world) {
		image := w.image("broken")
		w.do(func(c *localec2.Compute) { c.MarkImageSick(image) })
		id := w.launch(image)
		w.until(10 * time.Minute)
		if w.answers(id) || w.state(id) != "running" || w.status(id) != "ok" {
			w.Errorf("state %s, status %s, answers %t", w.state(id), w.status(id), w.answers(id))
		}
	})
}

func TestCapacityRunsOut(t *testing.T) {
	run(t, func(w *world) {
		in := &sdk.RunInstancesInput{
			ImageId: aws.String(w.image("app-1")), InstanceType: types.InstanceTypeT3Micro,
			MinCount: aws.Int32(1), MaxCount: aws.Int32(5),
			Placement: &types.Placement{AvailabilityZone: aws.String("ap-northeast-1c")},
		}
		w.do(func(c *localec2.Compute) { c.SetCapacity("ap-northeast-1c", "t3.micro", 3) })
		if got := len(must(w, w.client.RunInstances, in).Instances); got != 3 {
			w.Errorf("%d of 5 launched where 3 fit", got)
		}
		in.ClientToken = nil
		refused(w, w.client.RunInstances, in, "InsufficientInstanceCapacity", "We currently do not have sufficient t3.micro capacity in the "+
			"Availability Zone you requested (ap-northeast-1c). Our system will be working on provisioning additional capacity. You can "+
			"currently get t3.micro capacity by not specifying an Availability Zone in your request or choosing ap-northeast-1a, ap-northeast-1d.")
		in.Placement.AvailabilityZone = aws.String("ap-northeast-1d")
		must(w, w.client.RunInstances, in)
		w.do(func(c *localec2.Compute) { c.SetCapacity("ap-northeast-1c", "t3.micro", -1) })
		in.Placement.AvailabilityZone = aws.String("ap-northeast-1c")
		must(w, w.client.RunInstances, in)
	})
}

func TestTypeThatAZoneDoesNotOffer(t *testing.T) {
	run(t, func(w *world) {
		in := &sdk.RunInstancesInput{
			ImageId: aws.String(w.image("app-1")), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
			Placement: &types.Placement{AvailabilityZone: aws.String("ap-northeast-1c")},
		}
		w.do(func(c *localec2.Compute) { c.Unoffer("ap-northeast-1c", "t3.micro") })
		refused(w, w.client.RunInstances, in, "Unsupported", "Your requested instance type (t3.micro) is not supported in your requested "+
			"Availability Zone (ap-northeast-1c). Please retry your request by not specifying an Availability Zone or choosing ap-northeast-1a, ap-northeast-1d.")
		in.InstanceType = types.InstanceTypeT3Small
		must(w, w.client.RunInstances, in)
	})
}

func TestRunInstancesIsIdempotent(t *testing.T) {
	run(t, func(w *world) {
		in := &sdk.RunInstancesInput{
			ImageId: aws.String(w.image("app-1")), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(2), MaxCount: aws.Int32(2),
			ClientToken: aws.String("once"),
		}
		first, second := must(w, w.client.RunInstances, in), must(w, w.client.RunInstances, in)
		if *first.ReservationId != *second.ReservationId || *first.Instances[1].InstanceId != *second.Instances[1].InstanceId {
			w.Errorf("the same token launched again: %s, then %s", *first.ReservationId, *second.ReservationId)
		}
	})
}

func TestDescribeInstancesFiltersAndPages(t *testing.T) {
	run(t, func(w *world) {
		image := w.image("app-1")
		var ids []string
		for k := range 12 {
			out := must(w, w.client.RunInstances, &sdk.RunInstancesInput{
				ImageId: aws.String(image), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
				TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{
					{Key: aws.String("Name"), Value: aws.String(fmt.Sprintf("node-%02d", k))},
					{Key: aws.String("color"), Value: aws.String([]string{"blue", "green"}[k%2])},
				}}},
			})
			ids = append(ids, *out.Instances[0].InstanceId)
		}
		w.until(5 * time.Second)
		must(w, w.client.TerminateInstances, &sdk.TerminateInstancesInput{InstanceIds: ids[:2]})
		for _, c := range []struct {
			filter string
			values []string
			want   []string
		}{
			{"tag:color", []string{"green"}, []string{ids[1], ids[3], ids[5], ids[7], ids[9], ids[11]}},
			{"tag:Name", []string{"node-0?"}, ids[:10]},
			{"tag:Name", []string{"*-10", "*-11"}, ids[10:]},
			{"tag-key", []string{"color"}, ids},
			{"tag-key", []string{"colour"}, nil},
			{"instance-state-name", []string{"shutting-down"}, ids[:2]},
			{"instance-id", ids[3:4], ids[3:4]},
		} {
			got := w.pagesOf(&sdk.DescribeInstancesInput{
				MaxResults: aws.Int32(5), Filters: []types.Filter{{Name: aws.String(c.filter), Values: c.values}},
			})
			if !slices.Equal(got, c.want) {
				w.Errorf("%s=%v: got %v, want %v", c.filter, c.values, got, c.want)
			}
		}
		refused(w, w.client.DescribeInstances, &sdk.DescribeInstancesInput{Filters: []types.Filter{{Name: aws.String("nmae"), Values: ids}}},
			"InvalidParameterValue", "The filter 'nmae' is invalid")
	})
}

// pagesOf are the ids on all pages.
func (w *world) pagesOf(in *sdk.DescribeInstancesInput) []string {
	w.Helper()
	var ids []string
	pages := sdk.NewDescribeInstancesPaginator(w.client, in)
	for pages.HasMorePages() {
		out, err := pages.NextPage(context.Background())
		if err != nil {
			w.Fatal(err)
		}
		if len(out.Reservations) > 5 {
			w.Errorf("a page of %d", len(out.Reservations))
		}
		for _, reservation := range out.Reservations {
			for _, i := range reservation.Instances {
				ids = append(ids, *i.InstanceId)
			}
		}
	}
	return ids
}

func TestDescribeInstancesSaysWhatWasLaunched(t *testing.T) {
	run(t, func(w *world) {
		image := w.image("app-1")
		group := must(w, w.client.CreateSecurityGroup, &sdk.CreateSecurityGroupInput{GroupName: aws.String("web"), Description: aws.String("web servers")})
		out := must(w, w.client.RunInstances, &sdk.RunInstancesInput{
			ImageId: aws.String(image), InstanceType: types.InstanceTypeM7gLarge, KeyName: aws.String("ops"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
			SecurityGroupIds: []string{*group.GroupId}, UserData: aws.String("IyEvYmluL3NoCg=="),
			IamInstanceProfile: &types.IamInstanceProfileSpecification{Name: aws.String("web")},
			Placement:          &types.Placement{AvailabilityZone: aws.String("ap-northeast-1d")},
		})
		w.until(time.Minute)
		described := must(w, w.client.DescribeInstances, &sdk.DescribeInstancesInput{InstanceIds: []string{*out.Instances[0].InstanceId}})
		i := described.Reservations[0].Instances[0]
		vpc := must(w, w.client.DescribeVpcs, &sdk.DescribeVpcsInput{}).Vpcs[0]
		subnet := must(w, w.client.DescribeSubnets, &sdk.DescribeSubnetsInput{SubnetIds: []string{*i.SubnetId}}).Subnets[0]
		got := fmt.Sprintln(*i.ImageId == image, i.InstanceType, *i.KeyName, *i.IamInstanceProfile.Arn, *i.Placement.AvailabilityZone,
			*i.SecurityGroups[0].GroupName, *i.VpcId == *vpc.VpcId, *subnet.AvailabilityZone, *subnet.AvailableIpAddressCount,
			*i.PrivateIpAddress, *i.PrivateDnsName, *i.State.Code)
		want := "true m7g.large ops arn:aws:iam::000000000000:instance-profile/web ap-northeast-1d web true ap-northeast-1d 4090 " +
			"172.31.32.4 ip-172-31-32-4.ap-northeast-1.compute.internal 16\n"
		if got != want {
			w.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestInstanceErrors(t *testing.T) {
	run(t, func(w *world) {
		image := w.image("app-1")
		base := sdk.RunInstancesInput{ImageId: aws.String(image), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1)}
		for _, c := range []struct {
			change        func(*sdk.RunInstancesInput)
			code, message string
		}{
			{func(in *sdk.RunInstancesInput) { in.ImageId = aws.String("ami-0") }, "InvalidAMIID.NotFound", "The image id '[ami-0]' does not exist"},
			{func(in *sdk.RunInstancesInput) { in.ImageId = nil }, "MissingParameter", "The request must contain the parameter ImageId"},
			{func(in *sdk.RunInstancesInput) { in.InstanceType = "t3.tiny" }, "InvalidParameterValue", "Invalid value 't3.tiny' for InstanceType."},
			{func(in *sdk.RunInstancesInput) { in.SubnetId = aws.String("subnet-0") }, "InvalidSubnetID.NotFound", "The subnet ID 'subnet-0' does not exist"},
			{func(in *sdk.RunInstancesInput) { in.SecurityGroupIds = []string{"sg-0"} }, "InvalidGroup.NotFound", "The security group 'sg-0' does not exist"},
			{func(in *sdk.RunInstancesInput) { in.UserData = aws.String("%") }, "InvalidUserData.Malformed", "Invalid BASE64 encoding of user data."},
			{func(in *sdk.RunInstancesInput) { in.EnablePrimaryIpv6 = aws.Bool(true) }, "NotModelled", "localaws does not model parameter EnablePrimaryIpv6 of ec2:RunInstances"},
		} {
			in := base
			c.change(&in)
			refused(w, w.client.RunInstances, &in, c.code, c.message)
		}
		refused(w, w.client.TerminateInstances, &sdk.TerminateInstancesInput{InstanceIds: []string{"i-0"}},
			"InvalidInstanceID.NotFound", "The instance ID 'i-0' does not exist")
		must(w, w.client.DeregisterImage, &sdk.DeregisterImageInput{ImageId: aws.String(image)})
		refused(w, w.client.RunInstances, &base, "InvalidAMIID.NotFound", "The image id '["+image+"]' does not exist")
	})
}

func TestImageOfAnInstance(t *testing.T) {
	run(t, func(w *world) {
		id := w.launch(w.image("app-1"))
		w.until(20 * time.Second)
		copied := *must(w, w.client.CreateImage, &sdk.CreateImageInput{InstanceId: aws.String(id), Name: aws.String("app-2")}).ImageId
		state := func() string {
			return string(must(w, w.client.DescribeImages, &sdk.DescribeImagesInput{ImageIds: []string{copied}}).Images[0].State)
		}
		if got := state(); got != "pending" {
			w.Errorf("right after CreateImage: %s", got)
		}
		refused(w, w.client.RunInstances, &sdk.RunInstancesInput{
			ImageId: aws.String(copied), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		}, "InvalidAMIID.Unavailable", fmt.Sprintf("AMI '%s' is pending, and cannot be run", copied))
		w.until(10 * time.Minute)
		if got := state(); got != "available" {
			w.Errorf("in the end: %s", got)
		}
		w.launch(copied)
		refused(w, w.client.RegisterImage, &sdk.RegisterImageInput{Name: aws.String("app-2")},
			"InvalidAMIName.Duplicate", fmt.Sprintf("AMI name app-2 is already in use by AMI %s", copied))
	})
}

func TestArchitecturesOfInstanceTypes(t *testing.T) {
	run(t, func(w *world) {
		for kind, want := range map[types.InstanceType]string{
			"t3.micro": "[x86_64]", "m7g.large": "[arm64]", "x2gd.medium": "[arm64]", "im4gn.large": "[arm64]", "a1.large": "[arm64]", "g4dn.xlarge": "[x86_64]", "g5g.xlarge": "[arm64]",
		} {
			out := must(w, w.client.DescribeInstanceTypes, &sdk.DescribeInstanceTypesInput{InstanceTypes: []types.InstanceType{kind}})
			if got := fmt.Sprint(out.InstanceTypes[0].ProcessorInfo.SupportedArchitectures); got != want {
				w.Errorf("%s: %s, want %s", kind, got, want)
			}
		}
		refused(w, w.client.DescribeInstanceTypes, &sdk.DescribeInstanceTypesInput{InstanceTypes: []types.InstanceType{"t3.micro", "t9.huge"}},
			"InvalidInstanceType", "The following supplied instance types do not exist: [t9.huge]")
	})
}
