// Package demo replaces the fleet of a local AWS while it has something to do, and sums up whether the promises held.
package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/load"
	"bluegreen/internal/local"
	"bluegreen/internal/observe"
)

// Demonstration is one deployment under load.
type Demonstration struct {
	Environment *local.Environment
	Scenario    Scenario
	Request     string  // the execution's input
	PerSecond   int     // requests, wall
	PerMinute   float64 // jobs, the clock's
	Seed        uint64  // of the jobs' lengths
	Compared    bool    // lay blue and green side by side, roll back, and do it again
	Out         observe.Output

	load    load.Load
	growing *growing // nil: the load stays as it is
}

// begin gives the fleet something to do.
func (d *Demonstration) begin(ctx context.Context) error {
	if workers := d.Environment.Workers; workers != nil {
		d.load = load.StartJobs(ctx, d.Environment, d.PerMinute, d.Seed)
		d.Out.Line("jobs: %g a minute, of 5 to 40 s, to %s", d.PerMinute, workers.Queue.URL)
		return nil
	}
	if d.Environment.Scales {
		return d.beginGrowing(ctx)
	}
	requests, err := load.StartRequests(ctx, d.Environment, d.PerSecond)
	if err != nil {
		return err
	}
	d.load = requests
	d.Out.Line("traffic: %d requests a second to %s, and slow ones besides", d.PerSecond, requests.URL)
	return nil
}

// Run gives the fleet its load, deploys, and sums up. The load goes on a little before and after.
func (d *Demonstration) Run(ctx context.Context) (*Summary, error) {
	d.Scenario.prepare(d.Environment)
	if err := d.begin(ctx); err != nil {
		return nil, err
	}
	result := &Summary{Speed: d.Environment.Clock.Speed()}
	serving, err := d.serving(ctx)
	switch {
	case err != nil:
	case d.Compared:
		err = d.copied(ctx, result)
	default:
		err = d.deploy(ctx, result)
	}
	measured, ending := d.load.End(ctx)
	if result.Measured = measured; err == nil {
		err = ending
	}
	d.Out.Show("")
	world := d.Environment.World
	result.judge(expectation{
		endState: d.Scenario.endState, serving: serving, blue: world.GroupName, balanced: world.ListenerARN != "",
		stays: world.InPlaceARN != "", image: world.GreenImage,
	})
	return result, err
}

// serving is how many instances of blue serve: a group may count something else.
func (d *Demonstration) serving(ctx context.Context) (int, error) {
	e := d.Environment
	view, err := observe.New(e.Config, e.World.GroupName, e.World.Machine()).Look(ctx)
	for _, group := range view.Groups {
		if group.Name == e.World.GroupName {
			return group.Instances["InService"], err
		}
	}
	return 0, err
}

// margin is how long the load goes on before and after the deployment, in the clock's time.
const margin = 20 * time.Second

// deploymentLimit is how long a demonstration waits for its end, in the clock's time.
const deploymentLimit = 2 * time.Hour

// deploy starts the execution, shows what happens until it ends, and describes the end.
func (d *Demonstration) deploy(ctx context.Context, result *Summary) error {
	e := d.Environment
	if err := e.Clock.Sleep(ctx, margin); err != nil {
		return err
	}
	o := observe.New(e.Config, e.World.GroupName, e.World.Machine())
	wall := clock.NewScaled(1)
	began, machine := wall.Now(), e.World.Machine()
	started, err := sfn.NewFromConfig(e.Config).StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Input: &d.Request})
	if err != nil {
		return fmt.Errorf("start the execution: %w", err)
	}
	result.ExecutionARN = *started.ExecutionArn
	changes := observe.Changes{Out: d.Out, Clock: e.Clock, Since: *started.StartDate}
	if err := d.showUntilEnd(ctx, o, &changes, result.ExecutionARN); err != nil {
		return err
	}
	result.WallSeconds = observe.Milliseconds(wall.Now().Sub(began).Seconds())
	if err := e.Clock.Sleep(ctx, margin); err != nil {
		return err
	}
	ending, err := o.End(ctx, result.ExecutionARN, result.Speed)
	if err != nil {
		return err
	}
	result.EndState, result.Error, result.Cause = ending.State, ending.Error, ending.Cause
	result.DeploymentSeconds, result.Stages = ending.Seconds, ending.Stages
	if d.growing != nil {
		if err := d.growing.end(ctx, d, result, changes.Since); err != nil {
			return err
		}
	}
	if result.Stands, err = o.Look(ctx); err != nil || e.World.InPlaceARN == "" {
		return err
	}
	result.Images, err = d.images(ctx)
	return err
}

// images counts the instances of a group that stays by the image that they run.
func (d *Demonstration) images(ctx context.Context) (map[string]int, error) {
	e, counts := d.Environment, make(map[string]int)
	pages := ec2.NewDescribeInstancesPaginator(ec2.NewFromConfig(e.Config), &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{
		{Name: aws.String("tag:aws:autoscaling:groupName"), Values: []string{e.World.GroupName}},
		{Name: aws.String("instance-state-name"), Values: []string{"running"}},
	}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe the instances of %s: %w", e.World.GroupName, err)
		}
		for _, reservation := range page.Reservations {
			for _, instance := range reservation.Instances {
				counts[aws.ToString(instance.ImageId)]++
			}
		}
	}
	return counts, nil
}

// showUntilEnd shows every change until the execution has ended.
func (d *Demonstration) showUntilEnd(ctx context.Context, o observe.Observer, changes *observe.Changes, executionARN string) error {
	for {
		if err := changes.Execution(ctx, o, executionARN); err != nil {
			return err
		}
		if err := changes.Fleets(ctx, o); err != nil {
			return err
		}
		changes.Mail(d.Environment.Mail())
		if err := show(ctx, d.load, changes); err != nil {
			return err
		}
		if d.growing != nil {
			if err := d.growing.look(ctx, d, o, changes); err != nil {
				return err
			}
		}
		seen := changes.Last(executionARN)
		if ended(seen.Status) {
			return nil
		}
		if d.Environment.Clock.Now().Sub(changes.Since) > deploymentLimit {
			return fmt.Errorf("the execution still runs after %s, in stage %s", deploymentLimit, seen.Stage)
		}
		if err := d.Environment.Clock.Sleep(ctx, interval); err != nil {
			return err
		}
	}
}

func ended(status sfntypes.ExecutionStatus) bool {
	return status != "" && status != sfntypes.ExecutionStatusRunning && status != sfntypes.ExecutionStatusPendingRedrive
}
