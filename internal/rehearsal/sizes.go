package rehearsal

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
)

// unseen is, by group, what others have set of its minimum and maximum that no description has shown ScaleInBlue yet, each
// with the value before. Descriptions lag, and an update of a group has no condition: what is set after the last
// description, and within its lag before, is overwritten when blue is scaled in, and nobody can know of it. What a
// description has shown must be on green.
type unseen map[string]traits

// set notes that others have set a trait.
func (u unseen) set(group, trait, before string) {
	if trait != traitMin && trait != traitMax {
		return
	}
	if u[group] == nil {
		u[group] = make(traits)
	}
	if _, known := u[group][trait]; !known {
		u[group][trait] = before
	}
}

// scaleInCalled takes in what a call of ScaleInBlue shows it, and what it overwrites.
func (e *ends) scaleInCalled(w *watch, a *act) {
	if a.state != "ScaleInBlue" {
		return
	}
	switch input := a.input.(type) {
	case *autoscaling.DescribeAutoScalingGroupsInput:
		for _, name := range input.AutoScalingGroupNames {
			described, _ := w.r.AWS.Groups.Described(name)
			now, exists := w.r.AWS.Groups.View(name)
			if exists && int(aws.ToInt32(described.MinSize)) == now.Min && int(aws.ToInt32(described.MaxSize)) == now.Max {
				delete(e.unseen, name)
			}
		}
	case *autoscaling.UpdateAutoScalingGroupInput:
		if name := aws.ToString(input.AutoScalingGroupName); aws.ToInt32(input.MaxSize) == 0 && input.MaxSize != nil {
			e.forget(name)
		}
	}
}

// roomMade takes in that a function raises the maximum of a fleet that a rollback brings back, to just what the fleet that
// serves wants: its own maximum may be too small for that.
func (e *ends) roomMade(w *watch, a *act) {
	input, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput)
	if !ok || input.MaxSize == nil {
		return
	}
	name, most := aws.ToString(input.AutoScalingGroupName), int(*input.MaxSize)
	delete(e.room, name)
	lock := w.record().Lock
	if lock == nil || !lock.Deployment.Revives || lock.Deployment.Green != name {
		return
	}
	described, _ := w.r.AWS.Groups.Described(lock.Deployment.Blue)
	now, _ := w.r.AWS.Groups.View(lock.Deployment.Blue)
	if own, err := strconv.Atoi(e.expected[name][traitMax]); err == nil && most > own && most <= max(now.Desired, int(aws.ToInt32(described.DesiredCapacity))) {
		e.room[name] = strconv.Itoa(most)
	}
}

// forget expects of a group what it was before what nobody could know of.
func (e *ends) forget(group string) {
	expected := e.expected[group]
	if expected == nil {
		expected = e.onGreen[group]
	}
	for trait, before := range e.unseen[group] {
		if before == "" {
			delete(expected, trait)
			continue
		}
		expected[trait] = before
	}
	delete(e.unseen, group)
}
