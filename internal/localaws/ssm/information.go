package ssm

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// agentVersion is the version that every agent has.
const agentVersion = "3.3.3050.0"

// describeInstanceInformation describes the instances that run and whose agent has registered. Ids of others are left
// out, as AWS does for instances without an agent.
func (c *Commands) describeInstanceInformation(_ *wire.Call, in *sdk.DescribeInstanceInformationInput) (*sdk.DescribeInstanceInformationOutput, error) {
	var b broken
	b.between(in.MaxResults, 5, 50, "maxResults")
	for _, filter := range in.Filters {
		b.length(len(filter.Values), 1, 100, "["+strings.Join(filter.Values, ", ")+"]", "filters.values")
	}
	if err := b.err(); err != nil {
		return nil, err
	}
	var found []types.InstanceInformation
	for _, a := range c.order {
		i, exists := c.compute.Instance(a.instanceID)
		if !exists || !a.managed() {
			continue
		}
		matches, err := a.matches(i, in.Filters)
		if err != nil {
			return nil, err
		}
		if matches {
			found = append(found, c.describe(a, i))
		}
	}
	list, next, err := page(found, in.MaxResults, 10, in.NextToken)
	return &sdk.DescribeInstanceInformationOutput{InstanceInformationList: list, NextToken: next}, err
}

// matches reports whether the agent's instance has what every filter asks for.
func (a *agent) matches(i *localec2.Instance, filters []types.InstanceInformationStringFilter) (bool, error) {
	for _, filter := range filters {
		key := aws.ToString(filter.Key)
		value := ""
		switch {
		case key == "InstanceIds":
			value = a.instanceID
		case key == "PingStatus":
			value = string(a.status)
		case key == "AgentVersion":
			value = agentVersion
		case key == "PlatformTypes":
			value = string(types.PlatformTypeLinux)
		case key == "ResourceType":
			value = string(types.ResourceTypeEc2Instance)
		case strings.HasPrefix(key, "tag:"):
			tag, tagged := i.Tags[strings.TrimPrefix(key, "tag:")]
			if !tagged {
				return false, nil
			}
			value = tag
		case key == "tag-key":
			if !slices.ContainsFunc(filter.Values, func(name string) bool { _, tagged := i.Tags[name]; return tagged }) {
				return false, nil
			}
			continue
		default:
			return false, wire.Errorf("InvalidFilterKey", "")
		}
		if !slices.Contains(filter.Values, value) {
			return false, nil
		}
	}
	return true, nil
}

func (c *Commands) describe(a *agent, i *localec2.Instance) types.InstanceInformation {
	pinged, registered := a.ping(c.account.Now()), a.registered
	name := "ip-" + strings.ReplaceAll(i.PrivateIP, ".", "-") + "." + c.account.Region + ".compute.internal"
	return types.InstanceInformation{
		InstanceId: &a.instanceID, PingStatus: a.status, LastPingDateTime: &pinged, AgentVersion: aws.String(agentVersion),
		IsLatestVersion: aws.Bool(true), PlatformType: types.PlatformTypeLinux, PlatformName: aws.String("Amazon Linux"),
		PlatformVersion: aws.String("2023"), ResourceType: types.ResourceTypeEc2Instance, IPAddress: aws.String(i.PrivateIP),
		ComputerName: &name, RegistrationDate: &registered, SourceId: &a.instanceID, SourceType: types.SourceTypeAwsEc2Instance,
	}
}
