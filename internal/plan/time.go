package plan

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// time fills in how long the stages take, and what running both fleets costs.
func (w *work) time(ctx context.Context, p *deploy.Plan) error {
	out, err := w.groups.DescribeScalingActivities(ctx, &autoscaling.DescribeScalingActivitiesInput{
		AutoScalingGroupName: &w.d.Blue, MaxRecords: aws.Int32(100), // the latest; AWS keeps those of six weeks
	})
	if err != nil {
		return fmt.Errorf("describing the activities of %s: %w", w.d.Blue, err)
	}
	p.Stages = append(p.Stages, w.starts(out.Activities))
	p.Stages = append(p.Stages, w.asks()...)
	before := len(p.Stages) // those in which green has no load balancer yet
	if w.Traffic.Stages != nil {
		moves, err := w.Traffic.Stages(ctx)
		if err != nil {
			return err
		}
		p.Stages = append(p.Stages, moves...)
	}
	p.Stages = append(p.Stages, w.bakes()...)
	p.Stages = append(p.Stages, w.ends(out.Activities))
	cost := deploy.PlannedCost{Instances: w.blue.Count(), Type: w.instanceType, Balancers: w.Traffic.Balancers}
	cost.ExpectedHours, cost.WorstHours = hours(cost.Instances, p.Stages)
	cost.ExpectedBalancerHours, cost.WorstBalancerHours = hours(cost.Balancers, p.Stages[before:])
	building := w.buildTime() // no second fleet runs meanwhile
	_, builder := hours(1, building)
	cost.WorstHours = math.Round((cost.WorstHours+builder)*10) / 10
	p.Cost = &cost
	p.Stages = append(building, p.Stages...)
	p.Warnings = append(p.Warnings, outlasts(p.Stages)...)
	return nil
}

// asks is how long a person may take to say whether traffic may move.
func (w *work) asks() []deploy.PlannedStage {
	if w.d.Approval == nil {
		return nil
	}
	return []deploy.PlannedStage{{Name: "a person is asked", Worst: w.d.Approval.TimeoutSeconds,
		Why: "as soon as somebody answers; approval.timeout_seconds, then approval.on_timeout: " + string(w.d.Approval.OnTimeout)}}
}

// bakes is how long blue stands by once all traffic has moved.
func (w *work) bakes() []deploy.PlannedStage {
	bake := w.d.Watch.BakeSeconds
	if bake == 0 {
		return nil
	}
	return []deploy.PlannedStage{{Name: "blue stands by", Expected: bake, Worst: bake, Why: "bake_seconds"}}
}

// pipelineWaits is how long CodePipeline's Step Functions action waits for an execution (user guide, quotas).
const pipelineWaits = 7 * 24 * time.Hour

// outlasts warns of a deployment that may take longer than a pipeline waits for it.
func outlasts(stages []deploy.PlannedStage) []string {
	worst := 0
	for _, stage := range stages {
		worst += stage.Worst
	}
	if time.Duration(worst)*time.Second <= pipelineWaits {
		return nil
	}
	return []string{fmt.Sprintf("it may take %.1f days at worst, and a pipeline waits for an execution for %.0f: its action would fail while the deployment goes on; start it by aws stepfunctions start-execution, or shorten the timeouts",
		float64(worst)/86400, pipelineWaits.Hours()/24)}
}

// hours are those of so many things over stages, to a tenth.
func hours(things int, stages []deploy.PlannedStage) (expected, worst float64) {
	for _, s := range stages {
		expected += float64(things*s.Expected) / 3600
		worst += float64(things*s.Worst) / 3600
	}
	return math.Round(expected*10) / 10, math.Round(worst*10) / 10
}

// starts is how long green takes until it is in service.
func (w *work) starts(activities []types.Activity) deploy.PlannedStage {
	s := deploy.PlannedStage{Name: "green starts", Worst: w.d.Health.TimeoutSeconds}
	median, n := took(activities, "Launching a new EC2 instance")
	if n == 0 {
		s.Why = "no launch of blue in the last six weeks says how long; health.timeout_seconds"
		return s
	}
	s.Expected = seconds(median)
	s.Why = fmt.Sprintf("median of blue's last %s; health.timeout_seconds", deploy.Counted(n, "launch"+es(n)))
	return s
}

func es(n int) string {
	if n == 1 {
		return ""
	}
	return "e" // Counted adds the s
}

// ends is how long blue's instances take to go. What holds them is a terminating hook.
func (w *work) ends(activities []types.Activity) deploy.PlannedStage {
	s := deploy.PlannedStage{Name: "blue's instances end"}
	median, n := took(activities, "Terminating EC2 instance")
	s.Expected, s.Why = seconds(median), fmt.Sprintf("median of blue's last %s", deploy.Counted(n, "termination"))
	if n == 0 {
		s.Why = "no termination of blue in the last six weeks says how long"
	}
	s.Worst = s.Expected
	if len(w.d.Drain.Command) > 0 {
		s.Worst += w.d.Drain.TimeoutSeconds
		s.Why += "; drain.timeout_seconds besides"
		return s
	}
	if held := w.held(); held > 0 {
		s.Worst += held
		s.Why += "; its terminating hooks' heartbeat timeouts besides"
	}
	return s
}

// held is for how long terminating hooks that nobody completes hold an instance, in seconds.
func (w *work) held() int {
	held := 0
	for _, hook := range w.Blue.Hooks {
		if strings.HasSuffix(aws.ToString(hook.LifecycleTransition), "TERMINATING") {
			held = max(held, int(aws.ToInt32(hook.HeartbeatTimeout)))
		}
	}
	return held
}

// took is the median of how long activities that begin so have taken, of those that succeeded, and how many there are.
func took(activities []types.Activity, begins string) (time.Duration, int) {
	var all []time.Duration
	for _, a := range activities {
		if a.StatusCode == types.ScalingActivityStatusCodeSuccessful && strings.HasPrefix(aws.ToString(a.Description), begins) && a.StartTime != nil && a.EndTime != nil {
			all = append(all, a.EndTime.Sub(*a.StartTime))
		}
	}
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return all[len(all)/2], len(all)
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
