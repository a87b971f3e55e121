package deploy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Fleet is an Auto Scaling group as AWS shows it at one moment.
type Fleet struct {
	Name                    string
	Sizes                   Sizes
	Instances               []Instance
	Sources                 []Source // all that it is attached to, each once
	Suspended               []string // processes
	HealthCheckType         string
	HealthCheckGraceSeconds int
	Tags                    map[string]string
	Deleting                bool
	Pool                    *Pool      // its warm pool, whose instances are not among these; nil: it has none
	Launches                []Template // launch templates that it names, its own first, with their versions as it names them; empty: none, which is $Default
	Weighted                bool       // its sizes count weights, vCPUs or memory, and not instances
}

// Sizes are a group's capacities, in what the group counts: instances, or units where these have weights.
type Sizes struct {
	Min     int `json:"min"`
	Max     int `json:"max"`
	Desired int `json:"desired"`
}

// Pool is a fleet's warm pool.
type Pool struct {
	Min      int
	Prepared *int // capacity, that of the fleet included; nil: the fleet's maximum
	Deleting bool
}

// PoolWants is how much a fleet's warm pool is to hold.
func (f Fleet) PoolWants() int {
	if f.Pool == nil || f.Pool.Deleting {
		return 0
	}
	prepared := f.Sizes.Max
	if f.Pool.Prepared != nil {
		prepared = *f.Pool.Prepared
	}
	return max(f.Pool.Min, prepared-f.Sizes.Desired, 0)
}

// Instance is a member of a fleet.
type Instance struct {
	ID        string
	Zone      string
	Lifecycle string // as Auto Scaling names it: Pending, InService, Terminating:Wait, …
	Healthy   bool   // as Auto Scaling sees it
	Protected bool   // from scale-in
	Weight    int    // units of its group's capacity that it is; 0: it counts for one, as where a group counts instances
}

// Units is how much of a group's capacity the instances are.
func Units(instances []Instance) int {
	units := 0
	for _, instance := range instances {
		units += max(instance.Weight, 1)
	}
	return units
}

// Unit is the word for one of what a group's sizes count.
func Unit(weighted bool) string {
	if weighted {
		return "unit"
	}
	return "instance"
}

// Unit is the word for one of what the fleet's sizes count.
func (f Fleet) Unit() string { return Unit(f.Weighted) }

// Count is how many instances the fleet is to have: as many as it has where its sizes do not say it.
func (f Fleet) Count() int {
	if f.Weighted {
		return len(f.Instances)
	}
	return f.Sizes.Desired
}

// InService is the lifecycle state of an instance that serves.
const InService = "InService"

// The lifecycle states in which an instance stays until a person ends it: no scale-in does (aws-facts A1).
const (
	Standby  = "Standby"
	Retained = "Terminating:Retained"
)

// Serving are the instances that are InService and healthy.
func (f Fleet) Serving() []Instance {
	var serving []Instance
	for _, instance := range f.Instances {
		if instance.Lifecycle == InService && instance.Healthy {
			serving = append(serving, instance)
		}
	}
	return serving
}

// In returns the instances in a lifecycle state.
func (f Fleet) In(lifecycles ...string) []Instance {
	var in []Instance
	for _, instance := range f.Instances {
		if slices.Contains(lifecycles, instance.Lifecycle) {
			in = append(in, instance)
		}
	}
	return in
}

// Targets is what one traffic source shows: the state of each registered instance, in the words of target groups.
type Targets map[string]string

// Unused reports whether no load balancer uses a target group: it has targets, and all of them say so.
func (t Targets) Unused() bool {
	for _, state := range t {
		if state != TargetUnused {
			return false
		}
	}
	return len(t) > 0
}

// The target states that decide something.
const (
	TargetHealthy  = "healthy"
	TargetInitial  = "initial"
	TargetDraining = "draining"
	TargetUnused   = "unused"
)

// Traffic is what each source of a fleet's traffic shows.
type Traffic map[Source]Targets

// sources are those that show something, in no order.
func (t Traffic) sources() []Source { return slices.Collect(maps.Keys(t)) }

// healthyIn is how much of a group's capacity is healthy in every one of the sources, and its zones.
func (t Traffic) healthyIn(instances []Instance) (units int, zones []string) {
	var healthy []Instance
	for _, instance := range instances {
		if !t.everywhere(instance.ID, TargetHealthy) {
			continue
		}
		healthy = append(healthy, instance)
		if !slices.Contains(zones, instance.Zone) {
			zones = append(zones, instance.Zone)
		}
	}
	return Units(healthy), zones
}

// Zones are those in which a fleet is healthy in every one of the sources.
func (t Traffic) Zones(f Fleet) []string {
	_, zones := t.healthyIn(f.Serving())
	return zones
}

func (t Traffic) everywhere(id, state string) bool {
	for _, targets := range t {
		if targets[id] != state {
			return false
		}
	}
	return len(t) > 0
}

// registered counts the instances that some source still lists: draining ones too.
func (t Traffic) registered(instances []Instance) int {
	n := 0
	for _, instance := range instances {
		for _, targets := range t {
			if state, listed := targets[instance.ID]; listed && state != TargetUnused {
				n++
				break
			}
		}
	}
	return n
}

// Lifecycles counts the instances by lifecycle state, in alphabetical order: "2 InService, 1 Terminating:Wait".
func (f Fleet) Lifecycles() string {
	counts := make(map[string]int)
	for _, instance := range f.Instances {
		counts[instance.Lifecycle]++
	}
	var parts []string
	for _, state := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[state], state))
	}
	return strings.Join(parts, ", ")
}

// Reviving are the processes that could give a fleet that was scaled in instances again.
var Reviving = []string{"AlarmNotification", "ScheduledActions"}

// Active returns the reviving processes that are not suspended.
func (f Fleet) Active() []string {
	var active []string
	for _, process := range Reviving {
		if !slices.Contains(f.Suspended, process) {
			active = append(active, process)
		}
	}
	return active
}

// Names reports whether it names these launch templates in its places, in whatever versions.
func (f Fleet) Names(templates *Template) bool {
	return slices.EqualFunc(f.Launches, templates.Places(), func(a, b Template) bool { return a.ID == b.ID })
}

// Floats reports whether it names $Latest or $Default of a launch template: what it launches changes with the template.
func (f Fleet) Floats() bool {
	return slices.ContainsFunc(f.Launches, func(t Template) bool { return !IsVersion(t.Version) })
}

// BroughtBack are the launch templates, in its places, that it launches from once a rollback brings it back: where it names $Latest or $Default
// of the templates that it ran, the versions that it ran, and else what it names. ran may be nil.
func (f Fleet) BroughtBack(ran *Template) []Template {
	if f.Floats() && f.Names(ran) {
		return ran.Places()
	}
	return f.Launches
}
