package states

import (
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/localaws/wire"
)

// alias is a name for one or two versions of a state machine.
type alias struct {
	name, arn        string
	description      *string
	routing          []types.RoutingConfigurationListItem
	created, updated time.Time
}

// maxAliases is how many aliases a state machine may have (SDK, CreateStateMachineAlias).
const maxAliases = 100

// An alias's name has no more than 80 of these characters, and is no number.
var (
	aliasName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,80}$`)
	number    = regexp.MustCompile(`^[0-9]+$`)
)

// routed checks a routing configuration, and finds the state machine whose versions it names.
func (m *Machines) routed(routing []types.RoutingConfigurationListItem) (*machine, error) {
	if len(routing) < 1 || len(routing) > 2 {
		return nil, wire.Errorf("ValidationException", "1 validation error detected: Value at 'routingConfiguration' failed to satisfy "+
			"constraint: Member must have length between 1 and 2, inclusive")
	}
	var owner *machine
	total := int32(0)
	for n, item := range routing {
		found, err := m.resolve(aws.ToString(item.StateMachineVersionArn))
		switch {
		case err != nil:
			return nil, wire.Errorf("ResourceNotFound", "Request references a resource that does not exist: '%s'", aws.ToString(item.StateMachineVersionArn))
		case found.version == nil:
			return nil, wire.Errorf("ValidationException", "Routing configuration must contain state machine version ARNs. Received: [%s]", *item.StateMachineVersionArn)
		case n > 0 && (found.machine != owner || *item.StateMachineVersionArn == *routing[0].StateMachineVersionArn):
			return nil, wire.Errorf("ValidationException", "Routing configuration must contain distinct versions of the same state machine.")
		case item.Weight < 0 || item.Weight > 100:
			return nil, wire.Errorf("ValidationException", "1 validation error detected: Value '%d' at 'routingConfiguration.%d.member.weight' failed "+
				"to satisfy constraint: Member must have value between 0 and 100, inclusive", item.Weight, n+1)
		}
		owner, total = found.machine, total+item.Weight
	}
	if total != 100 {
		return nil, wire.Errorf("ValidationException", "Sum of routing configuration weights must equal 100. Received: %d", total)
	}
	return owner, nil
}

func sameRouting(a, b []types.RoutingConfigurationListItem) bool {
	return slices.EqualFunc(a, b, func(x, y types.RoutingConfigurationListItem) bool {
		return *x.StateMachineVersionArn == *y.StateMachineVersionArn && x.Weight == y.Weight
	})
}

func (m *Machines) createAlias(_ *wire.Call, in *sfn.CreateStateMachineAliasInput) (*sfn.CreateStateMachineAliasOutput, error) {
	if !aliasName.MatchString(*in.Name) || number.MatchString(*in.Name) {
		return nil, wire.Errorf("ValidationException", "1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member "+
			"must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$", *in.Name)
	}
	owner, err := m.routed(in.RoutingConfiguration)
	if err != nil {
		return nil, err
	}
	if owner.deleting {
		return nil, wire.Errorf("StateMachineDeleting", "State Machine Is Being Deleted: '%s'", owner.arn)
	}
	for _, a := range owner.aliases {
		if a.name != *in.Name {
			continue
		}
		if aws.ToString(a.description) != aws.ToString(in.Description) || !sameRouting(a.routing, in.RoutingConfiguration) {
			return nil, wire.Errorf("ConflictException", "Failed to create alias because an alias with the same name and a different routing "+
				"configuration already exists.")
		}
		return &sfn.CreateStateMachineAliasOutput{StateMachineAliasArn: &a.arn, CreationDate: &a.created}, nil
	}
	if len(owner.aliases) >= maxAliases {
		return nil, wire.Errorf("ServiceQuotaExceededException", "The request would cause a service quota to be exceeded.")
	}
	now := m.acct.Now()
	made := &alias{
		name: *in.Name, arn: owner.arn + ":" + *in.Name, description: in.Description, routing: in.RoutingConfiguration, created: now, updated: now,
	}
	owner.aliases = append(owner.aliases, made)
	return &sfn.CreateStateMachineAliasOutput{StateMachineAliasArn: &made.arn, CreationDate: &made.created}, nil
}

// aliased finds an alias by its ARN.
func (m *Machines) aliased(arn string) (target, error) {
	if err := checkQualified(arn); err != nil {
		return target{}, err
	}
	found, err := m.resolve(arn)
	if err != nil || found.alias == nil {
		return target{}, wire.Errorf("ResourceNotFound", "Request references a resource that does not exist: '%s'", arn)
	}
	return found, nil
}

func (m *Machines) updateAlias(_ *wire.Call, in *sfn.UpdateStateMachineAliasInput) (*sfn.UpdateStateMachineAliasOutput, error) {
	found, err := m.aliased(*in.StateMachineAliasArn)
	if err != nil {
		return nil, err
	}
	if in.Description == nil && in.RoutingConfiguration == nil {
		return nil, wire.Errorf("ValidationException", "Either the description or the routing configuration must be specified")
	}
	if in.RoutingConfiguration != nil {
		owner, err := m.routed(in.RoutingConfiguration)
		if err != nil {
			return nil, err
		}
		if owner != found.machine {
			return nil, wire.Errorf("ValidationException", "Routing configuration must contain distinct versions of the same state machine.")
		}
		found.alias.routing = in.RoutingConfiguration
	}
	if in.Description != nil {
		found.alias.description = in.Description
	}
	found.alias.updated = m.acct.Now()
	return &sfn.UpdateStateMachineAliasOutput{UpdateDate: &found.alias.updated}, nil
}

func (m *Machines) describeAlias(_ *wire.Call, in *sfn.DescribeStateMachineAliasInput) (*sfn.DescribeStateMachineAliasOutput, error) {
	found, err := m.aliased(*in.StateMachineAliasArn)
	if err != nil {
		return nil, err
	}
	a := found.alias
	return &sfn.DescribeStateMachineAliasOutput{
		Name: &a.name, StateMachineAliasArn: &a.arn, Description: a.description, RoutingConfiguration: slices.Clone(a.routing),
		CreationDate: &a.created, UpdateDate: &a.updated,
	}, nil
}

func (m *Machines) listAliases(_ *wire.Call, in *sfn.ListStateMachineAliasesInput) (*sfn.ListStateMachineAliasesOutput, error) {
	listed, err := m.resolve(*in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	var latestFirst []*alias
	for _, a := range slices.Backward(listed.machine.aliases) {
		names := func(r types.RoutingConfigurationListItem) bool {
			return *r.StateMachineVersionArn == *in.StateMachineArn
		}
		if listed.version == nil || slices.ContainsFunc(a.routing, names) {
			latestFirst = append(latestFirst, a)
		}
	}
	page, next, err := paginate(latestFirst, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &sfn.ListStateMachineAliasesOutput{StateMachineAliases: []types.StateMachineAliasListItem{}, NextToken: next}
	for _, a := range page {
		out.StateMachineAliases = append(out.StateMachineAliases, types.StateMachineAliasListItem{StateMachineAliasArn: &a.arn, CreationDate: &a.created})
	}
	return out, nil
}

func (m *Machines) deleteAlias(_ *wire.Call, in *sfn.DeleteStateMachineAliasInput) (*sfn.DeleteStateMachineAliasOutput, error) {
	found, err := m.aliased(*in.StateMachineAliasArn)
	if err != nil {
		return nil, err
	}
	found.machine.aliases = slices.DeleteFunc(found.machine.aliases, func(a *alias) bool { return a == found.alias })
	return &sfn.DeleteStateMachineAliasOutput{}, nil
}

// choose draws the version that an alias starts. The lock is held.
func (m *Machines) choose(a *alias) *version {
	chosen := a.routing[0]
	if len(a.routing) > 1 && m.acct.Float()*100 >= float64(chosen.Weight) {
		chosen = a.routing[1]
	}
	found, err := m.resolve(*chosen.StateMachineVersionArn)
	if err != nil {
		panic(err) // a version that an alias names cannot be deleted
	}
	return found.version
}
