package states

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/asl"
	"bluegreen/internal/localaws/wire"
)

func (m *Machines) createStateMachine(_ *wire.Call, in *sfn.CreateStateMachineInput) (*sfn.CreateStateMachineOutput, error) {
	if err := onlyStandard(in.Type); err != nil {
		return nil, err
	}
	if err := checkName(*in.Name); err != nil {
		return nil, err
	}
	if err := checkRole(*in.RoleArn); err != nil {
		return nil, err
	}
	if err := checkPublish(in.Publish, in.VersionDescription); err != nil {
		return nil, err
	}
	parsed, err := parse(*in.Definition)
	if err != nil {
		return nil, err
	}
	arn := m.acct.ARN("states", "stateMachine:"+*in.Name)
	if existing, ok := m.byARN[arn]; ok {
		switch {
		case existing.deleting:
			return nil, wire.Errorf("StateMachineDeleting", "State Machine Is Being Deleted: '%s'", arn)
		case existing.definition != *in.Definition || existing.tracing != enabled(in.TracingConfiguration):
			return nil, wire.Errorf("StateMachineAlreadyExists", "State Machine Already Exists: '%s'", arn)
		}
		// Role and tags don't count; they stay as they are (SDK, CreateStateMachine).
		return created(existing, m.publishIf(in.Publish, existing, in.VersionDescription)), nil
	}
	now := m.acct.Now()
	made := &machine{
		revision: revision{
			roleARN: *in.RoleArn, definition: *in.Definition, tracing: enabled(in.TracingConfiguration), parsed: parsed, updated: now,
		},
		name: *in.Name, arn: arn, created: now, tags: tagMap(in.Tags),
	}
	m.byARN[arn] = made
	return created(made, m.publishIf(in.Publish, made, in.VersionDescription)), nil
}

func created(found *machine, published *string) *sfn.CreateStateMachineOutput {
	return &sfn.CreateStateMachineOutput{StateMachineArn: &found.arn, CreationDate: &found.created, StateMachineVersionArn: published}
}

func enabled(tracing *types.TracingConfiguration) bool { return tracing != nil && tracing.Enabled }

func onlyStandard(kind types.StateMachineType) error {
	if kind == types.StateMachineTypeExpress {
		return wire.NotModelled("state machines of type EXPRESS: use STANDARD")
	}
	return nil
}

func checkRole(arn string) error {
	if parts := strings.Split(arn, ":"); len(parts) != 6 || parts[0] != "arn" || parts[2] != "iam" || !strings.HasPrefix(parts[5], "role/") {
		return wire.Errorf("InvalidArn", "Invalid Role Arn: '%s'", arn)
	}
	return nil
}

// machines are those parsed of late, by definition: a rehearsal creates the same one in world after world, and a
// machine never changes.
var machines = struct {
	sync.Mutex
	parsed map[string]*asl.Machine
}{parsed: make(map[string]*asl.Machine)}

// parse answers AWS's error with every problem of the definition.
func parse(definition string) (*asl.Machine, error) {
	machines.Lock()
	defer machines.Unlock()
	if known, ok := machines.parsed[definition]; ok {
		return known, nil
	}
	parsed, err := asl.Parse([]byte(definition))
	if err != nil {
		return nil, wire.Errorf("InvalidDefinition", "%s", err)
	}
	const kept = 16
	if len(machines.parsed) >= kept {
		clear(machines.parsed)
	}
	machines.parsed[definition] = parsed
	return parsed, nil
}

func (m *Machines) updateStateMachine(_ *wire.Call, in *sfn.UpdateStateMachineInput) (*sfn.UpdateStateMachineOutput, error) {
	found, err := m.find(*in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	if found.deleting {
		return nil, wire.Errorf("StateMachineDeleting", "State Machine Is Being Deleted: '%s'", found.arn)
	}
	if in.Definition == nil && in.RoleArn == nil && in.TracingConfiguration == nil {
		return nil, wire.Errorf("MissingRequiredParameter",
			"Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified")
	}
	if err := checkPublish(in.Publish, in.VersionDescription); err != nil {
		return nil, err
	}
	next, now := found.revision, m.acct.Now()
	if in.Definition != nil {
		next.definition = *in.Definition
		if next.parsed, err = parse(next.definition); err != nil {
			return nil, err
		}
	}
	if in.RoleArn != nil {
		next.roleARN = *in.RoleArn
		if err := checkRole(next.roleARN); err != nil {
			return nil, err
		}
	}
	if in.TracingConfiguration != nil {
		next.tracing = in.TracingConfiguration.Enabled
	}
	if next != found.revision || found.revisionID == "" {
		next.revisionID, next.updated = m.acct.UUID(), now
		found.revision = next
	}
	return &sfn.UpdateStateMachineOutput{
		RevisionId: &found.revisionID, UpdateDate: &now, StateMachineVersionArn: m.publishIf(in.Publish, found, in.VersionDescription),
	}, nil
}

func (m *Machines) describeStateMachine(_ *wire.Call, in *sfn.DescribeStateMachineInput) (*sfn.DescribeStateMachineOutput, error) {
	found, err := m.resolve(*in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	if found.alias != nil {
		return nil, wire.NotModelled("DescribeStateMachine of an alias: use DescribeStateMachineAlias")
	}
	status := types.StateMachineStatusActive
	if found.machine.deleting {
		status = types.StateMachineStatusDeleting
	}
	out := &sfn.DescribeStateMachineOutput{
		StateMachineArn: in.StateMachineArn, Name: &found.machine.name, Status: status, Type: types.StateMachineTypeStandard,
		Definition: &found.definition, RoleArn: &found.roleARN, CreationDate: &found.machine.created, RevisionId: filled(found.revisionID),
		LoggingConfiguration: noLogging(), TracingConfiguration: &types.TracingConfiguration{Enabled: found.tracing},
	}
	if found.version != nil {
		out.CreationDate, out.Description = &found.version.created, found.version.description
	}
	return out, nil
}

func noLogging() *types.LoggingConfiguration {
	return &types.LoggingConfiguration{Level: types.LogLevelOff}
}

func (m *Machines) listStateMachines(_ *wire.Call, in *sfn.ListStateMachinesInput) (*sfn.ListStateMachinesOutput, error) {
	all := slices.SortedFunc(maps.Values(m.byARN), func(a, b *machine) int { return cmp.Compare(a.name, b.name) })
	page, next, err := paginate(all, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &sfn.ListStateMachinesOutput{StateMachines: []types.StateMachineListItem{}, NextToken: next}
	for _, found := range page {
		out.StateMachines = append(out.StateMachines, types.StateMachineListItem{
			StateMachineArn: &found.arn, Name: &found.name, Type: types.StateMachineTypeStandard, CreationDate: &found.created,
		})
	}
	return out, nil
}

// deleteStateMachine succeeds also for a state machine that does not exist, as on AWS.
func (m *Machines) deleteStateMachine(_ *wire.Call, in *sfn.DeleteStateMachineInput) (*sfn.DeleteStateMachineOutput, error) {
	if err := checkARN(*in.StateMachineArn, "stateMachine"); err != nil {
		return nil, err
	}
	if found, ok := m.byARN[*in.StateMachineArn]; ok {
		found.deleting = true
		m.deleteIfIdle(found)
	}
	return &sfn.DeleteStateMachineOutput{}, nil
}

// deleteIfIdle ends the deletion of a state machine none of whose executions runs. The lock is held.
func (m *Machines) deleteIfIdle(found *machine) {
	for _, e := range found.executions {
		if e.run.Result().Status == asl.StatusRunning {
			return
		}
	}
	if m.byARN[found.arn] == found {
		delete(m.byARN, found.arn)
	}
}

func (m *Machines) validateStateMachineDefinition(_ *wire.Call, in *sfn.ValidateStateMachineDefinitionInput) (*sfn.ValidateStateMachineDefinitionOutput, error) {
	if err := onlyStandard(in.Type); err != nil {
		return nil, err
	}
	out := &sfn.ValidateStateMachineDefinitionOutput{
		Result: types.ValidateStateMachineDefinitionResultCodeOk, Diagnostics: []types.ValidateStateMachineDefinitionDiagnostic{},
		Truncated: aws.Bool(false),
	}
	_, err := asl.Parse([]byte(*in.Definition))
	if err == nil {
		return out, nil
	}
	var wrong *asl.DefinitionError
	if !errors.As(err, &wrong) {
		return nil, err
	}
	out.Result = types.ValidateStateMachineDefinitionResultCodeFail
	for _, problem := range wrong.Problems {
		out.Diagnostics = append(out.Diagnostics, types.ValidateStateMachineDefinitionDiagnostic{
			Code: &problem.Code, Message: &problem.Text, Location: &problem.Path, Severity: types.ValidateStateMachineDefinitionSeverityError,
		})
	}
	return out, nil
}
