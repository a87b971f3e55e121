package builder

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/launch"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// Launch launches the builder, or goes on with the launch that an earlier call has asked for. Where EC2 has no instance to give in
// one subnet it says why, and another is tried next; where it has none in any, that is a fault which says why of each.
func (m Maker) Launch(ctx context.Context, s *step.Step, userData bool) (id, refused string, err error) {
	making := s.Deployment.Build
	record, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		if r.Lock.Build == nil {
			r.Lock.Build = &ledger.Building{Attempt: 1}
		}
		r.Lock.Make([]ledger.Made{{What: ledger.MadeSource, Name: making.Builder}})
	}, ledger.Creating)
	if err != nil {
		return "", "", err
	}
	data, err := m.contents(ctx, s, userData)
	if err != nil {
		return "", "", err
	}
	interfaces := data.NetworkInterfaces
	data.NetworkInterfaces = nil
	if err := m.template(ctx, s, data); err != nil {
		return "", "", err
	}
	building := *record.Lock.Build
	input, err := runs(*s.Deployment, building.Attempt, interfaces)
	if err != nil {
		return "", "", err
	}
	out, err := step.Write(ctx, m.launches, s.Holder.At(ledger.Creating), launches.RunInstances, input)
	switch {
	case elsewhere(err):
		refused, err = m.next(ctx, s, building, refusal(aws.ToString(subnet(*making, building.Attempt)), err))
		return "", refused, err
	case is(err, "IdempotentInstanceTerminated"):
		return "", "", terminated(building.Instance)
	case is(err, "InvalidLaunchTemplateName.NotFoundException"):
		return "", "", fault.New(fault.Unavailable, "launching the builder: the launch template that was made for it is not seen yet: %w", err)
	case err != nil:
		return "", "", fmt.Errorf("launching the builder of green's image: %w", err)
	}
	id = aws.ToString(out.Instances[0].InstanceId)
	_, err = s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Build.Instance = id }, ledger.Creating)
	return id, "", err
}

// terminated is the fault of a builder that somebody else has ended.
func terminated(id string) error {
	return fault.New(fault.BuildFailed, "%s was terminated by somebody else before its image was made: start again", strings.TrimSpace("the builder "+id))
}

// runs is the launch of one attempt: in the attempt's subnet, from the template that was made for it, with our tags and no others.
func runs(d deploy.Deployment, attempt int, interfaces []types.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest) (*ec2.RunInstancesInput, error) {
	input := &ec2.RunInstancesInput{
		ClientToken: aws.String(deploy.BuilderToken(d.Execution, attempt)), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateName: &d.Build.Builder, Version: aws.String("1")},
	}
	builder := append(tags(d), types.Tag{Key: aws.String(deploy.TagBuilder), Value: &d.Lineage})
	for _, kind := range []types.ResourceType{types.ResourceTypeInstance, types.ResourceTypeVolume, types.ResourceTypeNetworkInterface} {
		input.TagSpecifications = append(input.TagSpecifications, types.TagSpecification{ResourceType: kind, Tags: builder})
	}
	within := subnet(*d.Build, attempt)
	if len(interfaces) == 0 {
		input.SubnetId = within
		return input, nil
	}
	var err error
	input.NetworkInterfaces, err = launch.Interfaces(interfaces, aws.ToString(within))
	return input, err
}

// contents is what the builder's template holds: what blue's does, but for what would have the builder do blue's work, keep it from
// being ended, or take what only a fleet may take.
func (m Maker) contents(ctx context.Context, s *step.Step, userData bool) (*types.RequestLaunchTemplateData, error) {
	data, err := m.original(ctx, s.Deployment)
	if err != nil {
		return nil, err
	}
	making := s.Deployment.Build
	data.ImageId, data.InstanceType, data.InstanceRequirements = &making.Source, types.InstanceType(making.Type), nil
	if !userData {
		data.UserData = nil
	}
	data.TagSpecifications, data.InstanceMarketOptions, data.CapacityReservationSpecification = nil, nil, nil
	data.DisableApiTermination, data.DisableApiStop, data.HibernationOptions, data.InstanceInitiatedShutdownBehavior = nil, nil, nil, ""
	if data.Placement != nil {
		placement := *data.Placement
		placement.AvailabilityZone = nil
		data.Placement = &placement
	}
	return data, nil
}

// original is what blue's launch template, or launch configuration, makes a template with.
func (m Maker) original(ctx context.Context, d *deploy.Deployment) (*types.RequestLaunchTemplateData, error) {
	if d.Template != nil {
		return launch.Read(ctx, m.compute, *d.Template)
	}
	described, err := fleet.Describe(ctx, m.groups, d.Blue)
	if err != nil {
		return nil, err
	}
	name := aws.ToString(described[d.Blue].LaunchConfigurationName)
	out, err := m.groups.DescribeLaunchConfigurations(ctx, &autoscaling.DescribeLaunchConfigurationsInput{LaunchConfigurationNames: []string{name}})
	if err != nil {
		return nil, fmt.Errorf("describing launch configuration %s: %w", name, err)
	}
	if len(out.LaunchConfigurations) == 0 {
		return nil, fault.New(fault.NotReady, "launch configuration %s of blue %s does not exist any more", name, d.Blue)
	}
	return launch.FromConfiguration(out.LaunchConfigurations[0]), nil
}

// template makes what the builder is launched from. Its name is no other deployment's: where it stands already, an earlier call has
// made it.
func (m Maker) template(ctx context.Context, s *step.Step, data *types.RequestLaunchTemplateData) error {
	name := s.Deployment.Build.Builder
	_, err := step.Write(ctx, m.launches, s.Holder.At(ledger.Creating), launches.CreateLaunchTemplate, &ec2.CreateLaunchTemplateInput{
		LaunchTemplateName: &name, LaunchTemplateData: data, TagSpecifications: launch.Tags(*s.Deployment),
		VersionDescription: aws.String("the builder of an image for " + s.Deployment.Lineage + ", made by bluegreen"),
	})
	if err != nil && !is(err, "InvalidLaunchTemplateName.AlreadyExistsException") {
		return fmt.Errorf("making launch template %s for the builder: %w", name, err)
	}
	return nil
}

// Reached reports whether the builder's agent takes commands. One that was ended, or is not reached in time, is a fault.
func (m Maker) Reached(ctx context.Context, s *step.Step, p deploy.Loop, id string) (bool, error) {
	instance, shown, err := m.Look(ctx, id)
	if err != nil {
		return false, err
	}
	if shown && state(instance) == types.InstanceStateNameRunning {
		online, err := fleet.Online(ctx, m.scripts, []string{id})
		if err != nil || online[id] {
			return online[id], err
		}
	}
	if s.Elapsed(p).Seconds() < deploy.ReachSeconds {
		return false, nil
	}
	profile := "it has no instance profile"
	if instance.IamInstanceProfile != nil {
		profile = "its instance profile is " + aws.ToString(instance.IamInstanceProfile.Arn)
	}
	return false, fault.New(fault.BuildFailed, "Systems Manager does not see the builder %s after %d s (it is %s in %s): its image must have the agent, which starts by itself; "+
		"%s, and its role must allow what AmazonSSMManagedInstanceCore does; and its subnet must have a route to Systems Manager, by a NAT gateway or interface endpoints",
		id, deploy.ReachSeconds, state(instance), aws.ToString(instance.SubnetId), profile)
}

// Look describes the builder. One that somebody else has ended is a fault; one that was launched a moment ago may not be shown yet.
func (m Maker) Look(ctx context.Context, id string) (types.Instance, bool, error) {
	all, err := find(ctx, m.compute, &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
	if err != nil || len(all) == 0 {
		return types.Instance{}, false, err
	}
	if over(all[0]) {
		return all[0], true, terminated(id)
	}
	return all[0], true, nil
}
