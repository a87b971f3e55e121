package deploy

import (
	"slices"
	"strings"

	"bluegreen/internal/fault"
)

// SourceType is a type of traffic source, as EC2 Auto Scaling names it.
type SourceType string

// The types.
const (
	TargetGroup     SourceType = "elbv2"       // of an application, network or gateway load balancer; its id is an ARN
	ClassicBalancer SourceType = "elb"         // its id is a name
	LatticeGroup    SourceType = "vpc-lattice" // a target group of VPC Lattice; its id is an ARN
)

// Source is something that a group is attached to and takes traffic from.
type Source struct {
	Type  SourceType `json:"type"`
	ID    string     `json:"id"`
	Named bool       `json:"named,omitempty"` // attached as a traffic source: the calls of its type neither show nor detach it (aws-facts A2)
}

// same reports whether two are one thing, however each group is attached to it.
func (s Source) same(other Source) bool { return s.Type == other.Type && s.ID == other.ID }

// TargetGroups are target groups, by their ARNs, that a group is attached to as such.
func TargetGroups(arns []string) []Source {
	var all []Source
	for _, arn := range arns {
		all = append(all, Source{Type: TargetGroup, ID: arn})
	}
	return all
}

// IDs are those of sources.
func IDs(sources []Source) []string {
	var ids []string
	for _, s := range sources {
		ids = append(ids, s.ID)
	}
	return ids
}

// Noun is the word for one of some sources: what all of them are.
func Noun(sources []Source) string {
	var classic, groups bool
	for _, s := range sources {
		classic, groups = classic || s.Type == ClassicBalancer, groups || s.Type != ClassicBalancer
	}
	switch {
	case classic && groups:
		return "traffic source"
	case classic:
		return "load balancer"
	}
	return "target group"
}

// CountedSources is how many sources there are, in words.
func CountedSources(sources []Source) string { return Counted(len(sources), Noun(sources)) }

// Missing returns those of want that the fleet is not attached to.
func (f Fleet) Missing(want []Source) []Source {
	return slices.DeleteFunc(slices.Clone(want), func(w Source) bool { return slices.ContainsFunc(f.Sources, w.same) })
}

// AttachedTo returns those of the sources that the fleet is attached to, each as the fleet is attached to it.
func (f Fleet) AttachedTo(sources []Source) []Source {
	return slices.DeleteFunc(slices.Clone(f.Sources), func(own Source) bool { return !slices.ContainsFunc(sources, own.same) })
}

// Attached is all that blue was attached to when it was described: green joins it, and blue joins it again on the way back.
func (d *Deployment) Attached() []Source { return append(TargetGroups(d.TargetGroups), d.Sources...) }

// Attach says what Attached is.
func (d *Deployment) Attach(sources []Source) {
	d.TargetGroups, d.Sources = nil, nil
	for _, s := range sources {
		if s.Type == TargetGroup && !s.Named {
			d.TargetGroups = append(d.TargetGroups, s.ID)
		} else {
			d.Sources = append(d.Sources, s)
		}
	}
}

// Diverged is the fault of a blue that takes traffic where green would take none: somebody has attached it to something
// else since green was copied from it, and nobody would serve there once blue is gone. nil: there is no such thing.
func (d *Deployment) Diverged(blue Fleet) error {
	known := d.Attached()
	for _, source := range blue.Sources {
		if !slices.ContainsFunc(known, source.same) {
			return fault.New(fault.TrafficDiverged, "blue %s was attached to %s by somebody else after green %s was copied from it, which would not serve there: "+
				"deploy again, and it will, or detach blue from it first", blue.Name, source.ID, d.Green)
		}
	}
	return nil
}

// TakenOut is the fault of a blue that does not take all the traffic any more that green is to take; nil: it does.
func (d *Deployment) TakenOut(blue Fleet) error {
	missing := blue.Missing(d.Attached())
	if len(missing) == 0 {
		return nil
	}
	return fault.New(fault.TrafficDiverged, "blue %s was taken out of %s by somebody else, which green was to join: "+
		"start again from what blue serves now", blue.Name, strings.Join(IDs(missing), ", "))
}
