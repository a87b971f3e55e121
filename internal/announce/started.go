package announce

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"bluegreen/internal/awserror"
	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/text"
)

// pipelines tells what a pipeline has started, and from what.
type pipelines interface {
	ListActionExecutions(context.Context, *codepipeline.ListActionExecutionsInput, ...func(*codepipeline.Options)) (*codepipeline.ListActionExecutionsOutput, error)
	GetPipelineExecution(context.Context, *codepipeline.GetPipelineExecutionInput, ...func(*codepipeline.Options)) (*codepipeline.GetPipelineExecutionOutput, error)
}

var _ pipelines = (*codepipeline.Client)(nil)

// lookup bounds how long CodePipeline is asked: the message itself matters more.
const lookup = time.Second

// starts knows who has started executions. A pipeline's are named by its action's id (user guide, "AWS Step Functions invoke action
// reference").
type starts struct {
	pipelines pipelines
	pipeline  string // its name; empty: there is none
	clock     clock.Clock
	log       io.Writer
}

func starting(cfg aws.Config, env lambdaentry.Environment) starts {
	return starts{pipeline: env.Pipeline, clock: env.Clock, log: env.Log, pipelines: codepipeline.NewFromConfig(cfg, func(o *codepipeline.Options) { o.RetryMaxAttempts = attempts })}
}

// by says who has started an execution; empty: it is not known.
func (s starts) by(ctx context.Context, execution string) string {
	name := deploy.ExecutionName(execution)
	id, committed := strings.CutPrefix(name, deploy.CommitPrefix+"-")
	switch {
	case strings.HasPrefix(name, deploy.RecoveryPrefix+"-"):
		return ""
	case !committed || s.pipeline == "":
		return "by hand"
	}
	limited, cancel := s.clock.WithTimeout(ctx, lookup)
	defer cancel()
	commit, err := s.commit(limited, id)
	if err != nil {
		fmt.Fprintf(s.log, "not told which commit has started %s: %s\n", text.Line(name), text.Line(awserror.Text(err)))
		return fmt.Sprintf("under a name that pipeline %s gives; CodePipeline did not say by which commit", s.pipeline)
	}
	return fmt.Sprintf("by pipeline %s, commit %s: %s", s.pipeline, short(aws.ToString(commit.RevisionId)), aws.ToString(commit.RevisionSummary))
}

// commit is what an action of the pipeline worked on. It has begun lately: the latest are listed first.
func (s starts) commit(ctx context.Context, action string) (*types.ArtifactRevision, error) {
	listed, err := s.pipelines.ListActionExecutions(ctx, &codepipeline.ListActionExecutionsInput{PipelineName: &s.pipeline})
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(listed.ActionExecutionDetails, func(d types.ActionExecutionDetail) bool { return aws.ToString(d.ActionExecutionId) == action })
	if at < 0 {
		return nil, fmt.Errorf("action %s is not among the latest of pipeline %s", action, s.pipeline)
	}
	out, err := s.pipelines.GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{
		PipelineName: &s.pipeline, PipelineExecutionId: listed.ActionExecutionDetails[at].PipelineExecutionId,
	})
	if err != nil {
		return nil, err
	}
	if len(out.PipelineExecution.ArtifactRevisions) == 0 {
		return nil, fmt.Errorf("pipeline %s shows no revision of it", s.pipeline)
	}
	return &out.PipelineExecution.ArtifactRevisions[0], nil
}

// short is a commit's id as people write it.
func short(id string) string { return id[:min(len(id), 8)] }
