package codepipeline

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// sources are the source actions of a declaration.
func sources(declared *types.PipelineDeclaration) []types.ActionDeclaration {
	return declared.Stages[0].Actions
}

// fixCommits notes which commit each source action is to take: the branch's tip at the start (user guide, "How source
// revisions are processed"), or the one that was asked for. A branch that is not there is the action's failure.
func (ps *Pipelines) fixCommits(e *execution) {
	overrides := e.start.commits
	e.start.commits = make(map[string]string)
	for _, action := range sources(e.declared) {
		id, asked := overrides[*action.Name]
		if !asked {
			id, _ = ps.repositories.Tip(action.Configuration["RepositoryName"], action.Configuration["BranchName"])
		}
		e.start.commits[*action.Name] = id
	}
}

// fetch ends a CodeCommit source action: its artifact holds the files of the commit.
func (ps *Pipelines) fetch(a *actionRun) {
	e, repository, branch := a.run.execution, a.resolved["RepositoryName"], a.resolved["BranchName"]
	id := e.start.commits[*a.declared.Name]
	revision, found := ps.repositories.Revision(repository, id)
	switch {
	case !ps.repositories.Exists(repository):
		ps.fail(a, types.FailureTypeConfigurationError, fmt.Sprintf("The action failed because no AWS CodeCommit repository named %s was found. "+
			"Make sure you are using the correct repository name, and then try again.", repository))
		return
	case id == "":
		ps.fail(a, types.FailureTypeConfigurationError, fmt.Sprintf("The action failed because no branch named %s was found in the selected AWS "+
			"CodeCommit repository %s. Make sure you are using the correct branch name, and then try again.", branch, repository))
		return
	case !found:
		ps.fail(a, types.FailureTypeRevisionUnavailable, fmt.Sprintf("The action failed because the commit %s was not found in the selected AWS "+
			"CodeCommit repository %s.", id, repository))
		return
	}
	a.externalID, a.summary = id, shortened(revision.Message, maxSummary)
	a.externalURL = ps.console("codesuite/codecommit/repositories/" + repository + "/commit/" + id)
	a.variables = map[string]string{
		"RepositoryName": repository, "BranchName": branch, "CommitId": id, "CommitMessage": revision.Message,
		"AuthorDate": revision.AuthorDate, "CommitterDate": revision.CommitterDate,
	}
	e.revisions = append(e.revisions, types.ArtifactRevision{
		Name: a.declared.OutputArtifacts[0].Name, RevisionId: &id, RevisionSummary: &a.summary, RevisionUrl: &a.externalURL,
		RevisionChangeIdentifier: aws.String(revision.CommitterDate),
	})
	e.sources = append(e.sources, types.SourceRevision{
		ActionName: a.declared.Name, RevisionId: &id, RevisionSummary: &a.summary, RevisionUrl: &a.externalURL,
	})
	ps.succeed(a, revision.Files)
}

// console is the address of a page of AWS's console.
func (ps *Pipelines) console(page string) string {
	return "https://" + ps.account.Region + ".console.aws.amazon.com/" + page
}

// watchSources looks at the branches again and again while a source action polls: one that does not say false. What the
// branches hold at first is no change.
func (ps *Pipelines) watchSources(p *pipeline) {
	for action, tip := range ps.tips(p) {
		if _, seen := p.polled[action]; !seen {
			p.polled[action] = tip
		}
	}
	if p.watched || len(ps.tips(p)) == 0 {
		return
	}
	p.watched = true
	var look func()
	look = func() {
		if p.deleted || len(ps.tips(p)) == 0 {
			p.watched = false
			return
		}
		ps.lookAtSources(p)
		ps.account.After(ps.account.Draw(ps.settings.SourcePoll), look)
	}
	ps.account.After(ps.account.Draw(ps.settings.SourcePoll), look)
}

// tips are the commits that the branches of the source actions that poll point at, "" for none, by action.
func (ps *Pipelines) tips(p *pipeline) map[string]string {
	tips := make(map[string]string)
	for _, action := range sources(p.declaration()) {
		if action.Configuration["PollForSourceChanges"] != "false" {
			tips[*action.Name], _ = ps.repositories.Tip(action.Configuration["RepositoryName"], action.Configuration["BranchName"])
		}
	}
	return tips
}

// lookAtSources starts the pipeline if a branch that it polls has changed.
func (ps *Pipelines) lookAtSources(p *pipeline) {
	tips := ps.tips(p)
	if maps.Equal(tips, p.polled) {
		return
	}
	changed := ""
	for _, action := range slices.Sorted(maps.Keys(tips)) {
		if tips[action] != p.polled[action] {
			changed = action
		}
	}
	if _, err := ps.begin(p, start{trigger: types.TriggerTypePollForSourceChanges, detail: changed}); err == nil {
		p.polled = tips // else the queue is full: the next look finds the change again
	}
}
