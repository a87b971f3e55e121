package lambdaentry

import (
	"context"
	"errors"

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

// traced writes a subsegment for each stage, below the segment that Lambda itself writes; the handler's AWS calls come
// below it. Without a trace nothing is written.
func traced(handle Handle) Handle {
	return func(ctx context.Context, call deploy.Call) (document deploy.Document, err error) {
		if ctx.Value(xray.LambdaTraceHeaderKey) == nil {
			// The clients look for a segment in any case: this one says that nothing is sampled.
			ctx, _ = xray.BeginFacadeSegment(ctx, "untraced", &header.Header{SamplingDecision: header.NotSampled})
			return handle(ctx, call)
		}
		ctx, stage := xray.BeginSubsegment(ctx, call.State)
		known := call.Document
		err = errUnwound
		defer func() {
			annotate(stage, call, known)
			mark(stage, err)
			stage.Close(nil)
		}()
		document, err = handle(ctx, call)
		if err == nil {
			known = document
		}
		return document, err
	}
}

// annotate writes what a person looks for; known is the document as far as the deployment has come.
func annotate(stage *xray.Segment, call deploy.Call, known deploy.Document) {
	project, lineage := whose(known)
	for _, annotation := range []struct{ key, value string }{
		{annotationProject, project},
		{annotationDeployment, call.Execution.Name},
		{annotationLineage, lineage},
		{annotationStage, call.State},
	} {
		if annotation.value != "" {
			_ = stage.AddAnnotation(annotation.key, annotation.value) // strings are always taken
		}
	}
	if known.Progress != nil && known.Progress.State == call.State {
		_ = stage.AddMetadata("verdict", string(known.Progress.Verdict))
		_ = stage.AddMetadata("message", known.Progress.Message)
	}
}

// whose are the project and the lineage of a document; before DescribeBlue has resolved them, what the request says.
func whose(document deploy.Document) (project, lineage string) {
	if document.Deployment != nil {
		return document.Deployment.Project, document.Deployment.Lineage
	}
	if document.Action != nil {
		return "", deploy.LineageOf(document.Action.Group)
	}
	project, group, _ := deploy.Asked(document.Request)
	return project, deploy.LineageOf(group)
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
