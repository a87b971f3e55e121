package deploy_test

import (
	"strings"
	"testing"

	"bluegreen/internal/deploy"
)

// Two instances over three zones stand where EC2 Auto Scaling puts them: not always where blue's do.
func TestGreenServesInAsManyZones(t *testing.T) {
	blue := inZones("blue", "a", "b")
	for _, c := range []struct {
		zones []string
		good  bool
	}{
		{[]string{"a", "b"}, true},
		{[]string{"b", "c"}, true},
		{[]string{"b", "b"}, false},
		{[]string{"c", "c"}, false},
	} {
		green := inZones("green", c.zones...)
		targets := make(deploy.Targets)
		for _, f := range []deploy.Fleet{blue, green} {
			for _, instance := range f.Instances {
				targets[instance.ID] = deploy.TargetHealthy
			}
		}
		sample := deploy.GreenServes(deploy.Traffic{tg1: targets}.Zones(blue), green, deploy.Traffic{tg1: targets}, len(c.zones))
		if sample.Good != c.good {
			t.Errorf("green in zones %v beside blue in a and b: good is %t (%s), want %t", c.zones, sample.Good, sample.Message, c.good)
		}
	}
}

// Where no load balancer uses what blue serves there is nothing to wait for, on the way back.
func TestBlueServesWithoutATargetGroup(t *testing.T) {
	blue := inZones("blue", "a")
	if sample := deploy.BlueServes(blue, deploy.Traffic{}, 1); !sample.Good {
		t.Error(sample.Message)
	}
	if sample := deploy.BlueServes(blue, deploy.Traffic{tg1: {}}, 1); sample.Good {
		t.Error(sample.Message)
	}
	for _, c := range []struct {
		targets deploy.Targets
		unused  bool
	}{
		{deploy.Targets{}, false},
		{deploy.Targets{"blue0": deploy.TargetUnused}, true},
		{deploy.Targets{"blue0": deploy.TargetUnused, "blue1": deploy.TargetDraining}, false},
	} {
		if c.targets.Unused() != c.unused {
			t.Errorf("%v: unused is %t", c.targets, !c.unused)
		}
	}
}

// inZones is a fleet with one instance that serves in each zone.
func inZones(name string, zones ...string) deploy.Fleet {
	f := deploy.Fleet{Name: name}
	for i, zone := range zones {
		f.Instances = append(f.Instances, deploy.Instance{ID: name + string(rune('0'+i)), Zone: zone, Lifecycle: "InService", Healthy: true})
	}
	return f
}

// Every instance that is expected serves, at least one does, and as many as blue wants by now: one that its group has found
// unhealthy does not count, nor one on its way.
func TestGreenInService(t *testing.T) {
	sick, pending := deploy.Instance{Lifecycle: deploy.InService}, deploy.Instance{Lifecycle: "Pending", Healthy: true}
	for _, c := range []struct {
		name          string
		blue, green   int // desired
		serving       int
		besides       []deploy.Instance
		wanted        int
		good, message string
	}{
		{"all of them", 2, 2, 2, nil, 2, "good", "green green has 2 of 2 instances in service (blue wants 2)"},
		{"one alone", 1, 1, 1, nil, 1, "good", ""},
		{"more than wanted", 2, 2, 3, nil, 2, "good", ""},
		{"one unhealthy", 2, 2, 1, []deploy.Instance{sick}, 2, "", "green green has 1 of 2 instances"},
		{"one pending", 2, 2, 1, []deploy.Instance{pending}, 2, "", ""},
		{"blue has grown", 3, 2, 2, nil, 3, "", "green green has 2 of 3 instances in service (blue wants 3)"},
		{"green is to have more", 2, 3, 2, nil, 3, "", "green green has 2 of 3 instances in service (blue wants 2)"},
		{"nothing is wanted", 0, 0, 0, nil, 0, "good", ""},
		{"one where nothing is wanted", 0, 0, 1, nil, 0, "good", ""},
	} {
		green := inZones("green", strings.Split(strings.Repeat("a", c.serving), "")...)
		green.Sizes.Desired = c.green
		green.Instances = append(green.Instances, c.besides...)
		got := deploy.GreenInService(deploy.Fleet{Name: "blue", Sizes: deploy.Sizes{Desired: c.blue}}, green)
		if got.Good != (c.good != "") || got.Serving != c.serving || got.Wanted != c.wanted || !strings.HasPrefix(got.Message, c.message) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

var (
	tg1   = deploy.Source{Type: deploy.TargetGroup, ID: "tg1"}
	tg2   = deploy.Source{Type: deploy.TargetGroup, ID: "tg2"}
	front = deploy.Source{Type: deploy.ClassicBalancer, ID: "front"}
)

// Green serves where its instances are healthy in every target group, as the group sees them too.
func TestGreenServes(t *testing.T) {
	blue, green := inZones("blue", "a", "b"), inZones("green", "a", "b")
	half := inZones("green", "a", "b")
	half.Instances[1].Healthy = false
	all := deploy.Targets{"blue0": healthy, "blue1": healthy, "green0": healthy, "green1": healthy}
	one := deploy.Targets{"blue0": healthy, "blue1": healthy, "green0": healthy, "green1": initial}
	for _, c := range []struct {
		name    string
		green   deploy.Fleet
		traffic deploy.Traffic
		want    int
		good    bool
		serving int
		message string
	}{
		{"everywhere", green, deploy.Traffic{tg1: all, tg2: all}, 2, true, 2, "green green has 2 of 2 instances healthy in 2 target groups"},
		{"in one of two target groups", green, deploy.Traffic{tg1: all, tg2: one}, 2, false, 1, "green green has 1 of 2 instances healthy in 2 target groups, none in b where blue serves"},
		{"the group finds one unhealthy", half, deploy.Traffic{tg1: all}, 2, false, 1, "green green has 1 of 2 instances healthy in 1 target group, none in b where blue serves"},
		{"enough, but not in every zone", green, deploy.Traffic{tg1: one}, 1, false, 1, "green green has 1 of 1 instances healthy in 1 target group, none in b where blue serves"},
		{"too few, in every zone", green, deploy.Traffic{tg1: all}, 3, false, 2, "green green has 2 of 3 instances healthy in 1 target group"},
		{"one is wanted, and blue does not serve", green, deploy.Traffic{tg1: {"green0": healthy}}, 1, true, 1, "green green has 1 of 1 instances healthy in 1 target group"},
		{"nothing is wanted", green, deploy.Traffic{tg1: all}, 0, true, 2, "green green has 2 of 0 instances healthy in 1 target group"},
		{"behind a Classic load balancer", green, deploy.Traffic{front: all}, 2, true, 2, "green green has 2 of 2 instances healthy in 1 load balancer"},
		{"behind that and in a target group", green, deploy.Traffic{front: all, tg1: all}, 2, true, 2, "green green has 2 of 2 instances healthy in 2 traffic sources"},
		{"no target group", green, deploy.Traffic{}, 1, false, 0, "green green has 0 of 1 instances healthy in 0 target groups"},
	} {
		got := deploy.GreenServes(c.traffic.Zones(blue), c.green, c.traffic, c.want)
		if got.Good != c.good || got.Serving != c.serving || got.Wanted != c.want || got.Message != c.message {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestBlueServes(t *testing.T) {
	traffic := deploy.Traffic{tg1: {"blue0": healthy, "blue1": initial}}
	for want, good := range map[int]bool{0: true, 1: true, 2: false} {
		if got := deploy.BlueServes(inZones("blue", "a", "a"), traffic, want); got.Good != good || got.Serving != 1 {
			t.Errorf("%d are wanted: %+v", want, got)
		}
	}
}

// A fleet has left once it is attached to none of the target groups and none of its instances drains there any more.
func TestLeft(t *testing.T) {
	for _, c := range []struct {
		name     string
		attached []string
		traffic  deploy.Traffic
		good     bool
		message  string
	}{
		{"attached to one of two", []string{"tg2"}, deploy.Traffic{tg1: {}, tg2: {}}, false, "blue is still attached to 1 target group"},
		{"attached to both", []string{"tg2", "tg1"}, deploy.Traffic{tg1: {}, tg2: {}}, false, "blue is still attached to 2 target groups"},
		{"attached elsewhere", []string{"tg3"}, deploy.Traffic{tg1: {}}, true, "no instance of blue takes traffic"},
		{"one drains, in two target groups", nil, deploy.Traffic{tg1: {"blue0": draining}, tg2: {"blue0": draining}}, false, "1 of 2 instances of blue are draining"},
		{"one drains, one is unused", nil, deploy.Traffic{tg1: {"blue0": unused, "blue1": draining}}, false, "1 of 2 instances of blue are draining"},
		{"one drains behind a Classic load balancer", nil, deploy.Traffic{front: {"blue0": draining}}, false, "1 of 2 instances of blue are draining"},
		{"others' targets", nil, deploy.Traffic{tg1: {"green0": healthy}}, true, "no instance of blue takes traffic"},
		{"unused", nil, deploy.Traffic{tg1: {"blue0": unused}}, true, "no instance of blue takes traffic"},
	} {
		blue := inZones("blue", "a", "b")
		blue.Sources = deploy.TargetGroups(c.attached)
		if got := deploy.Left(blue, c.traffic); got.Good != c.good || got.Message != c.message {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
