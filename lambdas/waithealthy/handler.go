// Package waithealthy decides, once per poll, whether green may take traffic, and lets green follow blue upwards.
package waithealthy

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/announce"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is all of AWS that this state may touch.
type groups interface {
	fleet.Groups
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	DescribeScalingActivities(context.Context, *autoscaling.DescribeScalingActivitiesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error)
}

var _ groups = (*autoscaling.Client)(nil)

type handler struct {
	groups groups
	ledger ledger.Ledger
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return announce.OnBus(cfg, env, handler{
		groups: autoscaling.NewFromConfig(cfg),
		ledger: ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle)
}

// usualInService is when instances are in service at the soonest, usually: pending alone took 16 to 18 s (aws-facts D).
const usualInService = 15 * time.Second

// creator is the state that creates green: right after it there is nothing to see yet.
const creator = "CreateGreen"

// handle looks once. Pending is data that a Choice routes; an error means that looking again cannot help.
func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	d := document.Deployment
	if created := document.Progress; created != nil && created.State == creator && call.Entered.Sub(created.Since) < usualInService {
		progress := call.WaitUntil(call.Begin(), created.Since.Add(usualInService), fmt.Sprintf("green %s was created a moment ago", d.Green))
		document.Progress = &progress
		return document, nil
	}
	fleets, err := fleet.Read(ctx, h.groups, d.Blue, d.Green)
	if err != nil {
		return deploy.Document{}, err
	}
	blue, blueFound := fleets[d.Blue]
	if !blueFound {
		return deploy.Document{}, fault.New(fault.TrafficDiverged, "blue %s was deleted by somebody else", d.Blue)
	}
	if err := d.Elsewhere(blue); err != nil {
		return deploy.Document{}, err
	}
	progress := call.Begin()
	green, greenFound := fleets[d.Green]
	sample := deploy.Sample{Message: fmt.Sprintf("green %s is not shown yet", d.Green)}
	if greenFound {
		if err := h.follow(ctx, call, blue, &green); err != nil {
			return deploy.Document{}, err
		}
		sample = deploy.GreenInService(blue, green)
	}
	progress = progress.Count(sample)
	switch {
	case progress.Good >= d.Health.Consecutive:
		progress = progress.Finished(deploy.Done, sample.Message)
	case !sample.Good && call.Elapsed(progress) >= time.Duration(d.Health.TimeoutSeconds)*time.Second:
		return deploy.Document{}, h.expired(ctx, d, sample)
	case sample.Good:
		progress = call.Again(progress, sample.Message)
	default:
		progress = call.Wait(progress, sample.Message)
	}
	document.Progress = &progress
	return document, nil
}

// follow raises green's sizes to blue's, never lowers them: blue may have scaled out since green was created.
func (h handler) follow(ctx context.Context, call deploy.Call, blue deploy.Fleet, green *deploy.Fleet) error {
	if green.Sizes.Desired >= blue.Sizes.Desired {
		return nil
	}
	record, err := h.ledger.For(call).Check(ctx, ledger.Creating)
	if err != nil {
		return err
	}
	most := call.Document.Deployment.Room(record.Revived(*green), blue, blue.Sizes.Desired)
	_, err = h.groups.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &green.Name,
		MaxSize:              aws.Int32(int32(most)),
		DesiredCapacity:      aws.Int32(int32(blue.Sizes.Desired)),
	})
	if err != nil {
		return fmt.Errorf("raising %s to %d instances, as many as blue has now: %w", green.Name, blue.Sizes.Desired, err)
	}
	green.Sizes.Desired, green.Sizes.Max = blue.Sizes.Desired, most
	return nil
}
