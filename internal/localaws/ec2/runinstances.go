package ec2

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// runInstances launches up to MaxCount instances in one reservation, and none if MinCount cannot be reached.
func (c *Compute) runInstances(call *wire.Call, in *sdk.RunInstancesInput) (*sdk.RunInstancesOutput, error) {
	if before, err := c.ranBefore(in); before != nil || err != nil {
		return before, err
	}
	least, most := int(aws.ToInt32(in.MinCount)), int(aws.ToInt32(in.MaxCount))
	if least < 1 || most < least {
		return nil, wire.Errorf("InvalidParameterValue",
			"Invalid value '%d' for minCount or '%d' for maxCount: 1 <= minCount <= maxCount is needed.", least, most)
	}
	request, err := c.launchOf(in)
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
		c.launches[*in.ClientToken] = ran{asked(in), launched}
	}
	return c.described(launched), nil
}

// ran is what a request with a client token launched.
type ran struct {
	request   string // what it asked for
	instances []*Instance
}

// asked is a request as one text.
func asked(in *sdk.RunInstancesInput) string {
	text, _ := json.Marshal(in) // numbers and texts: it cannot fail
	return string(text)
}

// ranBefore is what a request with this client token has launched; nil for a new one. Refused are a token that came with other
// parameters, and since January 2025 one whose instances have ended (boto/boto3 issue 4406), of which one that others keep
// running counts as ended too: the cautious reading. A token has at most 64 characters (SDK); the refusal's text is not published.
func (c *Compute) ranBefore(in *sdk.RunInstancesInput) (*sdk.RunInstancesOutput, error) {
	if in.ClientToken == nil {
		return nil, nil
	}
	if len(*in.ClientToken) > 64 {
		return nil, wire.Errorf("InvalidParameterValue", "The client token is limited to 64 characters")
	}
	before, ok := c.launches[*in.ClientToken]
	switch {
	case !ok:
		return nil, nil
	case before.request != asked(in):
		return nil, wire.Errorf("IdempotentParameterMismatch",
			"Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
	case slices.ContainsFunc(before.instances, func(i *Instance) bool { return i.State == Terminated || i.State == ShuttingDown }):
		return nil, wire.Errorf("IdempotentInstanceTerminated",
			"The client token you have provided is associated with a terminated instance. Please use a different client token.")
	}
	return c.described(before.instances), nil
}

func (c *Compute) described(launched []*Instance) *sdk.RunInstancesOutput {
	out := &sdk.RunInstancesOutput{ReservationId: aws.String(launched[0].reservation), OwnerId: aws.String(c.account.ID)}
	for _, i := range launched {
		out.Instances = append(out.Instances, c.describeInstance(i))
	}
	return out
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
	changes, err := c.changeStates(in.InstanceIds, (*Instance).mayEnd, c.Terminate)
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

// mayEnd refuses to end an instance whose launch said that no call may (SDK, RunInstancesInput.DisableApiTermination). EC2 Auto
// Scaling ends its instances all the same.
func (i *Instance) mayEnd() error {
	if i.options.TerminationProtected && i.State != ShuttingDown && i.State != Terminated {
		return wire.Errorf("OperationNotPermitted", "The instance '%s' may not be terminated. Modify its 'disableApiTermination' instance "+
			"attribute and try again.", i.ID)
	}
	return nil
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
