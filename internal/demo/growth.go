package demo

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/load"
	"bluegreen/internal/observe"
)

// Growth is how green followed a load that doubled.
type Growth struct {
	Doubled []float64 `json:"doubled"` // when the load did. Times are seconds since the deployment began
	Armed   float64   `json:"armed"`   // when all of green's policies and their alarms could act; 0: never
	Served  float64   `json:"served"`  // when green had answered requests; 0: never
	Late    bool      `json:"late"`    // it had while one of them could not act
	Grown   []Grown   `json:"grown"`
}

// Grown is one change of green's desired capacity.
type Grown struct {
	Seconds float64 `json:"seconds"`
	From    int     `json:"from"`
	To      int     `json:"to"`
	Policy  string  `json:"policy,omitempty"` // that changed it; empty: the deployment did
}

// room is what the fleet could do when the load begins, as a multiple of it: no policy acts yet.
const room = 3.0

// tooSmallLimit is for how long what serves may be too small for the load, in the clock's seconds.
const tooSmallLimit = 60

// beginGrowing gives a fleet that scales a load that will double twice.
func (d *Demonstration) beginGrowing(ctx context.Context) error {
	e := d.Environment
	perMinute := load.PerMinute(e, d.PerSecond)
	capacity := perMinute * room / float64(e.World.DesiredCapacity)
	e.Capacity(capacity)
	requests, err := load.StartGrowing(ctx, e, d.PerSecond, capacity)
	if err != nil {
		return err
	}
	d.load, d.growing = requests, &growing{requests: requests, green: e.World.GroupName + "-v001"}
	d.Out.Line("traffic: %.0f requests a minute to %s, and slow ones besides; an instance does %.0f", perMinute, requests.URL, capacity)
	return nil
}

// growing follows a load that doubles, and green.
type growing struct {
	Growth
	requests *load.Requests
	green    string
}

// look doubles the load when it is time, and looks whether green's policies can act.
func (g *growing) look(ctx context.Context, d *Demonstration, o observe.Observer, changes *observe.Changes) error {
	view, err := o.Look(ctx)
	if err != nil {
		return err
	}
	passed := observe.Milliseconds(d.Environment.Clock.Now().Sub(changes.Since).Seconds())
	if g.due(view) {
		g.Doubled = append(g.Doubled, passed)
		changes.Say(fmt.Sprintf("the load doubles: %.0f requests a minute", float64(g.requests.Double())*60/d.Environment.Clock.Speed()))
	}
	if g.Armed > 0 && g.Served > 0 {
		return nil
	}
	if g.Served == 0 && g.requests.Answered(g.green) > 0 {
		g.Served = passed
	}
	acts, err := g.acts(ctx, d)
	if err != nil {
		return err
	}
	if acts && g.Armed == 0 {
		g.Armed = passed
	}
	g.Late = g.Late || g.Served > 0 && !acts
	return nil
}

// due reports whether the load doubles now: when green joins, and when blue has left.
func (g *growing) due(view observe.View) bool {
	var blue, green observe.GroupView
	for _, group := range view.Groups {
		if group.Name == g.green {
			green = group
		} else {
			blue = group
		}
	}
	switch len(g.Doubled) {
	case 0:
		return green.Starting() > 0
	case 1:
		return green.Healthy() > 0 && blue.Healthy() == 0
	}
	return false
}

// acts reports whether green has policies, and all of them and their alarms can act.
func (g *growing) acts(ctx context.Context, d *Demonstration) (bool, error) {
	policies, err := autoscaling.NewFromConfig(d.Environment.Config).DescribePolicies(ctx, &autoscaling.DescribePoliciesInput{AutoScalingGroupName: &g.green})
	if err != nil {
		return false, nil // there is no green yet
	}
	var names []string
	for _, policy := range policies.ScalingPolicies {
		if !*policy.Enabled || len(policy.Alarms) == 0 {
			return false, nil
		}
		for _, alarm := range policy.Alarms {
			names = append(names, *alarm.AlarmName)
		}
	}
	if len(names) == 0 {
		return false, nil
	}
	alarms, err := cloudwatch.NewFromConfig(d.Environment.Config).DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: names})
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(alarms.MetricAlarms, func(a types.MetricAlarm) bool { return !*a.ActionsEnabled }), nil
}

// end reads from green's activities how it grew, if there is a green still.
func (g *growing) end(ctx context.Context, d *Demonstration, result *Summary, since time.Time) error {
	result.Growth = &g.Growth
	if result.EndState != deploy.EndSucceeded {
		return nil
	}
	pages := autoscaling.NewDescribeScalingActivitiesPaginator(autoscaling.NewFromConfig(d.Environment.Config),
		&autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: &g.green})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("describe the activities of %s: %w", g.green, err)
		}
		for _, activity := range page.Activities {
			g.Grown = append(g.Grown, grownBy(*activity.Cause, since)...)
		}
	}
	slices.SortFunc(g.Grown, func(a, b Grown) int { return cmp.Compare(a.Seconds, b.Seconds) })
	g.Grown = slices.Compact(g.Grown) // each instance's activity tells the same
	return nil
}

// A cause tells in sentences what was changed, and by which policy if one did.
var (
	changed = regexp.MustCompile(`At (\S+) (.*?) changing the desired capacity from (\d+) to (\d+)\.`)
	by      = regexp.MustCompile(`triggered policy (.+)$`)
)

// grownBy reads the growth out of an activity's cause.
func grownBy(cause string, since time.Time) []Grown {
	var all []Grown
	for _, sentence := range changed.FindAllStringSubmatch(cause, -1) {
		at, err := time.Parse(time.RFC3339, sentence[1])
		from, errFrom := strconv.Atoi(sentence[3])
		to, errTo := strconv.Atoi(sentence[4])
		if err != nil || errFrom != nil || errTo != nil || to <= from {
			continue
		}
		grown := Grown{Seconds: at.Sub(since.Truncate(time.Second)).Seconds(), From: from, To: to}
		if policy := by.FindStringSubmatch(sentence[2]); policy != nil {
			grown.Policy = policy[1]
		}
		all = append(all, grown)
	}
	return all
}

// judgeGrowth adds the promises about a fleet that scales. Only a green that takes over has to grow.
func (s *Summary) judgeGrowth(want expectation) {
	g := s.Growth
	s.add(s.TooSmallSeconds <= tooSmallLimit, fmt.Sprintf("what serves is never too small for longer than %d s", tooSmallLimit), "%.1f s", s.TooSmallSeconds)
	if want.endState != deploy.EndSucceeded {
		return
	}
	s.add(len(g.Doubled) == 2, "the load doubles twice", "it doubled %d times", len(g.Doubled))
	s.add(g.Armed > 0 && g.Served > 0 && !g.Late, "green's policies act from its first share on",
		"all could act %s, and it answered %s", minutes(g.Armed), minutes(g.Served))
	var own []string
	for _, grown := range g.Grown {
		if grown.Policy != "" {
			own = append(own, fmt.Sprintf("%s by %s", minutes(grown.Seconds), grown.Policy))
		}
	}
	s.add(len(own) > 0, "green grows by its own policies", "%s", cmp.Or(strings.Join(own, ", "), "it did not"))
}

func minutes(seconds float64) string {
	if seconds == 0 {
		return "never"
	}
	return fmt.Sprintf("at %02d:%02d", int(seconds)/60, int(seconds)%60)
}

// writeGrowth writes when the load doubled and green grew.
func (s *Summary) writeGrowth(t io.Writer) {
	if s.Growth == nil {
		return
	}
	type event struct {
		seconds float64
		text    string
	}
	var events []event
	for _, at := range s.Growth.Doubled {
		events = append(events, event{at, "the load doubled"})
	}
	for _, grown := range s.Growth.Grown {
		who := "the deployment"
		if grown.Policy != "" {
			who = "its policy " + grown.Policy
		}
		events = append(events, event{grown.Seconds, fmt.Sprintf("green grew from %d to %d by %s", grown.From, grown.To, who)})
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.seconds, b.seconds) })
	fmt.Fprintln(t, "\nGrowth")
	for _, e := range events {
		fmt.Fprintf(t, "%s\t%s\n", minutes(e.seconds), e.text)
	}
}
