package ec2

import (
	"encoding/json"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// Launches is what a call of RunInstances asks for, by its input (*ec2.RunInstancesInput), complete. The error is EC2's own.
func (c *Compute) Launches(input any) (LaunchRequest, error) {
	return c.launchOf(input.(*sdk.RunInstancesInput))
}

// launchOf is what a call of RunInstances asks for, complete: what it leaves open comes from its launch template. Members of the
// call win over the template's, whole; tags are laid over each other (SDK, RunInstancesInput; whether lists are merged inside is
// not published). The error is EC2's own.
func (c *Compute) launchOf(in *sdk.RunInstancesInput) (LaunchRequest, error) {
	data, err := c.dataOf(in)
	if err != nil {
		return LaunchRequest{}, err
	}
	request := LaunchRequest{complete: true, Tags: make(map[string]string)}
	if in.LaunchTemplate != nil {
		t, err := c.namedTemplate(in.LaunchTemplate.LaunchTemplateId, in.LaunchTemplate.LaunchTemplateName)
		if err != nil {
			return request, err
		}
		v, err := t.version(aws.ToString(in.LaunchTemplate.Version))
		if err != nil {
			return request, err
		}
		from := t.resolve(v)
		request.tagAs(from)
		request.TaggedKinds = from.TaggedKinds
		data = overlaid(v.data, data)
	}
	if err := checkInterfaces(in, data); err != nil {
		return request, err
	}
	says := contentsOf(data)
	request.ImageID, request.InstanceType, request.KeyName, request.UserData = says.ImageID, says.InstanceType, says.KeyName, says.UserData
	request.InstanceProfile, request.SecurityGroupIDs = says.InstanceProfile, says.SecurityGroupIDs
	request.Spot, request.Options = says.Spot, says.options
	for _, name := range data.SecurityGroups {
		id, err := c.securityGroupNamed(name)
		if err != nil {
			return request, err
		}
		request.SecurityGroupIDs = append(request.SecurityGroupIDs, id)
	}
	if request.OwnTags, err = tagsByKind(in.TagSpecifications, launchable...); err != nil {
		return request, err
	}
	maps.Copy(request.Tags, request.OwnTags[types.ResourceTypeInstance])
	request.SubnetID, err = c.subnetOf(in, data, says.SubnetID)
	return request, err
}

// launchable are what a launch can tag. Tags of what is no instance are not shown: the model describes none of these.
var launchable = []types.ResourceType{
	types.ResourceTypeInstance, types.ResourceTypeVolume, types.ResourceTypeNetworkInterface, types.ResourceTypeSpotInstancesRequest,
}

// dataOf is what a call says as a launch template would: the members have the same names. Whether empty user data takes a
// template's away is not published: here it does not.
func (c *Compute) dataOf(in *sdk.RunInstancesInput) (*types.ResponseLaunchTemplateData, error) {
	if err := checkUserData(aws.ToString(in.UserData)); err != nil {
		return nil, err
	}
	switch in.InstanceInitiatedShutdownBehavior {
	case "", types.ShutdownBehaviorStop, types.ShutdownBehaviorTerminate:
	default:
		return nil, wire.Errorf("InvalidParameterValue",
			"Value (%s) for parameter instanceInitiatedShutdownBehavior is invalid.", in.InstanceInitiatedShutdownBehavior)
	}
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	data := &types.ResponseLaunchTemplateData{}
	err = json.Unmarshal(text, data)
	if aws.ToString(data.UserData) == "" {
		data.UserData = nil
	}
	return data, err
}

// checkInterfaces refuses a subnet or security groups beside network interfaces: they belong into those then, also where the
// interfaces are a template's and the subnet is the call's (terraform-provider-aws issue 33536, aws/aws-cli issue 809).
func checkInterfaces(in *sdk.RunInstancesInput, data *types.ResponseLaunchTemplateData) error {
	const text = "Network interfaces and an instance-level %s may not be specified on the same request"
	switch {
	case len(data.NetworkInterfaces) == 0:
	case in.SubnetId != nil:
		return wire.Errorf("InvalidParameterCombination", text, "subnet ID")
	case len(data.SecurityGroupIds)+len(data.SecurityGroups) > 0:
		return wire.Errorf("InvalidParameterCombination", text, "security groups")
	}
	return nil
}

// subnetOf is the subnet that a call names, or that its interface does, or the default one of the zone; "" where nothing says.
func (c *Compute) subnetOf(in *sdk.RunInstancesInput, data *types.ResponseLaunchTemplateData, interfaces string) (string, error) {
	if in.SubnetId != nil {
		return *in.SubnetId, nil
	}
	if interfaces != "" || data.Placement == nil || data.Placement.AvailabilityZone == nil {
		return interfaces, nil
	}
	subnet, ok := c.DefaultSubnet(*data.Placement.AvailabilityZone)
	if !ok {
		return "", wire.Errorf("InvalidParameterValue", "Invalid availability zone: [%s]", *data.Placement.AvailabilityZone)
	}
	return subnet.ID, nil
}
