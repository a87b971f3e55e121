package builder

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// The keys of a builder's drains: what its commands have started may have taken work, before the image and, where EC2 rebooted it for
// that, after it.
const (
	BeforeImage = "drain"
	beforeEnd   = "drain before its end"
)

// lateCalls is how long calls of a function that has ended may still take effect.
const lateCalls = deploy.LateCallSeconds * time.Second

// Drain has a builder run the deployment's drain, where there is one and its agent answers. over is true once that has ended, be it
// badly: a builder is no part of a fleet.
func (e Ender) Drain(ctx context.Context, s *step.Step, id, key string, stage ledger.Stage) (over bool, err error) {
	policy := s.Deployment.Drain
	if len(policy.Command) == 0 {
		return true, nil
	}
	within := time.Duration(policy.TimeoutSeconds) * time.Second
	ran, err := e.seen(ctx, id, key)
	switch {
	case err != nil:
		return false, err
	case ran.Ended && !ran.Succeeded:
		s.Deployment.Warn("drain.command did not succeed on the builder %s (%s)", id, ran.Details)
		return true, nil
	case ran.Sent:
		return ran.Ended || s.Now().Sub(ran.At) > within+deliverySeconds*time.Second, nil
	}
	online, err := fleet.Online(ctx, e.scripts, []string{id})
	if err != nil || !online[id] {
		return err == nil, err
	}
	return false, e.send(ctx, s, id, key, policy.Script("-builder"), within, "", stage)
}

// End ends a builder, once what runs on it has drained. done is true when it is described as ending.
func (m Maker) End(ctx context.Context, s *step.Step) (done bool, err error) {
	record, err := s.Record(ctx, ledger.Creating)
	if err != nil || record.Lock.Build == nil {
		return false, err
	}
	building := *record.Lock.Build
	all, err := launched(ctx, m.compute, s.Deployment.Execution, building)
	if err != nil {
		return false, err
	}
	waits, err := m.endAll(ctx, s, all, ledger.Creating)
	return shows(all, building.Instance) && waits == "", err
}

// endAll ends instances, and says which one it waits for; empty: all are described as ending.
func (e Ender) endAll(ctx context.Context, s *step.Step, all []types.Instance, stage ledger.Stage) (waits string, err error) {
	for _, instance := range all {
		done, err := e.end(ctx, s, instance, stage)
		if err != nil {
			return "", err
		}
		if !done {
			waits = fmt.Sprintf("the builder %s is being ended", aws.ToString(instance.InstanceId))
		}
	}
	return waits, nil
}

func (e Ender) end(ctx context.Context, s *step.Step, instance types.Instance, stage ledger.Stage) (done bool, err error) {
	if over(instance) {
		return true, nil
	}
	id := aws.ToString(instance.InstanceId)
	if state(instance) == types.InstanceStateNameRunning {
		if drained, err := e.Drain(ctx, s, id, beforeEnd, stage); err != nil || !drained {
			return false, err
		}
	}
	if _, err := step.Write(ctx, e.ends, s.Holder.At(stage), ends.TerminateInstances, &ec2.TerminateInstancesInput{InstanceIds: []string{id}}); err != nil {
		return false, fmt.Errorf("terminating the builder %s: %w", id, err)
	}
	return false, nil
}

// Close forgets a builder that has ended, and takes away what it was launched from.
func (m Maker) Close(ctx context.Context, s *step.Step) error {
	made := ledger.Made{What: ledger.MadeSource, Name: s.Deployment.Build.Builder}
	out, err := m.compute.DescribeLaunchTemplates(ctx, &ec2.DescribeLaunchTemplatesInput{ // by a filter, which finds nothing of what is gone without an error
		Filters: []types.Filter{{Name: aws.String("launch-template-name"), Values: []string{made.Name}}, {Name: aws.String("tag-key"), Values: []string{deploy.TagExecution}}},
	})
	if err != nil {
		return fmt.Errorf("describing launch template %s: %w", made.Name, err)
	}
	for _, template := range out.LaunchTemplates {
		_, err := step.Write(ctx, m.launches, s.Holder.At(ledger.Creating), launches.DeleteLaunchTemplate, &ec2.DeleteLaunchTemplateInput{LaunchTemplateId: template.LaunchTemplateId})
		if err != nil {
			return fmt.Errorf("deleting launch template %s: %w", made.Name, err)
		}
	}
	_, err = s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Unmake(made) }, ledger.Creating)
	return err
}

// Undo ends, on the way back, what is left of a build: the builder, then the image. What it was launched from goes with what else was
// made beside groups. It says what it waits for; nothing: it is done, and nothing can come any more.
func (e Ender) Undo(ctx context.Context, s *step.Step, since time.Time) (waits string, err error) {
	record, err := s.Record(ctx, ledger.Removing)
	if err != nil || record.Lock.Build == nil {
		return "", err
	}
	building, late := *record.Lock.Build, s.Now().Sub(since) >= lateCalls
	all, err := launched(ctx, e.compute, s.Deployment.Execution, building)
	if err != nil {
		return "", err
	}
	if len(all) == 0 && !late {
		return "no builder is shown; it is looked at once more when no call for one can be under way", nil
	}
	if waits, err := e.endAll(ctx, s, all, ledger.Removing); err != nil || waits != "" {
		return waits, err
	}
	gone, found, err := e.Remove(ctx, s, s.Deployment.Build.Name, s.Deployment.Execution, ledger.Removing)
	switch {
	case err != nil:
		return "", err
	case !gone:
		return fmt.Sprintf("image %s is being removed", s.Deployment.Build.Name), nil
	case !found && !late:
		return "no image of the builder is shown; it is looked at once more when no call for one can be under way", nil
	}
	return "", nil
}
