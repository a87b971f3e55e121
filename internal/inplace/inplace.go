// Package inplace sees a group whose instances are replaced while it stays, and has it launch from another version of its template. Who
// is new and who is not shows in the image that each instance runs, at each look.
package inplace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// Processes are suspended while the group has instances of both images: what they end or launch would be of either.
var Processes = []string{"AZRebalance", "AlarmNotification"}

// Compute describes instances.
type Compute interface {
	DescribeInstances(context.Context, *ec2.DescribeInstancesInput, ...func(*ec2.Options)) (*ec2.DescribeInstancesOutput, error)
}

var _ Compute = (*ec2.Client)(nil)

// Fleet is a group and what belongs to it, at one moment.
type Fleet struct {
	deploy.Fleet
	Group    types.AutoScalingGroup
	Deleted  bool                // by somebody else, or about to be
	Previous []deploy.Instance   // members of other images than the new one, that are not leaving
	New      []deploy.Instance   // members of the new image, that are not leaving
	Leaving  []deploy.Instance   // members that are leaving, of any image
	Apart    []ec2types.Instance // launched by the deployment, and no members; those that have ended are left out
	Joined   int                 // how many that the deployment has launched have ever joined, and raised the desired capacity by that; by Recall
	Lost     int                 // how many that the deployment has launched have ended; by Recall
	Details  map[string]ec2types.Instance

	joined, unjoined, lost []string // ids of what the deployment has launched, as EC2 shows it
}

// See reads a deployment's group. A group that is gone, or that somebody deletes, is TrafficDiverged; what was launched is read all the same.
func See(ctx context.Context, groups fleet.Groups, compute Compute, d deploy.Deployment) (Fleet, error) {
	described, err := fleet.Describe(ctx, groups, d.Blue)
	if err != nil {
		return Fleet{}, err
	}
	group, found := described[d.Blue]
	f := Fleet{Fleet: fleet.Of(group), Group: group, Details: make(map[string]ec2types.Instance)}
	f.Deleted = !found || f.Deleting
	var ids []string
	for _, instance := range f.Instances {
		ids = append(ids, instance.ID)
	}
	if err := f.detail(ctx, compute, ids, d); err != nil {
		return f, err
	}
	if f.Deleted {
		return f, fault.New(fault.TrafficDiverged, "%s was deleted by somebody else", d.Blue)
	}
	for _, instance := range f.Instances {
		switch {
		case leaves(instance.Lifecycle):
			f.Leaving = append(f.Leaving, instance)
		case aws.ToString(f.Details[instance.ID].ImageId) == d.Own.ImageID:
			f.New = append(f.New, instance)
		default:
			f.Previous = append(f.Previous, instance)
		}
	}
	return f, nil
}

// leaves reports whether an instance in a lifecycle state is on its way out of the group.
func leaves(lifecycle string) bool {
	return strings.HasPrefix(lifecycle, "Terminating") || lifecycle == "Detaching"
}

// detail reads what EC2 says of the group's instances, and of those that the deployment has launched.
func (f *Fleet) detail(ctx context.Context, compute Compute, members []string, d deploy.Deployment) error {
	var inputs []*ec2.DescribeInstancesInput
	const atOnce = 200 // values of a filter
	for batch := range slices.Chunk(members, atOnce) {
		// By a filter: one that has gone since the group was described is left out, and not refused.
		inputs = append(inputs, &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{{Name: aws.String("instance-id"), Values: batch}}})
	}
	inputs = append(inputs, &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{
		{Name: aws.String("tag:" + deploy.TagExecution), Values: []string{d.Execution}}, {Name: aws.String("tag:" + deploy.TagInPlace), Values: []string{d.Lineage}},
	}})
	for i, input := range inputs {
		pages := ec2.NewDescribeInstancesPaginator(compute, input)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return fmt.Errorf("describing the instances of %s: %w", f.Name, err)
			}
			for _, reservation := range page.Reservations {
				for _, instance := range reservation.Instances {
					id := aws.ToString(instance.InstanceId)
					f.Details[id] = instance
					if i < len(inputs)-1 {
						continue
					}
					f.launched(instance, slices.Contains(members, id))
				}
			}
		}
	}
	slices.SortFunc(f.Apart, func(a, b ec2types.Instance) int {
		return strings.Compare(aws.ToString(a.InstanceId), aws.ToString(b.InstanceId))
	})
	return nil
}

// launched takes in what EC2 shows of an instance that the deployment has launched.
func (f *Fleet) launched(i ec2types.Instance, member bool) {
	id := aws.ToString(i.InstanceId)
	if over(i) {
		f.lost = append(f.lost, id)
	}
	switch {
	case memberOnce(i):
		f.joined = append(f.joined, id)
	case over(i):
		f.unjoined = append(f.unjoined, id)
	case !member:
		f.unjoined = append(f.unjoined, id)
		f.Apart = append(f.Apart, i)
	}
}

// Recall counts what the deployment has launched. EC2 forgets what has ended an hour later, so what it shows is noted in the record first,
// and what it does not show is counted as the record says. The record is read after the group: another call that goes on meanwhile changes the
// record first, so that what the group shows of its doing is in the record that is returned.
func (f *Fleet) Recall(ctx context.Context, s *step.Step, stages ...ledger.Stage) (ledger.Record, error) {
	record, err := s.Record(ctx, stages...)
	if err != nil {
		return record, err
	}
	return f.RecallFrom(ctx, s, record, stages...)
}

// RecallFrom is Recall of a record that was read since the group was seen.
func (f *Fleet) RecallFrom(ctx context.Context, s *step.Step, record ledger.Record, stages ...ledger.Stage) (ledger.Record, error) {
	record, err := s.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) {
		place := r.Lock.InPlace
		if place == nil {
			return
		}
		place.Joined, place.Lost = ledger.With(place.Joined, f.joined...), ledger.With(place.Lost, f.lost...)
	}, stages...)
	if err != nil || record.Lock.InPlace == nil {
		return record, err
	}
	f.Joined, f.Lost = len(ledger.Without(record.Lock.InPlace.Joined, f.unjoined...)), len(record.Lock.InPlace.Lost)
	return record, nil
}

// memberOnce reports whether an instance is a member of a group, or was when it ended: EC2 Auto Scaling tags its members, and nobody else can.
func memberOnce(i ec2types.Instance) bool {
	return slices.ContainsFunc(i.Tags, func(tag ec2types.Tag) bool { return aws.ToString(tag.Key) == "aws:autoscaling:groupName" })
}

// over reports whether an instance has ended, or is about to.
func over(i ec2types.Instance) bool {
	return i.State != nil && (i.State.Name == ec2types.InstanceStateNameTerminated || i.State.Name == ec2types.InstanceStateNameShuttingDown)
}

// Running reports whether an instance runs.
func Running(i ec2types.Instance) bool {
	return i.State != nil && i.State.Name == ec2types.InstanceStateNameRunning
}

// IDs are those of described instances.
func IDs(instances []ec2types.Instance) []string {
	var ids []string
	for _, i := range instances {
		ids = append(ids, aws.ToString(i.InstanceId))
	}
	return ids
}

// Of are the ids of members.
func Of(instances []deploy.Instance) []string {
	var ids []string
	for _, i := range instances {
		ids = append(ids, i.ID)
	}
	return ids
}

// Serving are those of some members that are in service in the group, and healthy in all that it takes traffic from.
func (f Fleet) Serving(ctx context.Context, b balancer.Balancers, among []deploy.Instance) ([]deploy.Instance, error) {
	shown, err := b.Traffic(ctx, f.Sources, f.Instances)
	if err != nil {
		return nil, err
	}
	var serving []deploy.Instance
	for _, i := range among {
		healthy := i.Lifecycle == deploy.InService && i.Healthy
		for _, source := range f.Sources {
			healthy = healthy && shown[source][i.ID] == deploy.TargetHealthy
		}
		if healthy {
			serving = append(serving, i)
		}
	}
	return serving, nil
}

// ShownWithin is how long it is waited for that AWS describes what was given back: who looks next must not take ours for people's.
const ShownWithin = 10 * time.Minute

// Settled reports whether nothing of what the deployment has suspended, or protected of some members, is described any more.
func (f Fleet) Settled(lock *ledger.Lock, of []deploy.Instance) bool {
	guarded := func(i deploy.Instance) bool {
		return i.Protected && !aws.ToBool(f.Group.NewInstancesProtectedFromScaleIn)
	}
	suspended := func(process string) bool {
		return slices.Contains(f.Suspended, process) && lock.Change(ledger.KindProcess, ledger.Process(process, f.Name)) != nil
	}
	return !slices.ContainsFunc(Processes, suspended) && !slices.ContainsFunc(of, guarded)
}

// Wants is how many instances people want of the group: its desired capacity counts those that have joined until as many have ended.
func (f Fleet) Wants(ended int) int { return f.Sizes.Desired - f.Joined + ended }

// Names is the version of its template that the group names.
func (f Fleet) Names() string {
	if len(f.Launches) == 0 {
		return ""
	}
	return f.Launches[0].Version
}
