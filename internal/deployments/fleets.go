package deployments

import (
	"context"
	"fmt"
	"slices"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
)

// Fleet is a group of a lineage, and what its instances do.
type Fleet struct {
	Name      string         `json:"name"`
	Serves    bool           `json:"serves"` // by the record
	Min       int            `json:"min"`
	Desired   int            `json:"desired"`
	Max       int            `json:"max"`
	Instances map[string]int `json:"instances"` // by lifecycle state
	Targets   map[string]int `json:"targets"`   // its instances in what it takes traffic from, by health

	project string
}

// fleets describes those of the named groups that exist, in the order of their names. What any of them is attached to shows the
// instances of all.
func (r Reader) fleets(ctx context.Context, names ...string) ([]Fleet, error) {
	names = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(names))), func(name string) bool { return name == "" })
	if len(names) == 0 {
		return nil, nil // AWS would describe every group
	}
	described, err := fleet.Read(ctx, r.groups, names...)
	if err != nil {
		return nil, ask(err, "describe the groups")
	}
	shown, err := r.shown(ctx, described)
	if err != nil {
		return nil, err
	}
	var all []Fleet
	for _, name := range names {
		group, there := described[name]
		if !there {
			continue
		}
		f := Fleet{
			Name: name, Min: group.Sizes.Min, Desired: group.Sizes.Desired, Max: group.Sizes.Max,
			Instances: make(map[string]int), Targets: make(map[string]int), project: group.Tags[deploy.TagProject],
		}
		for _, instance := range group.Instances {
			f.Instances[instance.Lifecycle]++
			for _, targets := range shown {
				if state, registered := targets[instance.ID]; registered {
					f.Targets[state]++
				}
			}
		}
		all = append(all, f)
	}
	return all, nil
}

// shown is what all sources of the groups show, each asked once; one that is gone, or of a type that is not read, shows nothing.
func (r Reader) shown(ctx context.Context, groups map[string]deploy.Fleet) ([]deploy.Targets, error) {
	var sources []deploy.Source
	var members []deploy.Instance
	for _, group := range groups {
		members = append(members, group.Instances...)
		for _, s := range group.Sources {
			s.Named = false // however a group is attached, it is one source
			if r.balancers.Reads(s) && !slices.Contains(sources, s) {
				sources = append(sources, s)
			}
		}
	}
	var all []deploy.Targets
	for _, s := range sources {
		shown, err := r.balancers.Health(ctx, s, members)
		switch {
		case balancer.Gone(err):
			continue
		case err != nil:
			return nil, ask(err, "read the health of %s", s.ID)
		}
		all = append(all, shown.Targets)
	}
	return all, nil
}

// noGroup is the error of a group that is not there.
func (r Reader) noGroup(ctx context.Context, group string) error {
	near := fleet.DidYouMean(ctx, r.groups, group, []string{fleet.Any})
	return fmt.Errorf("there is no Auto Scaling group %s in %s%s: give a group's name as \"bluegreen status\" lists them, or look in another Region or account (AWS_REGION, AWS_PROFILE)",
		group, r.config.Region, near)
}

// project is the project of a group's lineage, for a request: what its deployments have tagged it with, else what its machine's name
// begins with.
func (s Standing) project() string {
	for _, f := range s.Fleets {
		if f.project != "" {
			return f.project
		}
	}
	if d := s.Deployment; d != nil && d.Project != "" {
		return d.Project
	}
	return s.place
}
