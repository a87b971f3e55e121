package deploy

import (
	"fmt"
	"slices"
	"strings"
)

// Sample is one look at a fleet: good or not, and why in one sentence.
type Sample struct {
	Good    bool
	Serving int // of the fleet's capacity, that serves
	Wanted  int // that must; 0: not counted
	Message string

	Weighted bool // units are counted, and not instances
}

// GreenInService judges green before it takes traffic: all the capacity that is expected is InService and healthy, and never
// less than blue wants now. Where instances have weights it may be more by part of one; where both fleets are at size 0 there is
// nothing to judge.
func GreenInService(blue, green Fleet) Sample {
	want := max(green.Sizes.Desired, blue.Sizes.Desired)
	have := Units(green.Serving())
	message := fmt.Sprintf("green %s has %d of %d %ss in service (blue wants %d)",
		green.Name, have, want, green.Unit(), blue.Sizes.Desired)
	return Sample{Good: have >= want, Serving: have, Wanted: want, Message: message, Weighted: green.Weighted}
}

// GreenServes judges green once it is attached: at least want of its capacity is healthy in every source, and
// in every zone that is needed, since blue is healthy there. A fleet of fewer instances than zones stands where EC2 Auto Scaling puts it: as many
// zones as blue has are enough.
func GreenServes(needed []string, green Fleet, traffic Traffic, want int) Sample {
	healthy, zones := traffic.healthyIn(green.Serving())
	var bare []string
	for _, zone := range needed {
		if !slices.Contains(zones, zone) {
			bare = append(bare, zone)
		}
	}
	message := fmt.Sprintf("green %s has %d of %d %ss healthy in %s",
		green.Name, healthy, want, green.Unit(), CountedSources(traffic.sources()))
	if len(zones) >= len(needed) {
		bare = nil
	}
	if len(bare) > 0 {
		slices.Sort(bare)
		message += ", none in " + strings.Join(bare, ", ") + " where blue serves"
	}
	return Sample{Good: healthy >= want && len(bare) == 0, Serving: healthy, Wanted: want, Message: message, Weighted: green.Weighted}
}

// BlueServes judges blue when traffic returns to it: at least want of its capacity is healthy in every source, of
// which there may be none left.
func BlueServes(blue Fleet, traffic Traffic, want int) Sample {
	if len(traffic) == 0 {
		return Sample{Good: true, Message: fmt.Sprintf("no load balancer uses a target group of blue %s any more", blue.Name)}
	}
	healthy, _ := traffic.healthyIn(blue.Serving())
	message := fmt.Sprintf("blue %s has %d of %d %ss healthy in %s",
		blue.Name, healthy, want, blue.Unit(), CountedSources(traffic.sources()))
	return Sample{Good: healthy >= want, Serving: healthy, Message: message}
}

// Left reports whether a fleet has left its sources, its draining done.
func Left(fleet Fleet, traffic Traffic) Sample {
	n := traffic.registered(fleet.Instances)
	if attached := fleet.AttachedTo(traffic.sources()); len(attached) > 0 {
		return Sample{Message: fmt.Sprintf("%s is still attached to %s", fleet.Name, CountedSources(attached))}
	}
	if n > 0 {
		return Sample{Message: fmt.Sprintf("%d of %d instances of %s are draining", n, len(fleet.Instances), fleet.Name)}
	}
	return Sample{Good: true, Message: fmt.Sprintf("no instance of %s takes traffic", fleet.Name)}
}
