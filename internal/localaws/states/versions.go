package states

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/localaws/wire"
)

// version is a revision of a state machine that was published and never changes.
type version struct {
	revision
	arn         string
	description *string
	created     time.Time
}

// maxVersions is how many versions a state machine may have (SDK, PublishStateMachineVersion).
const maxVersions = 1000

// target is what a state machine's ARN means: the state machine as it stands, or one of its versions or aliases.
type target struct {
	revision // of an alias: none, it chooses one at each start
	machine  *machine
	version  *version
	alias    *alias
}

// resolve finds what an ARN means: qualified by a version's number or an alias's name, or not. The lock is held.
func (m *Machines) resolve(arn string) (target, error) {
	if err := checkARN(arn, "stateMachine"); err != nil {
		return target{}, err
	}
	unqualified, qualifier := splitARN(arn)
	found, err := m.find(unqualified)
	if err != nil || qualifier == "" {
		if err != nil {
			return target{}, err
		}
		return target{revision: found.revision, machine: found}, nil
	}
	for _, v := range found.versions {
		if v.arn == arn {
			return target{revision: v.revision, machine: found, version: v}, nil
		}
	}
	for _, a := range found.aliases {
		if a.arn == arn {
			return target{machine: found, alias: a}, nil
		}
	}
	return target{}, wire.Errorf("StateMachineDoesNotExist", "State Machine Does Not Exist: '%s'", arn)
}

// splitARN parts a state machine's ARN from the version or alias behind it.
func splitARN(arn string) (unqualified, qualifier string) {
	parts := strings.SplitN(arn, ":", 8)
	if len(parts) < 8 {
		return arn, ""
	}
	return strings.Join(parts[:7], ":"), parts[7]
}

func checkPublish(publish bool, description *string) error {
	if description != nil && !publish {
		return wire.Errorf("ValidationException", "Version description can only be set when publish is true")
	}
	return nil
}

// publishIf publishes a state machine as it stands, if publish, and returns the version's ARN.
func (m *Machines) publishIf(publish bool, found *machine, description *string) *string {
	if !publish {
		return nil
	}
	return &m.publish(found, description).arn
}

// publish makes a version of a state machine as it stands, or finds the one that was made of it.
func (m *Machines) publish(found *machine, description *string) *version {
	for _, v := range found.versions {
		if v.revisionID == found.revisionID {
			return v
		}
	}
	found.lastVersion++
	made := &version{
		revision: found.revision, arn: found.arn + ":" + strconv.Itoa(found.lastVersion), description: description, created: m.acct.Now(),
	}
	found.versions = append(found.versions, made)
	return made
}

func (m *Machines) publishVersion(_ *wire.Call, in *sfn.PublishStateMachineVersionInput) (*sfn.PublishStateMachineVersionOutput, error) {
	found, err := m.find(*in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	revisionID := found.revisionID
	if revisionID == "" {
		revisionID = "INITIAL"
	}
	switch {
	case found.deleting:
		return nil, wire.Errorf("StateMachineDeleting", "State Machine Is Being Deleted: '%s'", found.arn)
	case in.RevisionId != nil && *in.RevisionId != revisionID:
		return nil, wire.Errorf("ConflictException", "Failed to publish the State Machine version for revision %s. The current State Machine "+
			"revision is %s", *in.RevisionId, revisionID)
	case len(found.versions) >= maxVersions:
		return nil, wire.Errorf("ServiceQuotaExceededException", "The request would cause a service quota to be exceeded.")
	}
	published := m.publish(found, in.Description)
	return &sfn.PublishStateMachineVersionOutput{StateMachineVersionArn: &published.arn, CreationDate: &published.created}, nil
}

func (m *Machines) listVersions(_ *wire.Call, in *sfn.ListStateMachineVersionsInput) (*sfn.ListStateMachineVersionsOutput, error) {
	found, err := m.find(*in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	latestFirst := slices.Clone(found.versions)
	slices.Reverse(latestFirst)
	page, next, err := paginate(latestFirst, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &sfn.ListStateMachineVersionsOutput{StateMachineVersions: []types.StateMachineVersionListItem{}, NextToken: next}
	for _, v := range page {
		out.StateMachineVersions = append(out.StateMachineVersions, types.StateMachineVersionListItem{
			StateMachineVersionArn: &v.arn, CreationDate: &v.created,
		})
	}
	return out, nil
}

// deleteVersion succeeds also for a version that does not exist. Executions of it go on.
func (m *Machines) deleteVersion(_ *wire.Call, in *sfn.DeleteStateMachineVersionInput) (*sfn.DeleteStateMachineVersionOutput, error) {
	arn := *in.StateMachineVersionArn
	if err := checkQualified(arn); err != nil {
		return nil, err
	}
	unqualified, _ := splitARN(arn)
	found, ok := m.byARN[unqualified]
	if !ok {
		return &sfn.DeleteStateMachineVersionOutput{}, nil
	}
	for _, a := range found.aliases {
		if slices.ContainsFunc(a.routing, func(r types.RoutingConfigurationListItem) bool { return aws.ToString(r.StateMachineVersionArn) == arn }) {
			return nil, wire.Errorf("ConflictException", "Version to be deleted must not be referenced by an alias. Current list of aliases "+
				"referencing this version: [%s]", a.name)
		}
	}
	found.versions = slices.DeleteFunc(found.versions, func(v *version) bool { return v.arn == arn })
	return &sfn.DeleteStateMachineVersionOutput{}, nil
}

// checkQualified wants an ARN with a version or alias behind it.
func checkQualified(arn string) error {
	if err := checkARN(arn, "stateMachine"); err != nil {
		return err
	}
	if _, qualifier := splitARN(arn); qualifier == "" {
		return wire.Errorf("InvalidArn", "Invalid Arn: '%s'", arn)
	}
	return nil
}
