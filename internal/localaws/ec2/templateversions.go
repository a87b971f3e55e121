package ec2

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

func (t *template) add(c *Compute, description string, data *types.ResponseLaunchTemplateData) *version {
	t.latest++
	v := &version{number: t.latest, createdAt: c.account.Now(), description: description, data: data}
	t.versions = append(t.versions, v)
	return v
}

func (c *Compute) createTemplateVersion(call *wire.Call, in *sdk.CreateLaunchTemplateVersionInput) (*sdk.CreateLaunchTemplateVersionOutput, error) {
	t, err := c.namedTemplate(in.LaunchTemplateId, in.LaunchTemplateName)
	if err != nil {
		return nil, err
	}
	if err := checkDescription(in.VersionDescription); err != nil {
		return nil, err
	}
	before, ok, err := c.madeBefore(in.ClientToken, in)
	if err != nil {
		return nil, err
	}
	if ok {
		return c.versionMade(before.template, strconv.FormatInt(before.version, 10))
	}
	data, err := c.templateData(in.LaunchTemplateData)
	if err != nil {
		return nil, err
	}
	if in.SourceVersion != nil {
		source, err := t.version(*in.SourceVersion)
		if err != nil {
			return nil, err
		}
		data = mergedWith(source.data, data)
	}
	v := t.add(c, aws.ToString(in.VersionDescription), data)
	if err := c.remember(in.ClientToken, in, t, v); err != nil {
		return nil, err
	}
	return c.versionMade(t, "$Latest")
}

func (c *Compute) versionMade(t *template, name string) (*sdk.CreateLaunchTemplateVersionOutput, error) {
	v, err := t.version(name)
	if err != nil {
		return nil, err
	}
	return &sdk.CreateLaunchTemplateVersionOutput{LaunchTemplateVersion: c.describeVersion(t, v), Warning: c.warning(v.data)}, nil
}

var versionFields = fields[*types.LaunchTemplateVersion]{of: map[string]func(*types.LaunchTemplateVersion) []string{
	"is-default-version": func(v *types.LaunchTemplateVersion) []string { return []string{strconv.FormatBool(*v.DefaultVersion)} },
	"image-id": func(v *types.LaunchTemplateVersion) []string {
		return []string{aws.ToString(v.LaunchTemplateData.ImageId)}
	},
	"instance-type": func(v *types.LaunchTemplateVersion) []string {
		return []string{string(v.LaunchTemplateData.InstanceType)}
	},
	"kernel-id": func(v *types.LaunchTemplateVersion) []string {
		return []string{aws.ToString(v.LaunchTemplateData.KernelId)}
	},
	"ram-disk-id": func(v *types.LaunchTemplateVersion) []string {
		return []string{aws.ToString(v.LaunchTemplateData.RamDiskId)}
	},
	"ebs-optimized": func(v *types.LaunchTemplateVersion) []string {
		return []string{strconv.FormatBool(aws.ToBool(v.LaunchTemplateData.EbsOptimized))}
	},
}}

func (c *Compute) describeTemplateVersions(call *wire.Call, in *sdk.DescribeLaunchTemplateVersionsInput) (*sdk.DescribeLaunchTemplateVersionsOutput, error) {
	if err := checkPage(in.MaxResults, in.Versions, 1, 200, "Versions"); err != nil {
		return nil, err
	}
	chosen, err := c.chosenVersions(in)
	if err != nil {
		return nil, err
	}
	kept, err := versionFields.keep(chosen, in.Filters)
	if err != nil {
		return nil, err
	}
	kept, next, err := page(kept, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &sdk.DescribeLaunchTemplateVersionsOutput{LaunchTemplateVersions: []types.LaunchTemplateVersion{}, NextToken: next}
	for _, v := range kept {
		if aws.ToBool(in.ResolveAlias) {
			data := *v.LaunchTemplateData
			image, err := c.ImageNamed(aws.ToString(data.ImageId))
			if err != nil {
				return nil, err
			}
			if data.ImageId != nil {
				data.ImageId = &image
			}
			v.LaunchTemplateData = &data
		}
		out.LaunchTemplateVersions = append(out.LaunchTemplateVersions, *v)
	}
	return out, nil
}

// chosenVersions are the versions that a request names, newest first. Without a template, "$Latest" and "$Default" mean
// those of every template.
func (c *Compute) chosenVersions(in *sdk.DescribeLaunchTemplateVersionsInput) ([]*types.LaunchTemplateVersion, error) {
	var chosen []*types.LaunchTemplateVersion
	if in.LaunchTemplateId == nil && in.LaunchTemplateName == nil {
		if len(in.Versions) == 0 || slices.ContainsFunc(in.Versions, func(v string) bool { return v != "$Latest" && v != "$Default" }) {
			return nil, wire.Errorf("MissingParameter",
				"The request must contain either a launch template ID or a launch template name, or a version of $Latest or $Default.")
		}
		for _, t := range c.sortedTemplates() {
			for _, name := range in.Versions {
				v, _ := t.version(name)
				chosen = append(chosen, c.describeVersion(t, v))
			}
		}
		return chosen, nil
	}
	t, err := c.namedTemplate(in.LaunchTemplateId, in.LaunchTemplateName)
	if err != nil {
		return nil, err
	}
	for _, name := range in.Versions {
		if name == "" { // what AWS says of an empty one is published nowhere; the cautious reading is that it is no version
			return nil, malformedVersion(name)
		}
		v, err := t.version(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, c.describeVersion(t, v))
	}
	if len(in.Versions) > 0 {
		return chosen, nil
	}
	least, most, err := versionRange(in)
	for _, v := range slices.Backward(t.versions) {
		if v.number >= least && v.number <= most {
			chosen = append(chosen, c.describeVersion(t, v))
		}
	}
	return chosen, err
}

func versionRange(in *sdk.DescribeLaunchTemplateVersionsInput) (least, most int64, err error) {
	least, most = 1, 1<<62
	for _, bound := range []struct {
		text *string
		to   *int64
	}{{in.MinVersion, &least}, {in.MaxVersion, &most}} {
		if bound.text == nil {
			continue
		}
		if *bound.to, err = strconv.ParseInt(*bound.text, 10, 64); err != nil {
			return 0, 0, malformedVersion(*bound.text)
		}
	}
	return least, most, nil
}

func (c *Compute) describeVersion(t *template, v *version) *types.LaunchTemplateVersion {
	described := &types.LaunchTemplateVersion{
		LaunchTemplateId: aws.String(t.id), LaunchTemplateName: aws.String(t.name), VersionNumber: aws.Int64(v.number),
		DefaultVersion: aws.Bool(v.number == t.defaultsTo), CreateTime: aws.Time(v.createdAt),
		CreatedBy: aws.String(c.creator()), LaunchTemplateData: v.data,
	}
	if v.description != "" {
		described.VersionDescription = aws.String(v.description)
	}
	return described
}

func (c *Compute) deleteTemplateVersions(call *wire.Call, in *sdk.DeleteLaunchTemplateVersionsInput) (*sdk.DeleteLaunchTemplateVersionsOutput, error) {
	t, err := c.namedTemplate(in.LaunchTemplateId, in.LaunchTemplateName)
	if err != nil {
		return nil, err
	}
	out := &sdk.DeleteLaunchTemplateVersionsOutput{}
	for _, name := range in.Versions {
		number, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			return nil, malformedVersion(name)
		}
		at := slices.IndexFunc(t.versions, func(v *version) bool { return v.number == number })
		if at >= 0 && number != t.defaultsTo {
			t.versions = slices.Delete(t.versions, at, at+1)
			out.SuccessfullyDeletedLaunchTemplateVersions = append(out.SuccessfullyDeletedLaunchTemplateVersions,
				types.DeleteLaunchTemplateVersionsResponseSuccessItem{
					LaunchTemplateId: aws.String(t.id), LaunchTemplateName: aws.String(t.name), VersionNumber: aws.Int64(number),
				})
			continue
		}
		out.UnsuccessfullyDeletedLaunchTemplateVersions = append(out.UnsuccessfullyDeletedLaunchTemplateVersions,
			types.DeleteLaunchTemplateVersionsResponseErrorItem{
				LaunchTemplateId: aws.String(t.id), LaunchTemplateName: aws.String(t.name), VersionNumber: aws.Int64(number),
				ResponseError: undeletable(at >= 0, name, t.id),
			})
	}
	return out, nil
}

func undeletable(exists bool, version, id string) *types.ResponseError {
	if exists {
		return &types.ResponseError{Code: types.LaunchTemplateErrorCodeUnexpectedError,
			Message: aws.String("Cannot delete the default version of a launch template.")}
	}
	return &types.ResponseError{Code: types.LaunchTemplateErrorCodeLaunchTemplateVersionDoesNotExist,
		Message: aws.String(versionNotFound(version, id).Message)}
}
