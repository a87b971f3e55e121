package main

import (
	"fmt"

	"bluegreen/internal/local"
	"bluegreen/internal/text"
)

// printPipeline says how to deploy by a commit of the file that the repository began with.
func printPipeline(term terminal, p local.Pipeline, file string) {
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
