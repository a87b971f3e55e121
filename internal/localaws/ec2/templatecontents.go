package ec2

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// templateData turns what a request says into what EC2 answers with: the same members under other type names. What no launch
// would take is stored all the same (warning), but for user data, and for a parameter that names no image.
func (c *Compute) templateData(request *types.RequestLaunchTemplateData) (*types.ResponseLaunchTemplateData, error) {
	if request == nil || reflect.ValueOf(*request).IsZero() {
		return nil, wire.Errorf("MissingParameter",
			"No launch template data was provided. Launch template data is required to create a launch template.")
	}
	if request.UserData != nil {
		if err := checkUserData(*request.UserData); err != nil {
			return nil, err
		}
	}
	if _, err := c.ImageNamed(aws.ToString(request.ImageId)); err != nil {
		return nil, err
	}
	text, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	data := &types.ResponseLaunchTemplateData{}
	return data, json.Unmarshal(text, data)
}

func checkUserData(encoded string) error {
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return wire.Errorf("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.")
	}
	if len(data) > 16*1024 {
		return wire.Errorf("InvalidParameterValue", "User data is limited to 16384 bytes")
	}
	return nil
}

// warning is what of a version's contents no launch would take: EC2 makes the version all the same, and says so beside it
// (SDK, CreateLaunchTemplateOutput.Warning). Which of them it finds is not published: these are what a launch by the model
// refuses, in its words. nil: nothing.
func (c *Compute) warning(data *types.ResponseLaunchTemplateData) *types.ValidationWarning {
	var found []types.ValidationError
	note := func(err error) {
		if refused, ok := err.(*wire.Error); ok {
			found = append(found, types.ValidationError{Code: aws.String(refused.Code), Message: aws.String(refused.Message)})
		}
	}
	if data.InstanceType != "" {
		note(checkInstanceType(string(data.InstanceType)))
	}
	if data.ImageId != nil {
		_, err := c.usableImage(*data.ImageId)
		note(err)
	}
	groups, subnets := slices.Clone(data.SecurityGroupIds), []string(nil)
	for _, network := range data.NetworkInterfaces {
		groups = append(groups, network.Groups...)
		subnets = append(subnets, aws.ToString(network.SubnetId))
	}
	for _, id := range groups {
		if _, ok := c.securityGroup(id); !ok {
			note(groupNotFound(id))
		}
	}
	for _, id := range subnets {
		_, err := c.subnetFor(id)
		note(err)
	}
	if found == nil {
		return nil
	}
	return &types.ValidationWarning{Errors: found}
}

// mergedWith is the data of a version made from d with what the new version says otherwise. Snapshots of block devices are
// not taken along unless they are sent again (SDK, CreateLaunchTemplateVersionInput.SourceVersion).
func mergedWith(d, changes *types.ResponseLaunchTemplateData) *types.ResponseLaunchTemplateData {
	merged := *d
	merged.BlockDeviceMappings = slices.Clone(d.BlockDeviceMappings)
	for k, device := range merged.BlockDeviceMappings {
		if device.Ebs != nil {
			volume := *device.Ebs
			volume.SnapshotId = nil
			merged.BlockDeviceMappings[k].Ebs = &volume
		}
	}
	return overlaid(&merged, changes)
}

// overlaid is d with what changes says otherwise, member by member.
func overlaid(d, changes *types.ResponseLaunchTemplateData) *types.ResponseLaunchTemplateData {
	merged := *d
	to, from := reflect.ValueOf(&merged).Elem(), reflect.ValueOf(changes).Elem()
	for k := range from.NumField() {
		if to.Field(k).CanSet() && !from.Field(k).IsZero() {
			to.Field(k).Set(from.Field(k))
		}
	}
	return &merged
}

// made is what a request with a client token made.
type made struct {
	request  string // what it asked for
	template *template
	version  int64
}

// madeBefore is what a request with this client token has made. One that asks for something else is refused.
func (c *Compute) madeBefore(token *string, request any) (found made, ok bool, err error) {
	if token == nil {
		return made{}, false, nil
	}
	if len(*token) > 128 {
		return made{}, false, wire.Errorf("InvalidParameterValue", "The client token is limited to 128 characters")
	}
	if found, ok = c.made[tokenKey(token, request)]; !ok || c.templates[found.template.id] == nil {
		return made{}, false, nil
	}
	if asked, err := json.Marshal(request); err != nil || string(asked) != found.request {
		return made{}, false, wire.Errorf("IdempotentParameterMismatch",
			"Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
	}
	return found, true, nil
}

// tokenKey is a client token in the operation whose request it came with.
func tokenKey(token *string, request any) string { return fmt.Sprintf("%T %s", request, *token) }

// remember keeps what a request with a client token has made.
func (c *Compute) remember(token *string, request any, t *template, v *version) error {
	if token == nil {
		return nil
	}
	asked, err := json.Marshal(request)
	c.made[tokenKey(token, request)] = made{request: string(asked), template: t, version: v.number}
	return err
}

func checkDescription(description *string) error {
	if len(aws.ToString(description)) > 255 {
		return wire.Errorf("InvalidParameterValue", "The version description is limited to 255 characters")
	}
	return nil
}
