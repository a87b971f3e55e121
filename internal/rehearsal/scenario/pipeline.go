package scenario

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/statemachine"
)

// pipeline puts the pipeline into the account, with the request below the command in its repository: a commit of another
// one deploys. With approval a person is asked first.
func (s *Script) pipeline(ctx context.Context, d *datadriven.TestData) (string, error) {
	name := strings.TrimSuffix(s.r.Machine(), "BlueGreen") + "bluegreen"
	p := s.r.World.Deploys(name, statemachine.Alias, []byte(d.Input+"\n"))
	p.Approval = flag(d, "approval")
	if err := (world.Seeder{Config: s.r.Config, Clock: s.r.Clock}).Pipeline(ctx, s.r.World, p); err != nil {
		return "", err
	}
	s.released = p
	seen, err := s.releases(ctx)
	s.reported = len(seen)
	return "", err
}

// commit commits the request below the command onto the branch's tip, as aws codecommit put-file does.
func (s *Script) commit(ctx context.Context, d *datadriven.TestData) (string, error) {
	commits := codecommit.NewFromConfig(s.r.Config)
	tip, err := commits.GetBranch(ctx, &codecommit.GetBranchInput{RepositoryName: &s.released.Repository, BranchName: &s.released.Branch})
	if err != nil {
		return "", err
	}
	_, err = commits.PutFile(ctx, &codecommit.PutFileInput{
		RepositoryName: &s.released.Repository, BranchName: &s.released.Branch, FilePath: &s.released.Input, FileContent: []byte(d.Input + "\n"),
		ParentCommitId: tip.Branch.CommitId, CommitMessage: aws.String(argument(d, "message", "Deploy")),
	})
	return refusal(err), nil
}

// release starts the pipeline with what the branch holds, as aws codepipeline start-pipeline-execution does.
func (s *Script) release(ctx context.Context, _ *datadriven.TestData) (string, error) {
	_, err := codepipeline.NewFromConfig(s.r.Config).StartPipelineExecution(ctx, &codepipeline.StartPipelineExecutionInput{Name: &s.released.Name})
	return refusal(err), nil
}

// stopPipeline stops the pipeline's newest execution at once, as aws codepipeline stop-pipeline-execution --abandon does.
func (s *Script) stopPipeline(ctx context.Context, _ *datadriven.TestData) (string, error) {
	all, err := s.releases(ctx)
	if err != nil {
		return "", err
	}
	_, err = codepipeline.NewFromConfig(s.r.Config).StopPipelineExecution(ctx, &codepipeline.StopPipelineExecutionInput{
		PipelineName: &s.released.Name, PipelineExecutionId: all[len(all)-1].PipelineExecutionId, Abandon: true,
	})
	return refusal(err), nil
}

// approve answers the approval that the pipeline waits for; with reject, by no.
func (s *Script) approve(ctx context.Context, d *datadriven.TestData) (string, error) {
	pipelines := codepipeline.NewFromConfig(s.r.Config)
	state, err := pipelines.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &s.released.Name})
	if err != nil {
		return "", err
	}
	status := types.ApprovalStatusApproved
	if flag(d, "reject") {
		status = types.ApprovalStatusRejected
	}
	for _, stage := range state.StageStates {
		for _, action := range stage.ActionStates {
			if action.LatestExecution == nil || action.LatestExecution.Token == nil {
				continue
			}
			_, err := pipelines.PutApprovalResult(ctx, &codepipeline.PutApprovalResultInput{
				PipelineName: &s.released.Name, StageName: stage.StageName, ActionName: action.ActionName, Token: action.LatestExecution.Token,
				Result: &types.ApprovalResult{Status: status, Summary: aws.String(argument(d, "summary", "looked at"))},
			})
			return refusal(err), nil
		}
	}
	return "nobody is asked\n", nil
}

// pipelineState shows the pipeline as aws codepipeline get-pipeline-state does: who waits before each stage, and how each
// action stands. Other commands then mean the execution that the pipeline's last action started.
func (s *Script) pipelineState(ctx context.Context, _ *datadriven.TestData) (string, error) {
	state, err := codepipeline.NewFromConfig(s.r.Config).GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &s.released.Name})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, stage := range state.StageStates {
		status := "never entered"
		if stage.LatestExecution != nil {
			status = string(stage.LatestExecution.Status)
		}
		fmt.Fprintf(&b, "%s: %s", *stage.StageName, status)
		if n := len(stage.InboundExecutions); n > 0 {
			fmt.Fprintf(&b, "; %d waiting", n)
		}
		b.WriteString("\n")
		for _, action := range stage.ActionStates {
			if latest := action.LatestExecution; latest != nil {
				fmt.Fprintf(&b, "  %s %s%s\n", *action.ActionName, latest.Status, withoutChance(aws.ToString(latest.Summary)))
				s.latest = aws.ToString(latest.ExternalExecutionId)
			}
		}
	}
	return b.String(), nil
}

// drawn is what follows from chance in a text: ids, and times.
var drawn = regexp.MustCompile(`"took_seconds":\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z`)

func withoutChance(text string) string {
	if text == "" {
		return ""
	}
	return ": " + drawn.ReplaceAllString(text, "…")
}

// releases are the pipeline's executions, the first one first.
func (s *Script) releases(ctx context.Context) ([]types.PipelineExecutionSummary, error) {
	var all []types.PipelineExecutionSummary
	pages := codepipeline.NewListPipelineExecutionsPaginator(codepipeline.NewFromConfig(s.r.Config), &codepipeline.ListPipelineExecutionsInput{PipelineName: &s.released.Name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.PipelineExecutionSummaries...)
	}
	for a, b := 0, len(all)-1; a < b; a, b = a+1, b-1 {
		all[a], all[b] = all[b], all[a]
	}
	return all, nil
}

// pipelineEnd waits until nothing goes on in the pipeline, and tells how each of its executions since the last time ended,
// and the deployment that it started.
func (s *Script) pipelineEnd(ctx context.Context, _ *datadriven.TestData) (string, error) {
	began, all := s.r.Clock.Now(), []types.PipelineExecutionSummary(nil)
	s.r.Wait(ctx, time.Second) // an event is on its way
	for {
		var err error
		if all, err = s.releases(ctx); err != nil {
			return "", err
		}
		if ended(all) {
			break
		}
		if s.r.Clock.Now().Sub(began) > longest {
			return "", fmt.Errorf("the pipeline still runs after %s", longest)
		}
		s.r.Wait(ctx, 10*time.Second)
	}
	var b strings.Builder
	for _, e := range all[s.reported:] {
		fmt.Fprintf(&b, "%s, by %s", e.Status, e.Trigger.TriggerType)
		if len(e.SourceRevisions) > 0 {
			fmt.Fprintf(&b, " of %q", *e.SourceRevisions[0].RevisionSummary)
		}
		b.WriteString("\n")
		if err := s.deployed(ctx, &b, *e.PipelineExecutionId); err != nil {
			return "", err
		}
	}
	s.reported = len(all)
	return b.String() + s.promises(), nil
}

func ended(all []types.PipelineExecutionSummary) bool {
	for _, e := range all {
		if e.Status == types.PipelineExecutionStatusInProgress || e.Status == types.PipelineExecutionStatusStopping {
			return false
		}
	}
	return true
}

// deployed tells of the deployment that an execution of the pipeline started.
func (s *Script) deployed(ctx context.Context, b *strings.Builder, id string) error {
	out, err := codepipeline.NewFromConfig(s.r.Config).ListActionExecutions(ctx, &codepipeline.ListActionExecutionsInput{
		PipelineName: &s.released.Name, Filter: &types.ActionExecutionFilter{PipelineExecutionId: &id},
	})
	if err != nil {
		return err
	}
	for _, action := range out.ActionExecutionDetails {
		arn := action.Output.OutputVariables["ExecutionArn"]
		if arn == "" {
			continue
		}
		described, err := s.r.AwaitEnd(ctx, arn, longest)
		if err != nil {
			return err
		}
		s.latest = arn
		state, report := rehearsal.EndState(described)
		fmt.Fprintf(b, "  %s%s\n", state, withoutChance(report.What))
	}
	return nil
}
