// Package capacity decides whose minimum, maximum and desired capacity a fleet has when: green follows blue upwards, both
// minimums are pinned while traffic moves, and at the commit green gets what people want of blue. It decides on fleets as
// they are described and on the record; it calls nothing.
package capacity

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// Update is what a group's sizes are to become, in instances; nil stays as it is.
type Update struct{ Min, Max, Desired *int }

// Empty is no instances at all.
func Empty() Update { return Update{Min: new(int), Max: new(int), Desired: new(int)} }

// Nothing reports whether the update changes nothing.
func (u Update) Nothing() bool { return u == Update{} }

// Of is the update as the call that makes it of a group.
func (u Update) Of(group string) *autoscaling.UpdateAutoScalingGroupInput {
	size := func(n *int) *int32 {
		if n == nil {
			return nil
		}
		return aws.Int32(int32(*n))
	}
	return &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &group, MinSize: size(u.Min), MaxSize: size(u.Max), DesiredCapacity: size(u.Desired),
	}
}

// Follow raises green to as many instances as blue wants, with the room that they need; it never lowers it.
func Follow(blue, green deploy.Fleet, room int) Update {
	if green.Sizes.Desired >= blue.Sizes.Desired {
		return Update{}
	}
	return Update{Max: &room, Desired: &blue.Sizes.Desired}
}

// Room is the maximum that green may have to hold want instances: blue's, which green gets in the end anyway. A fleet that
// is brought back has its own, raised by no more than what must serve; right after it was brought back, a description may
// still show it standing by at size 0.
func Room(d deploy.Deployment, record ledger.Record, green, blue deploy.Fleet, want int) int {
	most := green.Sizes.Max
	if !d.Revives {
		return max(most, blue.Sizes.Max)
	}
	if previous := record.Previous; previous != nil && previous.Name == green.Name && most == 0 {
		most = previous.Sizes.Max
	}
	return max(most, want)
}

// Revive is what brings a fleet that stood by back: its own sizes, and as many instances as serve now.
func Revive(previous ledger.Previous, blue deploy.Fleet) Update {
	desired := max(blue.Sizes.Desired, previous.Sizes.Min)
	most := max(previous.Sizes.Max, desired)
	return Update{Min: &previous.Sizes.Min, Max: &most, Desired: &desired}
}

// number is a size as a change of the record has it.
func number(size string) int {
	n, err := strconv.Atoi(size)
	if err != nil {
		return 0 // no release has written such a size
	}
	return n
}
