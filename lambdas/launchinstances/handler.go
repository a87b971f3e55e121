// Package launchinstances launches, for a group that stays, as many instances of the new image as it has of others, and waits until EC2
// finds them healthy. They are no members yet and take no traffic. Before that the group is pinned to what its instances run.
package launchinstances

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/announce"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/inplace"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// compute is what is read of instances, and of what they are launched from.
type compute interface {
	inplace.Compute
	DescribeInstanceStatus(context.Context, *ec2.DescribeInstanceStatusInput, ...func(*ec2.Options)) (*ec2.DescribeInstanceStatusOutput, error)
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
}

// launches makes a version of the group's template, and instances of it.
type launches interface {
	CreateLaunchTemplateVersion(context.Context, *ec2.CreateLaunchTemplateVersionInput, ...func(*ec2.Options)) (*ec2.CreateLaunchTemplateVersionOutput, error)
	RunInstances(context.Context, *ec2.RunInstancesInput, ...func(*ec2.Options)) (*ec2.RunInstancesOutput, error)
}

var (
	_ compute  = (*ec2.Client)(nil)
	_ launches = (*ec2.Client)(nil)
)

type handler struct {
	groups   fleet.Groups
	compute  compute
	launches step.Writes[launches]
	changer  inplace.Changer
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	instances := ec2.NewFromConfig(cfg)
	h := handler{groups: autoscaling.NewFromConfig(cfg), compute: instances, launches: step.Guard[launches](instances), changer: inplace.NewChanger(cfg)}
	return announce.OnBus(cfg, env, step.Of(ledger.Open(cfg, env.LedgerTable), h.look))
}

// stages are those of all of it: a deployment that comes back from JoinGroup, since the group has grown, is at the next one.
var stages = []ledger.Stage{ledger.Creating, ledger.Switching}

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	p := s.Begin()
	f, err := inplace.See(ctx, h.groups, h.compute, *s.Deployment)
	if err != nil {
		return p, err
	}
	record, err := f.Recall(ctx, s, stages...)
	if err != nil {
		return p, err
	}
	if err := h.hold(ctx, s, record.Lock.Stage, f); err != nil {
		return p, err
	}
	place, err := h.launch(ctx, s, record.Lock.Stage, f)
	if err != nil {
		return p, err
	}
	return h.healthy(ctx, s, p, f, place)
}

// hold has the group launch what its instances run, whatever versions its template gets, and nothing else move them.
func (h handler) hold(ctx context.Context, s *step.Step, stage ledger.Stage, f inplace.Fleet) error {
	if err := h.changer.Quiet(ctx, s, f, stage); err != nil {
		return err
	}
	if deploy.IsVersion(f.Names()) {
		return nil
	}
	return h.changer.Name(ctx, s, f, s.Deployment.Ran.Version, stage)
}

// healthy judges the instances that are no members yet by EC2's status checks alone.
func (h handler) healthy(ctx context.Context, s *step.Step, p deploy.Loop, f inplace.Fleet, place ledger.InPlace) (deploy.Loop, error) {
	ids, have, wanted := inplace.IDs(f.Apart), len(f.Apart)+len(f.New), alive(f, place)
	good, err := h.passed(ctx, ids)
	if err != nil {
		return p, err
	}
	message := fmt.Sprintf("%d of %d new instances pass EC2's status checks", good, len(ids))
	within := time.Duration(s.Deployment.Health.TimeoutSeconds) * time.Second
	switch {
	case have >= wanted && wanted >= len(f.Previous) && good == len(ids):
		return p.Finished(deploy.Done, message), nil
	case s.Elapsed(p) >= within:
		return p, fault.New(fault.GreenUnhealthy, "after %s %s, and %d of %d are there: %s serves on", within, message, have, wanted, s.Deployment.Blue)
	}
	return s.Wait(p, message), nil
}

// passed is how many instances pass both of EC2's status checks.
func (h handler) passed(ctx context.Context, ids []string) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	good := 0
	pages := ec2.NewDescribeInstanceStatusPaginator(h.compute, &ec2.DescribeInstanceStatusInput{InstanceIds: ids})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, fmt.Errorf("describing the status of the new instances: %w", err)
		}
		for _, status := range page.InstanceStatuses {
			if status.InstanceStatus != nil && status.InstanceStatus.Status == "ok" && status.SystemStatus != nil && status.SystemStatus.Status == "ok" {
				good++
			}
		}
	}
	return good, nil
}
