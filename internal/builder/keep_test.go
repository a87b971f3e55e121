package builder

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/wire"
)

// shop has images a to e: template t has a in version 1, b in version 2, its newest, and u has c; configuration k has d; nothing has e.
type shop struct {
	*world
	groups    *autoscaling.Client
	images    map[string]string // ids, by name
	t, u      string            // ids of launch templates
	described Groups            // as the deployment reads them
}

func open(w *world) shop {
	w.Helper()
	s := shop{
		world: w, groups: autoscaling.NewFromConfig(w.aws.Endpoint.Config(wire.Caller{})), images: make(map[string]string),
		described: autoscaling.NewFromConfig(w.aws.Endpoint.Config(wire.Caller{AccessKeyID: ours})),
	}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		s.images[name] = *must(w, w.ec2.RegisterImage, &ec2.RegisterImageInput{Name: aws.String("image-" + name)}).ImageId
	}
	data := func(image string) *types.RequestLaunchTemplateData {
		return &types.RequestLaunchTemplateData{ImageId: aws.String(s.images[image]), InstanceType: types.InstanceTypeT3Micro}
	}
	s.t = *must(w, w.ec2.CreateLaunchTemplate, &ec2.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("the-t"), LaunchTemplateData: data("a")}).LaunchTemplate.LaunchTemplateId
	s.u = *must(w, w.ec2.CreateLaunchTemplate, &ec2.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("the-u"), LaunchTemplateData: data("c")}).LaunchTemplate.LaunchTemplateId
	must(w, w.ec2.CreateLaunchTemplateVersion, &ec2.CreateLaunchTemplateVersionInput{LaunchTemplateId: &s.t, LaunchTemplateData: data("b")})
	must(w, s.groups.CreateLaunchConfiguration, &autoscaling.CreateLaunchConfigurationInput{
		LaunchConfigurationName: aws.String("k"), ImageId: aws.String(s.images["d"]), InstanceType: aws.String("t3.micro"),
	})
	w.sleep(10 * time.Second)
	return s
}

// group makes one without instances.
func (s shop) group(name string, from autoscaling.CreateAutoScalingGroupInput) {
	s.Helper()
	from.AutoScalingGroupName, from.MinSize, from.MaxSize, from.AvailabilityZones = &name, aws.Int32(0), aws.Int32(1), []string{"ap-northeast-1a"}
	must(s.world, s.groups.CreateAutoScalingGroup, &from)
	s.sleep(10 * time.Second)
}

// What a group launches, in every place, is not removed.
func TestLaunched(t *testing.T) {
	spec := func(id string, version string) *asgtypes.LaunchTemplateSpecification {
		named := &asgtypes.LaunchTemplateSpecification{LaunchTemplateId: &id}
		if version != "" {
			named.Version = &version
		}
		return named
	}
	of := func(version string) func(shop) autoscaling.CreateAutoScalingGroupInput {
		return func(s shop) autoscaling.CreateAutoScalingGroupInput {
			return autoscaling.CreateAutoScalingGroupInput{LaunchTemplate: spec(s.t, version)}
		}
	}
	for name, test := range map[string]struct {
		from func(shop) autoscaling.CreateAutoScalingGroupInput
		then func(shop)
		want string // images
	}{
		"a version":   {of("1"), nil, "a"},
		"the newest":  {of("$Latest"), nil, "b"},
		"the default": {of("$Default"), nil, "a"},
		"none named":  {of(""), nil, "a"},
		"a policy, with an override's own": {func(s shop) autoscaling.CreateAutoScalingGroupInput {
			return autoscaling.CreateAutoScalingGroupInput{MixedInstancesPolicy: &asgtypes.MixedInstancesPolicy{LaunchTemplate: &asgtypes.LaunchTemplate{
				LaunchTemplateSpecification: spec(s.t, "2"),
				Overrides:                   []asgtypes.LaunchTemplateOverrides{{InstanceType: aws.String("t3.small"), LaunchTemplateSpecification: spec(s.u, "1")}},
			}}}
		}, nil, "b c"},
		"a configuration": {func(shop) autoscaling.CreateAutoScalingGroupInput {
			return autoscaling.CreateAutoScalingGroupInput{LaunchConfigurationName: aws.String("k")}
		}, nil, "d"},
		"a version that is gone": {of("2"), func(s shop) {
			must(s.world, s.ec2.DeleteLaunchTemplateVersions, &ec2.DeleteLaunchTemplateVersionsInput{LaunchTemplateId: &s.t, Versions: []string{"2"}})
		}, ""},
		"a template that is gone": {of("2"), func(s shop) {
			must(s.world, s.ec2.DeleteLaunchTemplate, &ec2.DeleteLaunchTemplateInput{LaunchTemplateId: &s.t})
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, ledger.Committed, nil, func(w *world) {
				s := open(w)
				s.group("web", test.from(s))
				if test.then != nil {
					test.then(s)
					s.sleep(10 * time.Second)
				}
				launched, err := w.maker.Launched(context.Background(), s.described, []string{"web", "gone"})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, image := range slices.Sorted(maps.Keys(s.images)) {
					if launched[s.images[image]] {
						got = append(got, image)
					}
				}
				if strings.Join(got, " ") != test.want {
					t.Errorf("got %v, want %s", got, test.want)
				}
			})
		})
	}
}

// An image that anybody's instance runs is not removed.
func TestRuns(t *testing.T) {
	in(t, ledger.Committed, nil, func(w *world) {
		runs := func(want bool) {
			t.Helper()
			if got, err := w.maker.Runs(context.Background(), w.image); err != nil || got != want {
				t.Errorf("got %t, %v; want %t", got, err, want)
			}
		}
		runs(false)
		id := w.instance("somebody's", "a")
		runs(true)
		must(w, w.ec2.StopInstances, &ec2.StopInstancesInput{InstanceIds: []string{id}})
		w.sleep(2 * time.Minute)
		runs(true) // it may be started again
		must(w, w.ec2.TerminateInstances, &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
		w.sleep(5 * time.Second)
		runs(false)
	})
}
