package autoscaling

import (
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
}

func (in *Groups) putScheduledAction(_ *wire.Call, input *autoscaling.PutScheduledUpdateGroupActionInput) (*autoscaling.PutScheduledUpdateGroupActionOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	s, err := g.newSchedule(input)
	if err != nil {
		return nil, err
	}
	at := g.scheduled(*input.ScheduledActionName)
	if at < 0 && len(g.schedules) >= in.settings.MaxScheduledActions {
		return nil, wire.Errorf("LimitExceeded", "Only %d scheduled actions are allowed per AutoScalingGroup", in.settings.MaxScheduledActions)
	}
	if at >= 0 {
		g.schedules[at].timer.Stop()
		g.schedules[at] = s
	} else {
		g.schedules = append(g.schedules, s)
	}
	g.arm(s)
	return &autoscaling.PutScheduledUpdateGroupActionOutput{}, nil
}

func (g *group) newSchedule(input *autoscaling.PutScheduledUpdateGroupActionInput) (*schedule, error) {
	name := aws.ToString(input.ScheduledActionName)
	if name == "" {
		return nil, missing("ScheduledActionName")
	}
	if input.MinSize == nil && input.MaxSize == nil && input.DesiredCapacity == nil {
		return nil, invalid("At least one of MinSize, MaxSize and DesiredCapacity must be specified")
	}
	start := input.StartTime
	if start == nil {
		start = input.Time
	}
	if start != nil && !start.After(g.now()) {
		return nil, invalid("Given start time is in the past")
	}
	s := &schedule{action: types.ScheduledUpdateGroupAction{
		AutoScalingGroupName: aws.String(g.name), ScheduledActionName: aws.String(name),
		ScheduledActionARN: aws.String(g.in.account.ARN("autoscaling",
			"scheduledUpdateGroupAction:"+g.in.account.UUID()+":autoScalingGroupName/"+g.name+":scheduledActionName/"+name)),
		MinSize: input.MinSize, MaxSize: input.MaxSize, DesiredCapacity: input.DesiredCapacity,
		Recurrence: input.Recurrence, TimeZone: input.TimeZone, EndTime: input.EndTime, StartTime: start, Time: start,
	}}
	if input.Recurrence == nil {
		if start == nil {
			return nil, invalid("Either StartTime or Recurrence must be specified")
		}
		return s, nil
	}
	c, err := parseCron(*input.Recurrence, aws.ToString(input.TimeZone))
	if err != nil {
		return nil, err
	}
	s.cron = c
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

// arm waits for the action's next time.
func (g *group) arm(s *schedule) {
	s.timer = g.in.account.After(s.action.StartTime.Sub(g.now()), func() { g.fire(s) })
}

// fire does what a scheduled action says, and waits for its next time. One that is not recurring is gone then.
func (g *group) fire(s *schedule) {
	at := slices.Index(g.schedules, s)
	if at < 0 || g.deleting {
		return
	}
	if !g.isSuspended("ScheduledActions") {
		g.scheduledUpdate(s)
	}
	if s.cron != nil {
		s.setNext(g.now())
		if end := s.action.EndTime; end == nil || !s.action.StartTime.After(*end) {
			g.arm(s)
			return
		}
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
				found = append(found, s.action)
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
	at := g.scheduled(aws.ToString(input.ScheduledActionName))
	if at < 0 {
		return nil, invalid("Scheduled action name not found")
	}
	g.schedules[at].timer.Stop()
	g.schedules = slices.Delete(g.schedules, at, at+1)
	return &autoscaling.DeleteScheduledActionOutput{}, nil
}
