package main

import (
	"context"
	"fmt"
	"strings"

	"bluegreen/internal/localaws/world"
	"bluegreen/internal/text"
	"bluegreen/statemachine"
)

// deployByCommit puts the pipeline into the house, with the request in its repository.
func (h *house) deployByCommit(ctx context.Context, w world.World, request []byte, approval bool) (world.Pipeline, error) {
	plan := world.DefaultPlan()
	p := w.Deploys(strings.Join([]string{plan.Project, plan.Role, plan.Environment, "bluegreen"}, "-"), statemachine.Alias, request)
	p.Approval = approval
	return p, world.Seeder{Config: h.config, Clock: h.clock}.Pipeline(ctx, w, p)
}

// printPipeline says how to deploy by a commit of the file that the repository began with.
func printPipeline(term terminal, p world.Pipeline, file string) {
	fmt.Fprintf(term.out, pipelineText, p.Repository, p.Branch, p.Input, p.Name, file, text.Quote("fileb://"+file))
	if p.Approval {
		fmt.Fprintf(term.out, approvalText, p.Name)
	}
	fmt.Fprint(term.out, "\nCtrl-C ends it. What happens:\n")
}

const pipelineText = `
Or deploy by a commit: change %[5]s (its Wait, say), then

aws codecommit put-file --repository-name %[1]s --branch-name %[2]s --file-path %[3]s --file-content %[6]s --parent-commit-id $(aws codecommit get-branch --repository-name %[1]s --branch-name %[2]s --query branch.commitId --output text)
aws codepipeline get-pipeline-state --name %[4]s --query 'stageStates[].[stageName,latestExecution.status,actionStates[0].latestExecution.summary]' --output table
aws codepipeline start-pipeline-execution --name %[4]s
`

const approvalText = `
It waits for a person:

aws codepipeline put-approval-result --pipeline-name %[1]s --stage-name Approve --action-name Person --result status=Approved,summary=yes --token $(aws codepipeline get-pipeline-state --name %[1]s --query 'stageStates[1].actionStates[0].latestExecution.token' --output text)
`
