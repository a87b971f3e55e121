package invariant

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
)

// namedVersions are the versions of the launch templates that a group names, by place; empty: none.
func namedVersions(group types.AutoScalingGroup) []string {
	var versions []string
	for _, spec := range templatesOf(group) {
		versions = append(versions, aws.ToString(spec.Version))
	}
	return versions
}

// versions holds promise 5 for what blue launches from: a function names other versions only, and only such as the record has: the
// number that its instances ran, or what was named before.
func (o *ownership) versions(a *apiCall, record ledger.Record) {
	input, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput)
	if !ok || input.LaunchTemplate == nil && input.MixedInstancesPolicy == nil || record.Lock == nil {
		return
	}
	blue := aws.ToString(input.AutoScalingGroupName)
	view, exists := o.w.r.AWS.Groups.View(blue)
	if !exists || blue != record.Lock.Deployment.Blue {
		return
	}
	now, next := templatesOf(view.Shown), templatesOf(types.AutoScalingGroup{LaunchTemplate: input.LaunchTemplate, MixedInstancesPolicy: input.MixedInstancesPolicy})
	if len(now) != len(next) {
		o.breaks("%s has blue %s name %d launch templates, not %d", a, blue, len(next), len(now))
		return
	}
	ran := append(o.w.endStates.launched(view), o.w.endStates.began...)
	for place, spec := range next {
		id, named := aws.ToString(spec.LaunchTemplateId), aws.ToString(spec.Version)
		if id != aws.ToString(now[place].LaunchTemplateId) {
			o.breaks("%s has blue %s launch from %s, not from %s", a, blue, id, aws.ToString(now[place].LaunchTemplateId))
		}
		if named == namedVersions(view.Shown)[place] {
			continue
		}
		c := record.Lock.Change(ledger.KindVersion, ledger.Place(blue, place))
		switch {
		case c == nil || c.Was != named && !slices.Contains(c.Set, named):
			o.breaks("%s has blue %s name version %s, of which the record says nothing", a, blue, named)
		case stays(record) && named == record.Lock.InPlace.Version:
			if o.served != record.Lock.Deployment.Execution {
				o.breaks("%s has blue %s launch version %s, and no instance of it has served", a, blue, named)
			}
		case c.Was != named && !slices.Contains(ran, version{id, named}):
			o.breaks("%s pins blue %s to version %s, which it does not run", a, blue, named)
		}
	}
}

// pinned holds that blue is pinned before green is made: what it launches from then on is what it runs. What others have it name
// while the deployment is under way is theirs.
func (o *ownership) pinned(a *apiCall, record ledger.Record) {
	if record.Lock == nil {
		return
	}
	d := record.Lock.Deployment
	view, exists := o.w.r.AWS.Groups.View(d.Blue)
	if !exists || view.Desired == 0 || d.Ran == nil || o.w.endStates.unnamed[d.Blue] != nil {
		return
	}
	for _, trait := range []string{"LaunchTemplate", "MixedInstancesPolicy"} {
		if at, changed := o.w.endStates.changed[d.Blue][trait]; changed && at.After(record.Lock.Since.Add(-longestLag)) {
			return
		}
	}
	for _, named := range namedVersions(view.Shown) {
		if !deploy.IsVersion(named) {
			o.breaks("%s makes green while blue %s names version %q: what it launches now may be what is being deployed", a, d.Blue, named)
		}
	}
}

// refused takes in that AWS does not let blue name other versions: what it names is all that can be then.
func (e *endStates) refused(a *apiCall) {
	input, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput)
	lock := e.w.r.Record().Lock
	if !ok || lock == nil || lock.Deployment.Blue != aws.ToString(input.AutoScalingGroupName) || input.LaunchTemplate == nil && input.MixedInstancesPolicy == nil {
		return
	}
	if view, exists := e.w.r.AWS.Groups.View(lock.Deployment.Blue); exists {
		e.unnamed[view.Name] = traitsOf(view)
	}
}

// orPinned is what is wanted of a fleet, which may have stayed pinned where AWS refused all else.
func (e *endStates) orPinned(want traits, view localasg.GroupView) traits {
	now, left := traitsOf(view), e.unnamed[view.Name]
	for _, trait := range []string{"LaunchTemplate", "MixedInstancesPolicy"} {
		if left != nil && now[trait] != want[trait] && now[trait] == left[trait] {
			want = maps.Clone(want)
			want[trait] = left[trait]
		}
	}
	return want
}

// named reports whether a fleet has named a version in a place.
func (s shape) named(place int, version string) bool {
	named := strings.Split(s.versions, ", ")
	return place < len(named) && named[place] == version
}

// recorded reports whether the record has what blue was like; what it launches alone says nothing of all else.
func recorded(a *apiCall, lock *ledger.Lock) bool {
	input, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput)
	names := ok && (input.LaunchTemplate != nil || input.MixedInstancesPolicy != nil)
	return slices.ContainsFunc(lock.Changes, func(c ledger.Change) bool { return names || c.Kind != ledger.KindVersion })
}
