package localaws

import (
	"cmp"
	"time"

	localec2 "bluegreen/internal/localaws/ec2"
	localiam "bluegreen/internal/localaws/iam"
)

// resources is what permissions ask of the account's resources.
type resources struct{ aws *AWS }

func (r resources) GroupTags(name string) (map[string]string, time.Time) {
	view, ok := r.aws.Groups.View(name)
	if !ok {
		return nil, time.Time{}
	}
	return view.Tags, *view.Shown.CreatedTime
}

func (r resources) GroupOf(instanceID string) string { return r.aws.Groups.GroupOf(instanceID) }

func (r resources) ComputeTags(id string) (map[string]string, time.Time) {
	return r.aws.Compute.Tags(id)
}

func (r resources) ImageSnapshots(imageID string) []string {
	return r.aws.Compute.ImageSnapshots(imageID)
}

func (r resources) BalancingTags(arn string) map[string]string { return r.aws.BalancingTags(arn) }

func (r resources) TemplateTags(idOrName string) (id string, tags map[string]string, made time.Time, ok bool) {
	return r.aws.Compute.TemplateTags(idOrName)
}

func (r resources) GroupParameters(name string) []string {
	var parameters []string
	for _, spec := range r.aws.Groups.Templates(name) {
		found, err := r.aws.Compute.Template(*spec.LaunchTemplateId, *spec.Version)
		if parameter := localec2.Alias(found.ImageID); err == nil && parameter != "" {
			parameters = append(parameters, parameter)
		}
	}
	return parameters
}

func (r resources) LaunchTemplate(idOrName, version string) (localiam.Launch, bool) {
	found, err := r.aws.Compute.Template(idOrName, version)
	image, wrong := r.aws.Compute.ImageNamed(found.ImageID)
	return localiam.Launch{
		TemplateID: found.ID, ImageID: image, ImageParameter: localec2.Alias(found.ImageID), KeyName: found.KeyName, SecurityGroupIDs: found.SecurityGroupIDs,
		InstanceProfile: found.InstanceProfile, Tagged: found.TaggedKinds,
	}, err == nil && wrong == nil
}

func (r resources) Launch(input any) (localiam.Launch, bool) {
	request, err := r.aws.Compute.Launches(input)
	image, wrong := r.aws.Compute.ImageNamed(request.ImageID)
	launch := localiam.Launch{
		TemplateID: request.TemplateID, ImageID: image, ImageParameter: localec2.Alias(request.ImageID), KeyName: request.KeyName,
		SecurityGroupIDs: request.SecurityGroupIDs, InstanceProfile: request.InstanceProfile, InstanceType: request.InstanceType,
		SubnetIDs: []string{cmp.Or(request.SubnetID, r.aws.Compute.FirstSubnet())}, Tagged: request.TaggedKinds, Tags: request.OwnTags,
	}
	if len(launch.SecurityGroupIDs) == 0 {
		launch.SecurityGroupIDs = []string{r.aws.Compute.DefaultSecurityGroup()}
	}
	return launch, err == nil && wrong == nil
}
