package survey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
)

// aliased begins an image that a launch template names by a parameter of Systems Manager. What that launches changes without a
// new version, so that green gets a template that names the image which the parameter stands for now.
const aliased = "resolve:ssm:"

// image decides which image green has otherwise than what it is copied from, if any.
func (h Surveyor) image(ctx context.Context, base contents, green deploy.Green, own *deploy.Own) ([]string, error) {
	if green.Build != nil { // build decides
		return nil, nil
	}
	own.ImageID = green.ImageID
	parameter, where := green.ImageParameter, "green.image.parameter"
	if alias, named := strings.CutPrefix(base.image, aliased); named && green.ImageID == "" && parameter == "" {
		parameter, where = alias, "its launch template"
	}
	if parameter == "" {
		return nil, nil
	}
	found, finding, err := h.parameter(ctx, parameter, where)
	if err != nil || finding != "" {
		return one(finding), err
	}
	own.ImageID, own.Parameter = aws.ToString(found.Value), aws.ToString(found.Name)+" version "+strconv.FormatInt(found.Version, 10)
	return nil, nil
}

// parameter reads one that holds an image's id, or finds what is wrong with it. where is what names it.
func (h Surveyor) parameter(ctx context.Context, name, where string) (found ssmtypes.Parameter, finding string, err error) {
	out, err := h.parameters.GetParameters(ctx, &ssm.GetParametersInput{Names: []string{name}})
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && api.ErrorCode() == "AccessDeniedException":
		return found, fmt.Sprintf("%s names the parameter %s, which the deployer may not read: name it in the deployer's image_parameters", where, name), nil
	case err != nil:
		return found, "", fmt.Errorf("reading parameter %s: %w", name, err)
	case len(out.Parameters) == 0:
		return found, fmt.Sprintf("%s names the parameter %s, and Systems Manager has no such parameter, version or label in this Region", where, name), nil
	}
	found = out.Parameters[0]
	if value := aws.ToString(found.Value); !strings.HasPrefix(value, "ami-") {
		return found, fmt.Sprintf("%s names the parameter %s, which holds %.40q and not an image's id", where, name, value), nil
	}
	return found, "", nil
}

// unread looks whether the parameter can be read that blue's own template names its image by, where green's image is another: EC2 Auto
// Scaling resolves it at each update of blue, and refuses those of who may not read it.
func (h Surveyor) unread(ctx context.Context, group types.AutoScalingGroup, bases []pinned, green deploy.Green, record ledger.Record) ([]string, error) {
	if len(bases) == 0 || green.TemplateVersion == "" && green.ImageID == "" && green.ImageParameter == "" {
		return nil, nil // it launches from a configuration, or image reads it
	}
	data := bases[0].data
	if spec := fleet.Templates(group)[0]; green.TemplateVersion != "" && !record.Own.Is(aws.ToString(spec.LaunchTemplateName)) {
		found, err := h.pin(ctx, spec, nil)
		if err != nil {
			return nil, err
		}
		data = found.data
	}
	name, named := strings.CutPrefix(ofVersion(data).image, aliased)
	if !named {
		return nil, nil
	}
	_, finding, err := h.parameter(ctx, name, "its launch template")
	return one(finding), err
}

// fits finds what of an image or a type does not exist, or does not go with the other.
func (h Surveyor) fits(ctx context.Context, base contents, group types.AutoScalingGroup, d *deploy.Deployment) ([]string, error) {
	id := cmp.Or(d.Own.ImageID, d.Build.From(), base.image)
	if id == "" { // AWS says so when green is made: a configuration has gone, or a template names no image
		return nil, nil
	}
	image, finding, err := h.describeImage(ctx, id)
	if err != nil || finding != "" {
		return one(finding), err
	}
	if d.Own.ImageID != "" || d.Build != nil {
		d.Own.RootDevice = aws.ToString(image.RootDeviceName)
		if err := h.otherRoot(ctx, base, d); err != nil {
			return nil, err
		}
	}
	kind := cmp.Or(d.Own.InstanceType, base.instanceType)
	if kind == "" || group.MixedInstancesPolicy != nil { // overrides say the types
		return nil, nil
	}
	out, err := h.templates.DescribeInstanceTypes(ctx, &ec2.DescribeInstanceTypesInput{InstanceTypes: []ec2types.InstanceType{ec2types.InstanceType(kind)}})
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == "InvalidInstanceType" {
		return []string{fmt.Sprintf("there is no instance type %s in this Region", kind)}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("describing instance type %s: %w", kind, err)
	}
	for _, found := range out.InstanceTypes {
		if found.ProcessorInfo == nil {
			continue
		}
		if taken := found.ProcessorInfo.SupportedArchitectures; !slices.Contains(taken, ec2types.ArchitectureType(image.Architecture)) {
			return []string{fmt.Sprintf("image %s is made for %s, and instances of type %s take %v: green needs an image and a type that go together", id, image.Architecture, kind, taken)}, nil
		}
	}
	return nil, nil
}

// describeImage finds an image, or what is wrong with it.
func (h Surveyor) describeImage(ctx context.Context, id string) (ec2types.Image, string, error) {
	out, err := h.templates.DescribeImages(ctx, &ec2.DescribeImagesInput{ImageIds: []string{id}})
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && strings.HasPrefix(api.ErrorCode(), "InvalidAMIID."), err == nil && len(out.Images) == 0:
		return ec2types.Image{}, fmt.Sprintf("image %s does not exist in this Region, or this account may not use it", id), nil
	case err != nil:
		return ec2types.Image{}, "", fmt.Errorf("describing image %s: %w", id, err)
	}
	image := out.Images[0]
	if image.State != ec2types.ImageStateAvailable {
		return image, fmt.Sprintf("image %s is not available: it is %s", id, image.State), nil
	}
	return image, "", nil
}

// otherRoot warns where what is said of the root device of the image before would be said of another device: the size that
// somebody gave it, say, would be that of a volume more.
func (h Surveyor) otherRoot(ctx context.Context, base contents, d *deploy.Deployment) error {
	if base.image == "" || base.image == cmp.Or(d.Own.ImageID, d.Build.From()) || strings.HasPrefix(base.image, aliased) {
		return nil
	}
	before, finding, err := h.describeImage(ctx, base.image)
	root := aws.ToString(before.RootDeviceName)
	if err == nil && finding == "" && root != d.Own.RootDevice && slices.Contains(base.devices, root) {
		d.Warn("the root device of image %s is %s and not %s, which its template maps: what that says of it is true of a volume more", d.Own.ImageID, d.Own.RootDevice, root)
	}
	return err
}

func one(finding string) []string {
	if finding == "" {
		return nil
	}
	return []string{finding}
}
