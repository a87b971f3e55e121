package clone

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
)

// Pins are blue's launch templates with the versions that its instances run where it names $Latest or $Default. nil: it is not
// pinned. It names numbers, or other templates than when it was described, or it has no instances that a new one could differ from.
func Pins(d deploy.Deployment, blue deploy.Fleet) *deploy.Template {
	if blue.Count() == 0 || !blue.Floats() || !blue.Names(d.Ran) {
		return nil
	}
	pins := slices.Clone(blue.Launches)
	for place, ran := range d.Ran.Places() {
		if !deploy.IsVersion(pins[place].Version) {
			pins[place].Version = ran.Version
		}
	}
	return deploy.InPlaces(pins)
}

// NotePins remembers, before it is done, that blue is pinned.
func NotePins(lock *ledger.Lock, blue deploy.Fleet, pins *deploy.Template) {
	for place, pin := range pins.Places() {
		named := blue.Launches[place].Version
		if named == pin.Version {
			continue
		}
		of := ledger.Place(blue.Name, place)
		lock.Note(ledger.KindVersion, of, named, pin.Version)
		lock.Change(ledger.KindVersion, of).Theirs(named)
	}
}

// Pinning reports whether the record says that blue is pinned, or is about to be.
func Pinning(lock *ledger.Lock, blue deploy.Fleet) bool { return len(pinsOf(lock, blue)) > 0 }

// Name has a group name its launch templates in these versions. AWS takes a mixed instances policy as a whole.
func Name(input *autoscaling.UpdateAutoScalingGroupInput, group types.AutoScalingGroup, templates *deploy.Template) {
	input.LaunchTemplate, input.MixedInstancesPolicy = Pinned(group.LaunchTemplate, templates), PinnedPolicy(group.MixedInstancesPolicy, templates)
}

// Unpin makes an update of blue's sizes, and has it name its launch templates as before it was pinned, in one call: AWS refuses every
// other change of a group that names a version which is gone. Where AWS refuses what blue named before, it stays as it is; refused says
// why, if that is pinned. An update of nothing is not made.
func Unpin(lock *ledger.Lock, blue types.AutoScalingGroup, sizes *autoscaling.UpdateAutoScalingGroupInput,
	write func(*autoscaling.UpdateAutoScalingGroupInput) error) (refused string, err error) {
	if before := unpinned(lock, fleet.Of(blue)); before != nil {
		whole := *sizes
		Name(&whole, blue, before)
		err := write(&whole)
		if refused = Refusal(err); refused == "" {
			return "", err
		}
		if StillPinned(lock, fleet.Of(blue)) == "" {
			refused = ""
		}
	}
	if sizes.MinSize == nil && sizes.MaxSize == nil && sizes.DesiredCapacity == nil {
		return refused, nil
	}
	return refused, write(sizes)
}

// unpinned are blue's launch templates as it named them before it was pinned, also where it looks so: what is described may lag. What others
// have named since stays. nil: it was not pinned, or others have it name other templates.
func unpinned(lock *ledger.Lock, blue deploy.Fleet) *deploy.Template {
	named, pinned := slices.Clone(blue.Launches), false
	for place, c := range pinsOf(lock, blue) {
		if blue.Names(lock.Deployment.Ran) && c.Restores(named[place].Version) {
			named[place].Version, pinned = c.Was, true
		}
	}
	if !pinned {
		return nil
	}
	return deploy.InPlaces(named)
}

// AsNamed is blue's description with its launch templates in the versions that people name.
func AsNamed(lock *ledger.Lock, blue types.AutoScalingGroup) types.AutoScalingGroup {
	if before := unpinned(lock, fleet.Of(blue)); before != nil {
		var named autoscaling.UpdateAutoScalingGroupInput
		Name(&named, blue, before)
		blue.LaunchTemplate, blue.MixedInstancesPolicy = named.LaunchTemplate, named.MixedInstancesPolicy
	}
	return blue
}

// StillPinned says what of blue's launch templates is pinned. Empty: nothing.
func StillPinned(lock *ledger.Lock, blue deploy.Fleet) string {
	for place, c := range pinsOf(lock, blue) {
		if now := blue.Launches[place]; blue.Names(lock.Deployment.Ran) && c.Ours(now.Version) {
			return "the launch template " + now.ID + " of " + blue.Name + " is pinned to version " + now.Version
		}
	}
	return ""
}

// Renamed says what others have blue launch from since it was pinned. Empty: nothing else.
func Renamed(lock *ledger.Lock, blue deploy.Fleet) string {
	for place, c := range pinsOf(lock, blue) {
		if now := blue.Launches[place]; !blue.Names(lock.Deployment.Ran) || !c.Restores(now.Version) {
			return "version " + cmp.Or(now.Version, "$Default") + " of launch template " + now.ID
		}
	}
	return ""
}

// pinsOf are the changes that pin blue, by the place in which it names a launch template.
func pinsOf(lock *ledger.Lock, blue deploy.Fleet) map[int]*ledger.Change {
	pins := make(map[int]*ledger.Change)
	for place := range blue.Launches {
		if c := lock.Change(ledger.KindVersion, ledger.Place(blue.Name, place)); c != nil {
			pins[place] = c
		}
	}
	return pins
}

// Refusal says why AWS takes no group that names these versions: one is gone, is not fit to launch, or may not be used. Empty: it is
// no such error.
func Refusal(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) && (api.ErrorCode() == "ValidationError" || strings.Contains(api.ErrorMessage(), "not authorized to use launch template")) {
		return api.ErrorMessage()
	}
	return ""
}
