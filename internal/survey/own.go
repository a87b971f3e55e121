package survey

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/launch"
	"bluegreen/internal/ledger"
)

// origin is the launch template that green is copied from, and how it was pinned. Where blue launches from one that was made for
// it, a version that the request names is one of the template which that comes from. So it is where nobody asked for what was
// made: it only holds what a parameter meant then.
func origin(spec types.LaunchTemplateSpecification, before *deploy.Template, green deploy.Green, made *deploy.Own) (types.LaunchTemplateSpecification, *deploy.Template) {
	if made.Is(aws.ToString(spec.LaunchTemplateName)) && made.Origin != nil && (green.TemplateVersion != "" || !made.Asked) {
		spec, before = types.LaunchTemplateSpecification{LaunchTemplateId: &made.Origin.ID, Version: &made.Origin.Specifier}, nil
	}
	if green.TemplateVersion != "" {
		before = &deploy.Template{Specifier: green.TemplateVersion}
	}
	return spec, before
}

// contents are what of a launch template's version or of a launch configuration decides whether a change of it can work.
type contents struct {
	configuration bool
	image         string
	instanceType  string
	key           string   // pair
	devices       []string // names of those that it maps
}

func ofVersion(data *ec2types.ResponseLaunchTemplateData) contents {
	if data == nil {
		return contents{}
	}
	c := contents{image: aws.ToString(data.ImageId), instanceType: string(data.InstanceType), key: aws.ToString(data.KeyName)}
	for _, device := range data.BlockDeviceMappings {
		c.devices = append(c.devices, aws.ToString(device.DeviceName))
	}
	return c
}

// ofConfiguration reads blue's launch configuration. One that does not exist is found when green is made.
func (h Surveyor) ofConfiguration(ctx context.Context, name string) (contents, error) {
	c := contents{configuration: true}
	out, err := h.groups.DescribeLaunchConfigurations(ctx, &autoscaling.DescribeLaunchConfigurationsInput{LaunchConfigurationNames: []string{name}})
	if err != nil {
		return c, fmt.Errorf("describing launch configuration %s: %w", name, err)
	}
	for _, found := range out.LaunchConfigurations {
		c.image, c.instanceType, c.key = aws.ToString(found.ImageId), aws.ToString(found.InstanceType), aws.ToString(found.KeyName)
		for _, device := range found.BlockDeviceMappings {
			c.devices = append(c.devices, aws.ToString(device.DeviceName))
		}
	}
	return c, nil
}

// decideOwn decides whether something is made for green to launch from, and what green has by it otherwise than blue. bases are the
// template versions that green is copied from: none for a launch configuration.
func (h Surveyor) decideOwn(ctx context.Context, group types.AutoScalingGroup, bases []pinned, green deploy.Green, record ledger.Record, d *deploy.Deployment) ([]string, error) {
	base, own, findings, err := h.base(ctx, group, bases, green, record, d)
	if err != nil {
		return nil, err
	}
	unread, err := h.unread(ctx, group, bases, green, record)
	if err != nil {
		return nil, err
	}
	found, err := h.image(ctx, base, green, &own)
	if err != nil {
		return nil, err
	}
	built, err := h.build(ctx, base, group, green.Build, record, &own, d)
	if err != nil {
		return nil, err
	}
	keys, err := h.keyFindings(ctx, base, bases)
	if err != nil {
		return nil, err
	}
	findings = slices.Concat(findings, unread, found, built, keys)
	_, was := clone.Source(group, record.Template)
	if green.TemplateVersion != "" || own.ImageID != "" || own.Asked || !base.configuration && d.Template.ID != fleetTemplate(group) {
		d.Named = was
	}
	if own.ImageID == "" && !own.Asked {
		found, err = h.imageFindings(ctx, base, bases)
		return append(findings, found...), err
	}
	d.Own = &own
	changes := launch.ChangesOf(own, green.UserData)
	changes.ImageID = cmp.Or(changes.ImageID, d.Build.From())
	findings = append(findings, changes.Overridden(group.MixedInstancesPolicy)...)
	found, err = h.fits(ctx, base, group, d)
	return append(findings, found...), err
}

// base is what green is copied from, and what it inherits by that.
func (h Surveyor) base(ctx context.Context, group types.AutoScalingGroup, bases []pinned, green deploy.Green, record ledger.Record, d *deploy.Deployment) (contents, deploy.Own, []string, error) {
	own := deploy.Own{InstanceType: green.InstanceType, UserData: green.UserData != ""}
	own.Asked = green.ImageID != "" || green.ImageParameter != "" || own.InstanceType != "" || own.UserData || green.Build != nil
	if len(bases) == 0 {
		var findings []string
		if green.TemplateVersion != "" {
			findings = append(findings, "green.launch_template_version names a version, and the group launches from a launch configuration, which has none: leave it out")
		}
		own.Configuration = true
		own.Asked = own.Asked || record.Own.Is(aws.ToString(group.LaunchConfigurationName))
		base, err := h.ofConfiguration(ctx, aws.ToString(group.LaunchConfigurationName))
		return base, own, findings, err
	}
	own.Origin = &deploy.Template{ID: d.Template.ID, Version: d.Template.Version, Specifier: d.Template.Specifier}
	if spec := fleet.Templates(group)[0]; record.Own.Is(aws.ToString(spec.LaunchTemplateName)) && aws.ToString(spec.LaunchTemplateId) == d.Template.ID {
		own.Asked, own.Origin = true, record.Own.Origin
		if green.TemplateVersion != "" {
			return contents{}, own, []string{"green.launch_template_version names a version, and the group launches from what was made of a launch configuration, which has none: leave it out"}, nil
		}
		if err := h.left(ctx, own.Origin, d); err != nil {
			return contents{}, own, nil, err
		}
	}
	return ofVersion(bases[0].data), own, nil, nil
}

// left warns of a launch template that has got a newer version since blue's was made of it, which is not deployed.
func (h Surveyor) left(ctx context.Context, origin *deploy.Template, d *deploy.Deployment) error {
	if origin == nil || deploy.IsVersion(origin.Specifier) {
		return nil
	}
	now, err := h.pin(ctx, types.LaunchTemplateSpecification{LaunchTemplateId: &origin.ID, Version: &origin.Specifier}, nil)
	if err == nil && now.finding == "" && now.pin.Version != origin.Version {
		d.Warn("blue launches from what was made for it of version %s of launch template %s, and so does green; version %s (%s), which is newer, is not deployed: name it in green.launch_template_version, "+
			"and again what is to be otherwise", origin.Version, origin.ID, now.pin.Version, origin.Specifier)
	}
	return err
}

func fleetTemplate(group types.AutoScalingGroup) string {
	return aws.ToString(fleet.Templates(group)[0].LaunchTemplateId)
}
