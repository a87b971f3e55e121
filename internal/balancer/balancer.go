// Package balancer is what EC2 Auto Scaling attaches groups to so that they take traffic: what it shows of their instances, how it treats
// those that come and go, and attaching and detaching a group.
package balancer

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/step"
)

// Balancers are an account's.
type Balancers struct {
	targetGroups targetGroups
	classic      classicBalancers
	entries      entries
	metrics      metrics
	writes       step.Writes[writes]
}

// New makes them of an account.
func New(cfg aws.Config) Balancers {
	return Balancers{
		targetGroups: targetGroups{elb.NewFromConfig(cfg)},
		classic:      classicBalancers{classic.NewFromConfig(cfg)},
		entries:      elb.NewFromConfig(cfg),
		metrics:      cloudwatch.NewFromConfig(cfg),
		writes:       step.Guard[writes](autoscaling.NewFromConfig(cfg)),
	}
}

// kind reads the sources of one type.
type kind interface {
	// health is what a source shows of all instances, or of the members at least, where they are registered.
	health(ctx context.Context, id string, members []deploy.Instance) (Shown, error)
	settings(ctx context.Context, id string) (Settings, error)
	// checked is how long the slowest health checks take to find an instance healthy.
	checked(ctx context.Context, ids []string) (seconds int, err error)
}

// kind is what reads a source.
func (b Balancers) kind(s deploy.Source) (kind, error) {
	switch s.Type {
	case deploy.TargetGroup:
		return b.targetGroups, nil
	case deploy.ClassicBalancer:
		return b.classic, nil
	}
	return nil, fault.New(fault.NotReady, "%s is of a type (%s) that is not supported", s.ID, s.Type)
}

// Reads reports whether a source's health can be read.
func (b Balancers) Reads(s deploy.Source) bool {
	_, err := b.kind(s)
	return err == nil
}

// Shown is what a source shows.
type Shown struct {
	Targets deploy.Targets
	Ports   map[string][]int32 // at which each instance is registered and does not leave, in a target group
}

// Health is what a source shows, of the members at least. An instance registered on several ports counts as its worst state.
func (b Balancers) Health(ctx context.Context, s deploy.Source, members []deploy.Instance) (Shown, error) {
	of, err := b.kind(s)
	if err != nil {
		return Shown{}, err
	}
	return of.health(ctx, s.ID, members)
}

// Traffic is Health of sources.
func (b Balancers) Traffic(ctx context.Context, sources []deploy.Source, members []deploy.Instance) (deploy.Traffic, error) {
	traffic := make(deploy.Traffic, len(sources))
	for _, s := range sources {
		shown, err := b.Health(ctx, s, members)
		if err != nil {
			return nil, err
		}
		traffic[s] = shown.Targets
	}
	return traffic, nil
}

// InUse is Traffic of those that a group can still join, and of these only where a load balancer uses them: nobody is served through the
// others, and no instance is ever healthy there. exist are those that are there.
func (b Balancers) InUse(ctx context.Context, sources []deploy.Source, members []deploy.Instance) (traffic deploy.Traffic, exist []deploy.Source, err error) {
	traffic = make(deploy.Traffic)
	for _, s := range sources {
		shown, err := b.Health(ctx, s, members)
		switch {
		case Gone(err):
			continue
		case err != nil:
			return nil, nil, err
		}
		exist = append(exist, s)
		if !shown.Targets.Unused() {
			traffic[s] = shown.Targets
		}
	}
	return traffic, exist, nil
}

// Settings reads how a source that exists treats its instances.
func (b Balancers) Settings(ctx context.Context, s deploy.Source) (Settings, error) {
	of, err := b.kind(s)
	if err != nil {
		return Settings{}, err
	}
	return of.settings(ctx, s.ID)
}

// Slowest is the longest of each, of sources.
func (b Balancers) Slowest(ctx context.Context, sources []deploy.Source) (Pace, error) {
	var slowest Pace
	for _, s := range sources {
		found, err := b.Settings(ctx, s)
		if err != nil {
			return slowest, err
		}
		slowest = slowest.Longest(found.Pace)
	}
	return slowest, nil
}

// Checked is how long, in seconds, the slowest health checks of sources take to find an instance healthy.
func (b Balancers) Checked(ctx context.Context, sources []deploy.Source) (int, error) {
	longest := 0
	byType := make(map[deploy.SourceType][]string)
	for _, s := range sources {
		byType[s.Type] = append(byType[s.Type], s.ID)
	}
	for _, of := range []struct {
		kind
		ids []string
	}{{b.targetGroups, byType[deploy.TargetGroup]}, {b.classic, byType[deploy.ClassicBalancer]}} {
		seconds, err := of.checked(ctx, of.ids)
		if err != nil {
			return 0, fmt.Errorf("how health is checked: %w", err)
		}
		longest = max(longest, seconds)
	}
	return longest, nil
}
