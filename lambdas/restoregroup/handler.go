// Package restoregroup is the way back of a deployment in place: the group launches again what it did, the new instances leave it, and what
// was changed of it is as it was. What was launched and never joined is ended; what was made of the template is taken away.
package restoregroup

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/announce"
	"bluegreen/internal/balancer"
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
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
}

// removes takes away what the deployment has made.
type removes interface {
	DeleteLaunchTemplateVersions(context.Context, *ec2.DeleteLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DeleteLaunchTemplateVersionsOutput, error)
	TerminateInstances(context.Context, *ec2.TerminateInstancesInput, ...func(*ec2.Options)) (*ec2.TerminateInstancesOutput, error)
}

var (
	_ compute = (*ec2.Client)(nil)
	_ removes = (*ec2.Client)(nil)
)

type handler struct {
	groups    fleet.Groups
	compute   compute
	removes   step.Writes[removes]
	changer   inplace.Changer
	balancers balancer.Balancers
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	instances := ec2.NewFromConfig(cfg)
	h := handler{groups: autoscaling.NewFromConfig(cfg), compute: instances, removes: step.Guard[removes](instances), changer: inplace.NewChanger(cfg), balancers: balancer.New(cfg)}
	return announce.OnBus(cfg, env, step.Of(ledger.Open(cfg, env.LedgerTable), inplace.Ending(deploy.EndRolledBack, h.look)))
}

const (
	lateCalls    = deploy.LateCallSeconds * time.Second // that launch or join, after the deployment has turned back
	returnWithin = 30 * time.Minute                     // for the group to have its previous instances again before a person is asked
)

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	p := s.Begin()
	if p.Began.Equal(s.Entered) { // the document may lack what Claim wrote
		if record, err := turnBack(ctx, s); err != nil || record.Lock == nil {
			return notHeld(ctx, s, p, err)
		}
	}
	f, wrong := inplace.See(ctx, h.groups, h.compute, *s.Deployment)
	if wrong != nil && !f.Deleted {
		return p, wrong
	}
	record, err := turnBack(ctx, s)
	if err != nil || record.Lock == nil {
		return notHeld(ctx, s, p, err)
	}
	if f.Deleted {
		return p, cmp.Or(h.end(ctx, s, f), s.Ledger.WithoutGroup(fault.TrafficDiverged, s.Deployment))
	}
	if record, err = f.RecallFrom(ctx, s, record, ledger.Restoring); err != nil {
		return p, err
	}
	if err := h.end(ctx, s, f); err != nil {
		return p, err
	}
	lock := record.Lock
	if ran := s.Deployment.Ran.Version; lock.Change(ledger.KindVersion, ledger.Place(f.Name, 0)) != nil && lock.InPlace != nil && f.Names() == lock.InPlace.Version {
		if err := h.changer.Name(ctx, s, f, ran, ledger.Restoring); err != nil {
			return p, err
		}
	}
	switch {
	case len(f.Leaving) > 0:
		return p.Finished(deploy.Leaving, fmt.Sprintf("%s leave %s", deploy.Counted(len(f.Leaving), "instance"), f.Name)), nil
	case s.Elapsed(p) < lateCalls && lock.Change(ledger.KindDesired, f.Name) == nil:
		return s.WaitUntil(p, p.Since.Add(lateCalls), fmt.Sprintf("%s launches %s again; it is looked at once more when no call that launches or joins can be under way", f.Name, s.Deployment.Ran.Version)), nil
	case len(f.Apart) > 0:
		return s.Wait(p, fmt.Sprintf("%s that never joined end", deploy.Counted(len(f.Apart), "instance"))), nil
	case s.Elapsed(p) >= returnWithin:
		return p, fault.New(fault.TrafficDiverged, "%s has %d previous instances and %d new ones, %s after it was to have none of these: look at its activities, "+
			"then redrive this execution or start one with \"action\": \"recover\"", f.Name, len(f.Previous), len(f.New), returnWithin)
	case f.Joined > 0 || len(f.New) > 0:
		done, p, err := h.shrink(ctx, s, p, f, lock)
		if err != nil || !done {
			return p, err
		}
	}
	return h.settle(ctx, s, p, f)
}

// notHeld is the look of a deployment that holds no lock.
func notHeld(ctx context.Context, s *step.Step, p deploy.Loop, err error) (deploy.Loop, error) {
	if err != nil {
		return p, err
	}
	if closed, err := inplace.Closed(ctx, s); err != nil || closed == deploy.EndRolledBack {
		return p.Finished(deploy.Done, "the deployment was closed as "+closed+" a moment ago"), err
	}
	return p.Finished(deploy.NotOurs, "the deployment holds no lock: nothing was changed"), nil
}

// turnBack moves the deployment to the stage of restoring; a record without a lock: it has none.
func turnBack(ctx context.Context, s *step.Step) (ledger.Record, error) {
	record, found, err := s.Ledger.Get(ctx, s.Deployment.Lineage)
	if err != nil {
		return ledger.Record{}, err
	}
	if !found || record.Lock == nil || record.Lock.Execution != s.Execution.ID {
		return ledger.Record{}, nil
	}
	warnings := s.Deployment.Warnings
	record, err = s.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) { r.Lock.TurnBack() }, ledger.Creating, ledger.Switching, ledger.Restoring)
	if err != nil {
		return ledger.Record{}, err
	}
	d := record.Lock.Deployment.Resume(*s.Deployment) // the document lacks what Claim wrote if it failed after that
	d.Warnings = warnings
	s.Deployment = &d
	return record, nil
}

// end ends what was launched and is no member. It joins no more, which the record has before: EC2 forgets it.
func (h handler) end(ctx context.Context, s *step.Step, f inplace.Fleet) error {
	if len(f.Apart) == 0 {
		return nil
	}
	_, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		if r.Lock.InPlace != nil {
			r.Lock.InPlace.Joined = ledger.Without(r.Lock.InPlace.Joined, inplace.IDs(f.Apart)...)
		}
	}, ledger.Restoring)
	if err != nil {
		return err
	}
	_, err = step.Write(ctx, h.removes, s.Holder.At(ledger.Restoring), removes.TerminateInstances, &ec2.TerminateInstancesInput{InstanceIds: inplace.IDs(f.Apart)})
	if err != nil {
		return fmt.Errorf("ending %s that never joined %s: %w", deploy.Counted(len(f.Apart), "new instance"), f.Name, err)
	}
	return nil
}
