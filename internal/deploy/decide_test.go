package deploy_test

import (
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
		sample := deploy.GreenServes(blue, green, deploy.Traffic{"targets": targets}, len(c.zones))
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
	if sample := deploy.BlueServes(blue, deploy.Traffic{"targets": {}}, 1); sample.Good {
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
