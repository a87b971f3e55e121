package localaws

import localiam "bluegreen/internal/localaws/iam"

// resources is what permissions ask of the account's resources.
type resources struct{ aws *AWS }

func (r resources) GroupTags(name string) map[string]string {
	view, _ := r.aws.Groups.View(name)
	return view.Tags
}

func (r resources) InstanceTags(id string) map[string]string {
	instance, ok := r.aws.Compute.Instance(id)
	if !ok {
		return nil
	}
	return instance.Tags
}

func (r resources) LaunchTemplate(idOrName, version string) (localiam.LaunchTemplate, bool) {
	found, err := r.aws.Compute.Template(idOrName, version)
	return localiam.LaunchTemplate{
		ID: found.ID, ImageID: found.ImageID, KeyName: found.KeyName, SecurityGroupIDs: found.SecurityGroupIDs,
		InstanceProfile: found.InstanceProfile, Tagged: found.TaggedKinds,
	}, err == nil
}
