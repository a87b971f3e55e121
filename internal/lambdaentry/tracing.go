package lambdaentry

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-xray-sdk-go/v2/header"
	"github.com/aws/aws-xray-sdk-go/v2/xray"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// The annotations of every stage: X-Ray finds a deployment's trace by them, and groups by them.
const (
	annotationProject    = "project"
	annotationDeployment = "deployment" // name of the execution
	annotationLineage    = "lineage"
	annotationStage      = "stage" // the state that called
)

// errUnwound is the cause of a stage that ended by a panic; who recovers it says where.
var errUnwound = errors.New("the function panicked")

// begin begins the subsegment of a stage, below the segment that Lambda itself writes; AWS calls made in the context that
// it returns come below it. Without a trace there is no stage, and nothing is written.
func begin(ctx context.Context, name string) (_ context.Context, stage *xray.Segment) {
	if ctx.Value(xray.LambdaTraceHeaderKey) == nil {
		// The clients look for a segment in any case: this one says that nothing is sampled.
		ctx, _ = xray.BeginFacadeSegment(ctx, "untraced", &header.Header{SamplingDecision: header.NotSampled})
		return ctx, nil
	}
	return xray.BeginSubsegment(ctx, name)
}

// traced writes a subsegment for each stage.
func traced(handle Handle) Handle {
	return func(ctx context.Context, call deploy.Call) (document deploy.Document, err error) {
		ctx, stage := begin(ctx, call.State)
		if stage == nil {
			return handle(ctx, call)
		}
		known := call
		err = errUnwound
		defer func() {
			project, lineage, _ := known.Asked()
			annotate(stage, project, lineage, call.Execution.Name)
			say(stage, known.Document.Progress)
			mark(stage, err)
			stage.Close(nil)
		}()
		document, err = handle(ctx, call)
		if err == nil {
			known = after(call, document)
		}
		return document, err
	}
}

// subject is an event's detail that tells of an execution.
type subject interface {
	// Subject is the execution's ARN and its input, which may be missing.
	Subject() (executionARN string, input json.RawMessage)
}

// tracedEvent writes a subsegment for the work on an event.
func tracedEvent[Detail any](handle HandleEvent[Detail]) HandleEvent[Detail] {
	return func(ctx context.Context, detail Detail) (err error) {
		name := lambdacontext.FunctionName // <project>-<role>-<environment>-<stage>
		ctx, stage := begin(ctx, name[strings.LastIndexByte(name, '-')+1:])
		if stage == nil {
			return handle(ctx, detail)
		}
		err = errUnwound
		defer func() {
			if of, ok := any(detail).(subject); ok {
				arn, input := of.Subject()
				project, lineage, _ := deploy.Call{Execution: deploy.Execution{Input: input}}.Asked()
				annotate(stage, project, lineage, arn[strings.LastIndexByte(arn, ':')+1:])
			}
			mark(stage, err)
			stage.Close(nil)
		}()
		err = handle(ctx, detail)
		return err
	}
}

// annotate writes what a person looks for; what is not known is left out.
func annotate(stage *xray.Segment, project, lineage, deployment string) {
	for _, annotation := range []struct{ key, value string }{
		{annotationProject, project},
		{annotationDeployment, deployment},
		{annotationLineage, lineage},
		{annotationStage, stage.Name},
	} {
		if annotation.value != "" {
			_ = stage.AddAnnotation(annotation.key, annotation.value) // strings are always taken
		}
	}
}

// say writes the verdict of a poll.
func say(stage *xray.Segment, progress *deploy.Loop) {
	if progress != nil && progress.State == stage.Name {
		_ = stage.AddMetadata("verdict", string(progress.Verdict))
		_ = stage.AddMetadata("message", progress.Message)
	}
}

// mark says how a stage ended: an error is the request's or the fleet's, a throttle AWS's, and a fault anything else.
func mark(stage *xray.Segment, err error) {
	if err == nil {
		return
	}
	_ = stage.AddError(err)
	stage.Lock()
	defer stage.Unlock()
	stage.Fault = false
	switch name(err) {
	case fault.BadRequest, fault.NotReady, fault.Conflict:
		stage.Error = true
	case fault.Throttled:
		stage.Error, stage.Throttle = true, true
	default:
		stage.Fault = true
	}
}
