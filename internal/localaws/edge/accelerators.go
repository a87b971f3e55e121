package edge

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/globalaccelerator"
	"github.com/aws/aws-sdk-go-v2/service/globalaccelerator/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// accelerator is an accelerator with its listeners.
type accelerator struct {
	types.Accelerator
	listeners []*acceleratorListener
}

// acceleratorListener is a listener with the groups of endpoints that it sends to.
type acceleratorListener struct {
	types.Listener
	groups []types.EndpointGroup
}

// acceleratorService lives in one Region only.
func (e *Edge) acceleratorService() wire.Service {
	const next, most, token = "NextToken", "MaxResults", "IdempotencyToken"
	return wire.Service{
		SigningName: "globalaccelerator", Protocol: wire.AWSJSON11, TargetPrefix: "GlobalAccelerator_V20180706", Region: account.AcceleratorRegion,
		Operations: []wire.Operation{
			wire.Op("CreateAccelerator", e.createAccelerator, "Name", token).Requires("Name"),
			wire.Op("CreateListener", e.createListener, "AcceleratorArn", "PortRanges", "Protocol", token).Requires("AcceleratorArn", "PortRanges"),
			wire.Op("CreateEndpointGroup", e.createEndpointGroup, "ListenerArn", "EndpointGroupRegion", token,
				"EndpointConfigurations.EndpointId", "EndpointConfigurations.Weight").Requires("ListenerArn", "EndpointGroupRegion"),
			wire.Op("ListAccelerators", e.listAccelerators, next, most),
			wire.Op("ListListeners", e.listListeners, "AcceleratorArn", next, most).Requires("AcceleratorArn"),
			wire.Op("ListEndpointGroups", e.listEndpointGroups, "ListenerArn", next, most).Requires("ListenerArn"),
		},
	}
}

func (e *Edge) createAccelerator(_ *wire.Call, in *sdk.CreateAcceleratorInput) (*sdk.CreateAcceleratorOutput, error) {
	id, now := e.account.UUID(), e.account.Now()
	made := &accelerator{Accelerator: types.Accelerator{
		AcceleratorArn: aws.String("arn:aws:globalaccelerator::" + e.account.ID + ":accelerator/" + id), Name: in.Name, Enabled: aws.Bool(true),
		Status: types.AcceleratorStatusDeployed, DnsName: aws.String("a" + e.account.Hex(16) + ".awsglobalaccelerator.com"),
		IpAddressType: types.IpAddressTypeIpv4, CreatedTime: &now, LastModifiedTime: &now,
	}}
	e.accelerators = append(e.accelerators, made)
	return &sdk.CreateAcceleratorOutput{Accelerator: &made.Accelerator}, nil
}

func (e *Edge) accelerator(arn string) (*accelerator, error) {
	for _, a := range e.accelerators {
		if *a.AcceleratorArn == arn {
			return a, nil
		}
	}
	return nil, wire.Errorf("AcceleratorNotFoundException", "The accelerator that you specified doesn't exist.")
}

func (e *Edge) listener(arn string) (*acceleratorListener, error) {
	for _, a := range e.accelerators {
		for _, x := range a.listeners {
			if *x.ListenerArn == arn {
				return x, nil
			}
		}
	}
	return nil, wire.Errorf("ListenerNotFoundException", "The listener that you specified doesn't exist.")
}

func (e *Edge) createListener(_ *wire.Call, in *sdk.CreateListenerInput) (*sdk.CreateListenerOutput, error) {
	a, err := e.accelerator(*in.AcceleratorArn)
	if err != nil {
		return nil, err
	}
	x := &acceleratorListener{Listener: types.Listener{
		ListenerArn: aws.String(*a.AcceleratorArn + "/listener/" + e.account.Hex(8)), PortRanges: in.PortRanges, Protocol: types.ProtocolTcp, ClientAffinity: types.ClientAffinityNone,
	}}
	if in.Protocol != "" {
		x.Protocol = in.Protocol
	}
	a.listeners = append(a.listeners, x)
	return &sdk.CreateListenerOutput{Listener: &x.Listener}, nil
}

// createEndpointGroup makes a group of load balancers, which are named by their ARNs and must be there.
func (e *Edge) createEndpointGroup(_ *wire.Call, in *sdk.CreateEndpointGroupInput) (*sdk.CreateEndpointGroupOutput, error) {
	x, err := e.listener(*in.ListenerArn)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(x.groups, func(g types.EndpointGroup) bool { return *g.EndpointGroupRegion == *in.EndpointGroupRegion }) {
		return nil, wire.Errorf("EndpointGroupAlreadyExistsException", "The endpoint group that you specified already exists.")
	}
	group := types.EndpointGroup{
		EndpointGroupArn: aws.String(*x.ListenerArn + "/endpoint-group/" + e.account.Hex(12)), EndpointGroupRegion: in.EndpointGroupRegion,
		TrafficDialPercentage: aws.Float32(100),
	}
	for _, endpoint := range in.EndpointConfigurations {
		id := aws.ToString(endpoint.EndpointId)
		if !strings.HasPrefix(id, "arn:") || !e.exists(id) {
			return nil, wire.Errorf("InvalidArgumentException", "The endpoint %s is not valid", id)
		}
		weight := int32(128)
		if endpoint.Weight != nil {
			weight = *endpoint.Weight
		}
		group.EndpointDescriptions = append(group.EndpointDescriptions, types.EndpointDescription{EndpointId: &id, Weight: &weight, HealthState: types.HealthStateHealthy})
	}
	x.groups = append(x.groups, group)
	return &sdk.CreateEndpointGroupOutput{EndpointGroup: &group}, nil
}

func (e *Edge) listAccelerators(_ *wire.Call, in *sdk.ListAcceleratorsInput) (*sdk.ListAcceleratorsOutput, error) {
	var all []types.Accelerator
	for _, a := range e.accelerators {
		all = append(all, a.Accelerator)
	}
	all, next, err := page(all, in.NextToken, in.MaxResults)
	return &sdk.ListAcceleratorsOutput{Accelerators: all, NextToken: next}, err
}

func (e *Edge) listListeners(_ *wire.Call, in *sdk.ListListenersInput) (*sdk.ListListenersOutput, error) {
	a, err := e.accelerator(*in.AcceleratorArn)
	if err != nil {
		return nil, err
	}
	var all []types.Listener
	for _, x := range a.listeners {
		all = append(all, x.Listener)
	}
	all, next, err := page(all, in.NextToken, in.MaxResults)
	return &sdk.ListListenersOutput{Listeners: all, NextToken: next}, err
}

func (e *Edge) listEndpointGroups(_ *wire.Call, in *sdk.ListEndpointGroupsInput) (*sdk.ListEndpointGroupsOutput, error) {
	x, err := e.listener(*in.ListenerArn)
	if err != nil {
		return nil, err
	}
	all, next, err := page(x.groups, in.NextToken, in.MaxResults)
	return &sdk.ListEndpointGroupsOutput{EndpointGroups: all, NextToken: next}, err
}
