// Package codepipeline is a model of AWS CodePipeline: pipelines of CodeCommit sources, manual approvals and Step Functions
// actions, in the execution modes QUEUED and SUPERSEDED. Artifacts are kept in memory, under the names that they would
// have in the bucket. The pipeline's role is not looked at.
package codepipeline

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"bluegreen/internal/localaws/account"
	localcommit "bluegreen/internal/localaws/codecommit"
	localsns "bluegreen/internal/localaws/sns"
	localstates "bluegreen/internal/localaws/states"
	"bluegreen/internal/localaws/wire"
)

// Pipelines are the pipelines of one account.
type Pipelines struct {
	account      *account.Account
	settings     Settings
	repositories *localcommit.Repositories
	machines     *localstates.Machines
	topics       *localsns.Topics
	emit         func(detailType string, resources []string, detail any)
	byName       map[string]*pipeline
}

// pipeline is one pipeline, with its executions.
type pipeline struct {
	name, arn        string
	created, updated time.Time
	versions         []*types.PipelineDeclaration // the version is the index and one
	tags             []types.Tag
	stages           map[string]*stage
	executions       []*execution          // in the order of their starts
	latest           map[string]*actionRun // by stage and action, see place
	polled           map[string]string     // the last commit seen, by source action that polls
	watched          bool                  // somebody looks at the sources
	deleted          bool
}

// New returns an account's CodePipeline: no pipeline. Sources read the repositories, actions start the state machines, and
// approvals are asked for through the topics.
func New(acct *account.Account, repositories *localcommit.Repositories, machines *localstates.Machines, topics *localsns.Topics,
	settings Settings) *Pipelines {
	return &Pipelines{
		account: acct, settings: settings, repositories: repositories, machines: machines, topics: topics,
		emit: func(string, []string, any) {}, byName: make(map[string]*pipeline),
	}
}

// OnEvent sets who is told, as by EventBridge events of aws.codepipeline, with the lock held.
func (ps *Pipelines) OnEvent(emit func(detailType string, resources []string, detail any)) {
	ps.emit = emit
}

func (p *pipeline) declaration() *types.PipelineDeclaration { return p.versions[len(p.versions)-1] }

func place(stage, action string) string { return stage + "/" + action }

func (ps *Pipelines) find(name string) (*pipeline, error) {
	found, ok := ps.byName[name]
	if !ok {
		return nil, wire.Errorf("PipelineNotFoundException", "Account '%s' does not have a pipeline with name '%s'", ps.account.ID, name)
	}
	return found, nil
}

// createPipeline also starts it: a new pipeline runs once, whatever its source holds.
func (ps *Pipelines) createPipeline(call *wire.Call, in *codepipeline.CreatePipelineInput) (*codepipeline.CreatePipelineOutput, error) {
	declared, err := ps.check(in.Pipeline)
	if err != nil {
		return nil, err
	}
	if _, exists := ps.byName[*declared.Name]; exists {
		return nil, wire.Errorf("PipelineNameInUseException", "A pipeline with the name '%s' already exists in account '%s'", *declared.Name, ps.account.ID)
	}
	if len(ps.byName) >= ps.settings.MaxPipelines {
		return nil, wire.Errorf("LimitExceededException", "The number of pipelines associated with the Amazon Web Services account has "+
			"exceeded the limit allowed for the account.")
	}
	now := ps.account.Now()
	made := &pipeline{
		name: *declared.Name, arn: ps.account.ARN("codepipeline", *declared.Name), created: now, tags: in.Tags,
		stages: make(map[string]*stage), latest: make(map[string]*actionRun), polled: make(map[string]string),
	}
	ps.byName[made.name] = made
	ps.declare(made, declared)
	ps.watchSources(made)
	if _, err := ps.begin(made, start{trigger: types.TriggerTypeCreatePipeline, detail: call.Principal.ARN}); err != nil {
		return nil, err
	}
	return &codepipeline.CreatePipelineOutput{Pipeline: declared, Tags: in.Tags}, nil
}

// declare makes a declaration the pipeline's next version.
func (ps *Pipelines) declare(p *pipeline, declared *types.PipelineDeclaration) {
	declared.Version = aws.Int32(int32(len(p.versions) + 1))
	p.versions = append(p.versions, declared)
	p.updated = ps.account.Now()
	for _, s := range declared.Stages {
		if p.stages[*s.Name] == nil {
			p.stages[*s.Name] = &stage{name: *s.Name}
		}
	}
}

func (ps *Pipelines) getPipeline(_ *wire.Call, in *codepipeline.GetPipelineInput) (*codepipeline.GetPipelineOutput, error) {
	found, err := ps.find(*in.Name)
	if err != nil {
		return nil, err
	}
	declared := found.declaration()
	if in.Version != nil {
		if *in.Version < 1 || int(*in.Version) > len(found.versions) {
			return nil, wire.Errorf("PipelineVersionNotFoundException", "Pipeline '%s' does not have a version '%d'", found.name, *in.Version)
		}
		declared = found.versions[*in.Version-1]
	}
	return &codepipeline.GetPipelineOutput{
		Pipeline: declared, Metadata: &types.PipelineMetadata{PipelineArn: &found.arn, Created: &found.created, Updated: &found.updated},
	}, nil
}

// updatePipeline also cancels the executions under way: those that wait at once, the others when the actions that run are
// done (SDK, PipelineExecution).
func (ps *Pipelines) updatePipeline(_ *wire.Call, in *codepipeline.UpdatePipelineInput) (*codepipeline.UpdatePipelineOutput, error) {
	declared, err := ps.check(in.Pipeline)
	if err != nil {
		return nil, err
	}
	found, err := ps.find(*declared.Name)
	if err != nil {
		return nil, err
	}
	ps.declare(found, declared)
	ps.watchSources(found)
	for _, e := range slices.Backward(found.executions) { // those that wait first: none is to enter any more
		if e.underWay() {
			ps.cancel(e)
		}
	}
	for name := range found.stages {
		if !slices.ContainsFunc(declared.Stages, func(s types.StageDeclaration) bool { return *s.Name == name }) {
			delete(found.stages, name)
		}
	}
	return &codepipeline.UpdatePipelineOutput{Pipeline: declared}, nil
}

// deletePipeline succeeds also for a pipeline that does not exist. What its actions started goes on by itself.
func (ps *Pipelines) deletePipeline(_ *wire.Call, in *codepipeline.DeletePipelineInput) (*codepipeline.DeletePipelineOutput, error) {
	if found, ok := ps.byName[*in.Name]; ok {
		found.deleted = true
		delete(ps.byName, found.name)
	}
	return &codepipeline.DeletePipelineOutput{}, nil
}

func (ps *Pipelines) listPipelines(_ *wire.Call, in *codepipeline.ListPipelinesInput) (*codepipeline.ListPipelinesOutput, error) {
	all := slices.SortedFunc(maps.Values(ps.byName), func(a, b *pipeline) int { return cmp.Compare(a.name, b.name) })
	listed, next, err := page(all, in.MaxResults, in.NextToken, 1000)
	if err != nil {
		return nil, err
	}
	out := &codepipeline.ListPipelinesOutput{Pipelines: []types.PipelineSummary{}, NextToken: next}
	for _, p := range listed {
		declared := p.declaration()
		out.Pipelines = append(out.Pipelines, types.PipelineSummary{
			Name: &p.name, Version: declared.Version, Created: &p.created, Updated: &p.updated, PipelineType: declared.PipelineType,
			ExecutionMode: declared.ExecutionMode,
		})
	}
	return out, nil
}

func (ps *Pipelines) listTags(_ *wire.Call, in *codepipeline.ListTagsForResourceInput) (*codepipeline.ListTagsForResourceOutput, error) {
	for _, p := range ps.byName {
		if p.arn == *in.ResourceArn {
			tags, next, err := page(p.tags, in.MaxResults, in.NextToken, 100)
			return &codepipeline.ListTagsForResourceOutput{Tags: tags, NextToken: next}, err
		}
	}
	return nil, wire.Errorf("ResourceNotFoundException", "The resource with the ARN '%s' was not found.", *in.ResourceArn)
}

// page is the part of all that a token asks for, of the size that is asked for or of the size that is the most.
func page[T any](all []T, size *int32, token *string, most int) ([]T, *string, error) {
	from, length := 0, most
	if size != nil {
		length = int(*size)
	}
	if length < 1 || length > most {
		return nil, nil, invalid("Value '%d' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and %d, inclusive", length, most)
	}
	if token != nil {
		var err error
		if from, err = strconv.Atoi(*token); err != nil || from < 0 || from > len(all) {
			return nil, nil, wire.Errorf("InvalidNextTokenException", "The next token was specified in an invalid format. Make sure that the next "+
				"token you provide is the token returned by a previous call.")
		}
	}
	if to := from + length; to < len(all) {
		return all[from:to], aws.String(strconv.Itoa(to)), nil
	}
	return all[from:], nil, nil
}

func invalid(format string, args ...any) error {
	return wire.Errorf("ValidationException", "1 validation error detected: "+format, args...)
}
