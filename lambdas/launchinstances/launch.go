package launchinstances

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/inplace"
	"bluegreen/internal/launch"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

const (
	mostALaunch = 20 // instances of one call: all of them, or none
	mostTimes   = 3  // as many as the group has previous instances are launched in all: it may grow, or lose some, meanwhile
)

// alive is how many of those that were launched must be there, shown or not yet.
func alive(f inplace.Fleet, place ledger.InPlace) int {
	launched := 0
	for _, l := range place.Launches {
		launched += l.Count
	}
	return launched - f.Lost
}

// launch makes the version of the template, and launches what is missing from it.
func (h handler) launch(ctx context.Context, s *step.Step, stage ledger.Stage, f inplace.Fleet) (ledger.InPlace, error) {
	place, err := h.version(ctx, s, stage, f)
	if err != nil {
		return place, err
	}
	open := func(l ledger.Launch) bool { return !l.Done }
	if !slices.ContainsFunc(place.Launches, open) {
		if place, err = h.plan(ctx, s, stage, f, place); err != nil {
			return place, err
		}
	}
	for n, l := range place.Launches {
		if l.Done {
			continue
		}
		if err := h.run(ctx, s, stage, f, place.Version, n, l); err != nil {
			return place, err
		}
	}
	return place, nil
}

// version makes the version that the group is to launch: what its instances run, but for the image. Asked for twice, with one token, it
// is made once.
func (h handler) version(ctx context.Context, s *step.Step, stage ledger.Stage, f inplace.Fleet) (ledger.InPlace, error) {
	d := s.Deployment
	record, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		if r.Lock.InPlace == nil {
			r.Lock.InPlace = &ledger.InPlace{}
		}
	}, stage)
	if err != nil || record.Lock.InPlace.Version != "" {
		return place(record), err
	}
	data, err := launch.Read(ctx, h.compute, *d.Template)
	if err != nil {
		return place(record), err
	}
	launch.ChangesOf(*d.Own, "").Template(data)
	out, err := step.Write(ctx, h.launches, s.Holder.At(stage), launches.CreateLaunchTemplateVersion, &ec2.CreateLaunchTemplateVersionInput{
		LaunchTemplateId: &d.Template.ID, LaunchTemplateData: data, VersionDescription: &d.Own.Name, ClientToken: aws.String(d.PlaceToken("version")),
	})
	if err != nil {
		return place(record), fmt.Errorf("making a version of launch template %s: %w", d.Template.ID, err)
	}
	version := strconv.FormatInt(aws.ToInt64(out.LaunchTemplateVersion.VersionNumber), 10)
	record, err = s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.InPlace.Version = version }, stage)
	return place(record), err
}

func place(record ledger.Record) ledger.InPlace {
	if record.Lock == nil || record.Lock.InPlace == nil {
		return ledger.InPlace{}
	}
	return *record.Lock.InPlace
}

// plan writes into the record what is to be launched: for each previous instance that has no new one yet, one of its type in its subnet.
func (h handler) plan(ctx context.Context, s *step.Step, stage ledger.Stage, f inplace.Fleet, now ledger.InPlace) (ledger.InPlace, error) {
	missing := min(len(f.Previous)-alive(f, now), len(f.Previous))
	if missing <= 0 {
		return now, nil
	}
	if launched := alive(f, now) + f.Lost; launched+missing > mostTimes*len(f.Previous) {
		return now, fault.New(fault.GreenUnhealthy, "%d new instances are missing, and %d were launched already: somebody ends them, or %s is scaled all the time", missing, launched, f.Name)
	}
	counts := make(map[ledger.Launch]int)
	for _, i := range f.Previous[len(f.Previous)-missing:] {
		detail := f.Details[i.ID]
		counts[ledger.Launch{Subnet: aws.ToString(detail.SubnetId), Type: string(detail.InstanceType)}]++
	}
	var further []ledger.Launch
	for _, l := range slices.SortedFunc(maps.Keys(counts), func(a, b ledger.Launch) int {
		return cmp.Or(cmp.Compare(a.Subnet, b.Subnet), cmp.Compare(a.Type, b.Type))
	}) {
		for left := counts[l]; left > 0; left -= mostALaunch {
			l.Count = min(left, mostALaunch)
			further = append(further, l)
		}
	}
	record, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		if len(r.Lock.InPlace.Launches) == len(now.Launches) {
			r.Lock.InPlace.Launches = append(r.Lock.InPlace.Launches, further...)
		}
	}, stage)
	return place(record), err
}

// run makes one launch, which is one however often it is asked for.
func (h handler) run(ctx context.Context, s *step.Step, stage ledger.Stage, f inplace.Fleet, version string, n int, l ledger.Launch) error {
	input, err := h.input(ctx, s.Deployment, f, version, n, l)
	if err != nil {
		return err
	}
	_, err = step.Write(ctx, h.launches, s.Holder.At(stage), launches.RunInstances, input)
	switch {
	case is(err, "InsufficientInstanceCapacity"):
		return fault.New(fault.CapacityUnavailable, "EC2 has no %s of type %s in subnet %s: %s serves on: %w", deploy.Counted(l.Count, "instance"), l.Type, l.Subnet, f.Name, err)
	case is(err, "IdempotentInstanceTerminated"):
		return fault.New(fault.GreenUnhealthy, "new instances in subnet %s were terminated by somebody else: start again", l.Subnet)
	case is(err, "InvalidLaunchTemplateId.VersionNotFound"):
		return fault.New(fault.Unavailable, "version %s of launch template %s is not seen yet: %w", version, s.Deployment.Template.ID, err)
	case err != nil:
		return fmt.Errorf("launching %s for %s: %w", deploy.Counted(l.Count, "instance"), f.Name, err)
	}
	_, err = s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.InPlace.Launches[n].Done = true }, stage)
	return err
}

// input is what a launch asks for: what the version holds, with the tags that the group gives to what it launches, and ours.
func (h handler) input(ctx context.Context, d *deploy.Deployment, f inplace.Fleet, version string, n int, l ledger.Launch) (*ec2.RunInstancesInput, error) {
	input := &ec2.RunInstancesInput{
		ClientToken: aws.String(d.LaunchToken(n)), MinCount: aws.Int32(int32(l.Count)), MaxCount: aws.Int32(int32(l.Count)),
		LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateId: &d.Template.ID, Version: &version}, InstanceType: types.InstanceType(l.Type),
	}
	var tags []types.Tag
	for _, tag := range f.Group.Tags {
		if aws.ToBool(tag.PropagateAtLaunch) && !deploy.ReservedTag(aws.ToString(tag.Key)) && !strings.HasPrefix(aws.ToString(tag.Key), "aws:") {
			tags = append(tags, types.Tag{Key: tag.Key, Value: tag.Value})
		}
	}
	for _, tag := range append(d.OwnTags(), [2]string{deploy.TagInPlace, d.Lineage}) {
		tags = append(tags, types.Tag{Key: aws.String(tag[0]), Value: aws.String(tag[1])})
	}
	for _, kind := range []types.ResourceType{types.ResourceTypeInstance, types.ResourceTypeVolume, types.ResourceTypeNetworkInterface} {
		input.TagSpecifications = append(input.TagSpecifications, types.TagSpecification{ResourceType: kind, Tags: tags})
	}
	data, err := launch.Read(ctx, h.compute, *d.Template)
	if err != nil {
		return nil, err
	}
	input.NetworkInterfaces, err = launch.Interfaces(data.NetworkInterfaces, l.Subnet)
	if len(input.NetworkInterfaces) == 0 {
		input.SubnetId = &l.Subnet
	}
	return input, err
}

func is(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}
