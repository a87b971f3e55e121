package autoscaling

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/wire"
)

// schedule is a scheduled action with the timer of its next time.
type schedule struct {
	action types.ScheduledUpdateGroupAction
	cron   *cron // nil without recurrence
	timer  clock.Timer
	missed *time.Time // the first run that it missed while its process was suspended, since it ran last
}

// described is the action as descriptions show it.
func (g *group) described(s *schedule) types.ScheduledUpdateGroupAction {
	action := s.action
	if g.in.settings.StaleStarts && s.missed != nil {
		action.StartTime, action.Time = s.missed, s.missed
	}
	return action
}

func (in *Groups) putScheduledAction(_ *wire.Call, input *autoscaling.PutScheduledUpdateGroupActionInput) (*autoscaling.PutScheduledUpdateGroupActionOutput, error) {
	g, err := in.settable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	return &autoscaling.PutScheduledUpdateGroupActionOutput{}, g.putSchedule(input)
}

// putSchedule makes a scheduled action, or replaces the one of its name. No two of a group start at the same time.
func (g *group) putSchedule(input *autoscaling.PutScheduledUpdateGroupActionInput) error {
	if err := checkSchedule(input); err != nil {
		return err
	}
	at := g.scheduled(*input.ScheduledActionName)
	if at < 0 && len(g.schedules) >= g.in.settings.MaxScheduledActions {
		return wire.Errorf("LimitExceeded", "Only %d scheduled actions are allowed per AutoScalingGroup", g.in.settings.MaxScheduledActions)
	}
	var before *schedule
	if at >= 0 {
		before = g.schedules[at]
	}
	s, err := g.newSchedule(input, before)
	if err != nil {
		return err
	}
	for _, other := range g.schedules {
		if other != before && other.action.StartTime.Equal(*s.action.StartTime) { // the text was seen in practice
			return wire.Errorf("AlreadyExists", "Scheduled action with this scheduled start time already exists")
		}
	}
	if before != nil {
		before.timer.Stop()
		g.schedules[at] = s
	} else {
		g.schedules = append(g.schedules, s)
	}
	g.arm(s)
	return nil
}

func checkSchedule(input *autoscaling.PutScheduledUpdateGroupActionInput) error {
	if err := checkLength("scheduledActionName", input.ScheduledActionName, 255); err != nil {
		return err
	}
	least, most, desired := input.MinSize, input.MaxSize, input.DesiredCapacity
	switch {
	case least == nil && most == nil && desired == nil:
		return invalid("At least one of MinSize, MaxSize and DesiredCapacity must be specified")
	case aws.ToInt32(least) < 0 || aws.ToInt32(most) < 0 || aws.ToInt32(desired) < 0:
		return invalid("Group sizes must not be negative: min %d, max %d, desired %d", aws.ToInt32(least), aws.ToInt32(most), aws.ToInt32(desired))
	case least != nil && most != nil && *most < *least:
		return invalid("Max bound, %d, must be greater than or equal to min bound, %d", *most, *least)
	case desired != nil && (least != nil && *desired < *least || most != nil && *desired > *most):
		return invalid("The desired capacity of a scheduled action must be between its min size and its max size: %d", *desired)
	}
	return nil
}

// newSchedule is the scheduled action that a request describes. An update without a StartTime still runs at the next time
// of the action before it, then by its own recurrence (aws-facts H3).
func (g *group) newSchedule(input *autoscaling.PutScheduledUpdateGroupActionInput, before *schedule) (*schedule, error) {
	name := *input.ScheduledActionName
	start := cmp.Or(input.StartTime, input.Time)
	switch end := input.EndTime; {
	case start != nil && !start.After(g.now()):
		return nil, invalid("Given start time is in the past")
	case end != nil && !end.After(g.now()):
		return nil, invalid("Given end time is in the past")
	case end != nil && start != nil && !end.After(*start):
		return nil, invalid("Given end time is not after the start time")
	case start == nil && input.Recurrence == nil:
		return nil, invalid("Either StartTime or Recurrence must be specified")
	}
	if start == nil && before != nil {
		start = before.action.StartTime
	}
	c, err := parseCron(cmp.Or(aws.ToString(input.Recurrence), "* * * * *"), aws.ToString(input.TimeZone))
	if err != nil {
		return nil, err
	}
	s := &schedule{action: types.ScheduledUpdateGroupAction{
		AutoScalingGroupName: aws.String(g.name), ScheduledActionName: aws.String(name),
		ScheduledActionARN: aws.String(g.in.account.ARN("autoscaling",
			"scheduledUpdateGroupAction:"+g.in.account.UUID()+":autoScalingGroupName/"+g.name+":scheduledActionName/"+name)),
		MinSize: input.MinSize, MaxSize: input.MaxSize, DesiredCapacity: input.DesiredCapacity,
		Recurrence: input.Recurrence, TimeZone: input.TimeZone, EndTime: input.EndTime, StartTime: start, Time: start,
	}}
	if before != nil {
		s.action.ScheduledActionARN = before.action.ScheduledActionARN
	}
	if input.Recurrence != nil {
		s.cron = c
	}
	if start == nil {
		s.setNext(g.now())
	}
	return s, nil
}

// setNext moves a recurring action to its next time after t.
func (s *schedule) setNext(t time.Time) {
	next := s.cron.next(t)
	s.action.StartTime, s.action.Time = aws.Time(next), aws.Time(next)
}

// arm waits for the action's next time, or its end.
func (g *group) arm(s *schedule) {
	next := *s.action.StartTime
	if end := s.action.EndTime; end != nil && end.Before(next) {
		next = *end
	}
	s.timer = g.in.account.After(next.Sub(g.now()), func() { g.fire(s) })
}

// fire does what a scheduled action says, and waits for its next time. A run that falls due while the process is suspended
// is lost. One that is not recurring is gone then, as is one that has reached its end.
func (g *group) fire(s *schedule) {
	at := slices.Index(g.schedules, s)
	if at < 0 || g.deleting {
		return
	}
	end := s.action.EndTime
	due, goesOn := !g.now().Before(*s.action.StartTime), s.cron != nil && (end == nil || g.now().Before(*end))
	for _, f := range g.in.scheduled {
		f(g.name, s.action, due, !goesOn)
	}
	if due && !g.isSuspended("ScheduledActions") {
		s.missed = nil
		g.scheduledUpdate(s)
	} else if due {
		s.missed = cmp.Or(s.missed, s.action.StartTime)
	}
	if goesOn {
		s.setNext(g.now())
		g.arm(s)
		return
	}
	g.schedules = slices.Delete(g.schedules, at, at+1)
}

// scheduledUpdate changes the group's sizes. Sizes that contradict each other change nothing.
func (g *group) scheduledUpdate(s *schedule) {
	next := g.spec
	applySizes(&next, &autoscaling.UpdateAutoScalingGroupInput{
		MinSize: s.action.MinSize, MaxSize: s.action.MaxSize, DesiredCapacity: s.action.DesiredCapacity})
	if checkSizes(&next) != nil {
		return
	}
	g.write()
	g.spec.MinSize, g.spec.MaxSize = next.MinSize, next.MaxSize
	if wanted := int(*next.DesiredCapacity); wanted != g.desired() {
		g.setDesired(wanted, fmt.Sprintf("a scheduled action update of AutoScalingGroup constraints to min: %d, max: %d, desired: %d", g.min(), g.max(), wanted))
	}
	g.changed()
	g.schedule()
}

// scheduled is where a scheduled action is, -1 if it is not.
func (g *group) scheduled(name string) int {
	return slices.IndexFunc(g.schedules, func(s *schedule) bool { return *s.action.ScheduledActionName == name })
}

func (in *Groups) describeScheduledActions(_ *wire.Call, input *autoscaling.DescribeScheduledActionsInput) (*autoscaling.DescribeScheduledActionsOutput, error) {
	groups := in.sorted()
	if input.AutoScalingGroupName != nil {
		g, err := in.find(input.AutoScalingGroupName)
		if err != nil {
			return nil, err
		}
		groups = []*group{g}
	}
	var found []types.ScheduledUpdateGroupAction
	for _, g := range groups {
		for _, s := range g.schedules {
			early := input.StartTime != nil && s.action.StartTime.Before(*input.StartTime)
			late := input.EndTime != nil && s.action.StartTime.After(*input.EndTime)
			if len(input.ScheduledActionNames) > 0 { // times are left out of account then
				early, late = !slices.Contains(input.ScheduledActionNames, *s.action.ScheduledActionName), false
			}
			if !early && !late {
				found = append(found, g.described(s))
			}
		}
	}
	found, next, err := page(found, input.NextToken, input.MaxRecords, 50, 100)
	return &autoscaling.DescribeScheduledActionsOutput{ScheduledUpdateGroupActions: found, NextToken: next}, err
}

func (in *Groups) deleteScheduledAction(_ *wire.Call, input *autoscaling.DeleteScheduledActionInput) (*autoscaling.DeleteScheduledActionOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	return &autoscaling.DeleteScheduledActionOutput{}, g.deleteSchedule(aws.ToString(input.ScheduledActionName))
}

func (g *group) deleteSchedule(name string) error {
	at := g.scheduled(name)
	if at < 0 {
		return invalid("Scheduled action name not found")
	}
	g.schedules[at].timer.Stop()
	g.schedules = slices.Delete(g.schedules, at, at+1)
	return nil
}
