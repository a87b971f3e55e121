package ec2

import (
	"cmp"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// runInstances launches up to MaxCount instances in one reservation, and none if MinCount cannot be reached.
func (c *Compute) runInstances(call *wire.Call, in *sdk.RunInstancesInput) (*sdk.RunInstancesOutput, error) {
	if in.ClientToken != nil {
		if launched := c.launches[*in.ClientToken]; len(launched) > 0 {
			return c.ran(launched), nil
		}
	}
	least, most := int(aws.ToInt32(in.MinCount)), int(aws.ToInt32(in.MaxCount))
	if least < 1 || most < least {
		return nil, wire.Errorf("InvalidParameterValue",
			"Invalid value '%d' for minCount or '%d' for maxCount: 1 <= minCount <= maxCount is needed.", least, most)
	}
	request, err := c.launchRequest(in)
	if err != nil {
		return nil, err
	}
	prepared, err := c.prepare(request)
	if err != nil {
		return nil, err
	}
	from := pool{prepared.subnet.Zone, prepared.InstanceType}
	count := most
	if left, limited := c.capacity[from]; limited {
		count = min(most, left)
	}
	if err := c.takeCapacity(from, max(count, least)); err != nil {
		return nil, err
	}
	reservation := "r-" + c.account.Hex(17)
	launched := make([]*Instance, count)
	for k := range launched {
		each := prepared
		each.Tags = maps.Clone(prepared.Tags)
		launched[k] = c.start(each, reservation, aws.ToString(in.ClientToken))
		launched[k].launchIndex = int32(k)
	}
	if in.ClientToken != nil {
		c.launches[*in.ClientToken] = launched
	}
	return c.ran(launched), nil
}

func (c *Compute) ran(launched []*Instance) *sdk.RunInstancesOutput {
	out := &sdk.RunInstancesOutput{ReservationId: aws.String(launched[0].reservation), OwnerId: aws.String(c.account.ID)}
	for _, i := range launched {
		out.Instances = append(out.Instances, c.describeInstance(i))
	}
	return out
}

func (c *Compute) launchRequest(in *sdk.RunInstancesInput) (LaunchRequest, error) {
	request := LaunchRequest{
		ImageID: aws.ToString(in.ImageId), InstanceType: string(in.InstanceType), KeyName: aws.ToString(in.KeyName),
		UserData: aws.ToString(in.UserData), SecurityGroupIDs: in.SecurityGroupIds, SubnetID: aws.ToString(in.SubnetId),
	}
	if err := checkUserData(request.UserData); err != nil {
		return request, err
	}
	for _, name := range in.SecurityGroups {
		id, err := c.securityGroupNamed(name)
		if err != nil {
			return request, err
		}
		request.SecurityGroupIDs = append(request.SecurityGroupIDs, id)
	}
	if profile := in.IamInstanceProfile; profile != nil {
		request.InstanceProfile = cmp.Or(aws.ToString(profile.Arn), aws.ToString(profile.Name))
	}
	if request.SubnetID == "" && in.Placement != nil && in.Placement.AvailabilityZone != nil {
		subnet, ok := c.DefaultSubnet(*in.Placement.AvailabilityZone)
		if !ok {
			return request, wire.Errorf("InvalidParameterValue", "Invalid availability zone: [%s]", *in.Placement.AvailabilityZone)
		}
		request.SubnetID = subnet.ID
	}
	if in.InstanceMarketOptions != nil {
		request.Spot = in.InstanceMarketOptions.MarketType == types.MarketTypeSpot
	}
	if in.LaunchTemplate != nil {
		t, err := c.namedTemplate(in.LaunchTemplate.LaunchTemplateId, in.LaunchTemplate.LaunchTemplateName)
		if err != nil {
			return request, err
		}
		request.TemplateID, request.TemplateVersion = t.id, aws.ToString(in.LaunchTemplate.Version)
	}
	var err error
	request.Tags, err = specifiedTags(in.TagSpecifications, types.ResourceTypeInstance)
	return request, err
}

func (c *Compute) securityGroupNamed(name string) (string, error) {
	for _, group := range c.network.groups {
		if group.name == name {
			return group.id, nil
		}
	}
	return "", wire.Errorf("InvalidGroup.NotFound", "The security group '%s' does not exist in default VPC '%s'", name, c.network.vpcID)
}

// changeStates does one thing to each named instance, or nothing at all if one of them does not exist or refuses.
func (c *Compute) changeStates(ids []string, refuse func(*Instance) error, change func(id string)) ([]types.InstanceStateChange, error) {
	if err := instanceIDs.check(ids...); err != nil {
		return nil, err
	}
	changes := make([]types.InstanceStateChange, len(ids))
	for k, id := range ids {
		i, ok := c.instances[id]
		if !ok {
			return nil, instanceNotFound(id)
		}
		if err := refuse(i); err != nil {
			return nil, err
		}
		changes[k] = types.InstanceStateChange{InstanceId: aws.String(id), PreviousState: i.State.described()}
	}
	for k, id := range ids {
		change(id)
		changes[k].CurrentState = c.instances[id].State.described()
	}
	return changes, nil
}

func (c *Compute) terminateInstances(call *wire.Call, in *sdk.TerminateInstancesInput) (*sdk.TerminateInstancesOutput, error) {
	never := func(*Instance) error { return nil }
	changes, err := c.changeStates(in.InstanceIds, never, c.Terminate)
	return &sdk.TerminateInstancesOutput{TerminatingInstances: changes}, err
}

func (c *Compute) stopInstances(call *wire.Call, in *sdk.StopInstancesInput) (*sdk.StopInstancesOutput, error) {
	changes, err := c.changeStates(in.InstanceIds, func(i *Instance) error { return i.mustNotBe(Pending, ShuttingDown, Terminated) }, c.Stop)
	return &sdk.StopInstancesOutput{StoppingInstances: changes}, err
}

func (c *Compute) startInstances(call *wire.Call, in *sdk.StartInstancesInput) (*sdk.StartInstancesOutput, error) {
	changes, err := c.changeStates(in.InstanceIds, func(i *Instance) error { return i.mustNotBe(Stopping, ShuttingDown, Terminated) }, c.Start)
	return &sdk.StartInstancesOutput{StartingInstances: changes}, err
}

func (i *Instance) mustNotBe(states ...State) error {
	for _, state := range states {
		if i.State == state {
			return wire.Errorf("IncorrectInstanceState",
				"The instance '%s' is not in a state from which this can be done: it is '%s'.", i.ID, state)
		}
	}
	return nil
}
