package report

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// readFleets reads how many instances blue and green had when: their activities say when each was launched and ended (aws-facts A). Those of
// a group that is gone are kept, too.
func (r *Report) readFleets(ctx context.Context, groups *autoscaling.Client) error {
	for _, name := range []string{r.Blue, r.Green} {
		if name == "" {
			continue
		}
		activities, err := activitiesOf(ctx, groups, name)
		if err != nil {
			return err
		}
		described, err := groups.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
		if err != nil {
			return fmt.Errorf("describe %s: %w", name, err)
		}
		lives := livesOf(activities)
		for _, group := range described.AutoScalingGroups {
			for _, i := range group.Instances {
				if _, known := lives[aws.ToString(i.InstanceId)]; !known {
					lives[aws.ToString(i.InstanceId)] = &life{} // launched before what is remembered
				}
			}
		}
		r.Fleets = append(r.Fleets, Fleet{Name: name, Counts: counts(lives, r.Began.Add(-margin), r.Until.Add(margin))})
	}
	return nil
}

func activitiesOf(ctx context.Context, groups *autoscaling.Client, name string) ([]types.Activity, error) {
	var all []types.Activity
	pages := autoscaling.NewDescribeScalingActivitiesPaginator(groups, &autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: &name, IncludeDeletedGroups: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe the activities of %s: %w", name, err)
		}
		all = append(all, page.Activities...)
	}
	return all, nil
}

// life is when an instance was launched, in service, on its way out, and gone; zero: before all that is known, or not yet.
type life struct {
	launched, inService time.Time
	leaving, gone       *time.Time
}

var instanceID = regexp.MustCompile(`\bi-[0-9a-f]+\b`)

// livesOf are instances' lives, by their activities.
func livesOf(activities []types.Activity) map[string]*life {
	lives := make(map[string]*life)
	for _, a := range slices.Backward(activities) { // the oldest first
		id := instanceID.FindString(aws.ToString(a.Description))
		if id == "" {
			continue
		}
		if lives[id] == nil {
			lives[id] = &life{}
		}
		switch description := aws.ToString(a.Description); {
		case strings.HasPrefix(description, "Launching"), strings.HasPrefix(description, "Attaching"):
			lives[id].launched, lives[id].inService = aws.ToTime(a.StartTime), endOf(a)
		case strings.HasPrefix(description, "Terminating"), strings.HasPrefix(description, "Detaching"):
			lives[id].leaving = a.StartTime
			if a.EndTime != nil {
				lives[id].gone = a.EndTime
			}
		}
	}
	return lives
}

// endOf is when an activity ended well; one that has not lies far ahead.
func endOf(a types.Activity) time.Time {
	if a.EndTime == nil || a.StatusCode != types.ScalingActivityStatusCodeSuccessful {
		return time.Unix(1<<40, 0)
	}
	return *a.EndTime
}

// counts are how many instances were in which state from when on, between two times.
func counts(lives map[string]*life, from, to time.Time) []Count {
	moments := []time.Time{from}
	for _, l := range lives {
		moments = append(moments, l.launched, l.inService)
		for _, at := range []*time.Time{l.leaving, l.gone} {
			if at != nil {
				moments = append(moments, *at)
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	var all []Count
	for _, at := range moments {
		if at.Before(from) || at.After(to) {
			continue
		}
		c := Count{From: at}
		for _, l := range lives {
			l.count(&c)
		}
		if n := len(all); n > 0 && all[n-1].From.Equal(at) {
			all = all[:n-1]
		}
		all = append(all, c)
	}
	return all
}

// count counts the instance in the state that it was in.
func (l life) count(c *Count) {
	passed := func(at *time.Time) bool { return at != nil && !at.After(c.From) }
	switch {
	case l.launched.After(c.From), passed(l.gone):
	case passed(l.leaving):
		c.Terminating++
	case l.inService.After(c.From):
		c.Pending++
	default:
		c.InService++
	}
}
