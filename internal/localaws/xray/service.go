package xray

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/aws/aws-sdk-go-v2/service/xray/types"

	"bluegreen/internal/localaws/wire"
)

// mostTraces is how many traces one BatchGetTraces may ask for (X-Ray API, BatchGetTraces).
const mostTraces = 5

// Service is X-Ray's API, version 2016-04-12.
func (t *Traces) Service() wire.Service {
	return wire.Service{
		SigningName: "xray",
		Protocol:    wire.RESTJSON1,
		Version:     "2016-04-12",
		EmptyLists: map[string]wire.EmptyList{
			"TraceSummary.Users": wire.There,
		},
		Operations: []wire.Operation{
			wire.Op("PutTraceSegments", t.putTraceSegments, "TraceSegmentDocuments").REST("POST", "/TraceSegments").
				Requires("TraceSegmentDocuments"),
			wire.Op("BatchGetTraces", t.batchGetTraces, "TraceIds").REST("POST", "/Traces").Requires("TraceIds"),
			wire.Op("GetTraceSummaries", t.getTraceSummaries, "StartTime", "EndTime", "TimeRangeType", "Sampling", "FilterExpression").
				REST("POST", "/TraceSummaries").Requires("StartTime", "EndTime"),
		},
		Unions: []wire.Union{wire.UnionOf[types.AnnotationValue](
			&types.AnnotationValueMemberStringValue{}, &types.AnnotationValueMemberNumberValue{}, &types.AnnotationValueMemberBooleanValue{},
		)},
	}
}

func invalid(format string, args ...any) *wire.Error {
	return wire.Errorf("InvalidRequestException", format, args...)
}

func (t *Traces) batchGetTraces(_ *wire.Call, in *sdk.BatchGetTracesInput) (*sdk.BatchGetTracesOutput, error) {
	if len(in.TraceIds) > mostTraces {
		return nil, invalid("1 validation error detected: Value at 'traceIds' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", mostTraces)
	}
	t.forget()
	out := &sdk.BatchGetTracesOutput{Traces: []types.Trace{}, UnprocessedTraceIds: []string{}}
	for _, id := range in.TraceIds {
		if !traceIDForm.MatchString(id) {
			return nil, invalid("Invalid trace id: %s", id)
		}
		found, ok := t.byID[id]
		if !ok {
			continue // X-Ray says nothing of a trace that it does not have
		}
		answer, err := found.answer()
		if err != nil {
			return nil, err
		}
		out.Traces = append(out.Traces, answer)
	}
	return out, nil
}

func (t *trace) answer() (types.Trace, error) {
	documents, err := t.documents()
	if err != nil {
		return types.Trace{}, err
	}
	s, err := t.sum()
	if err != nil {
		return types.Trace{}, err
	}
	out := types.Trace{Id: &t.id, Duration: aws.Float64(s.duration), LimitExceeded: &t.limited, Segments: []types.Segment{}}
	for _, document := range documents {
		text, err := json.Marshal(document)
		if err != nil {
			return types.Trace{}, err
		}
		out.Segments = append(out.Segments, types.Segment{Id: aws.String(fmt.Sprint(document["id"])), Document: aws.String(string(text))})
	}
	return out, nil
}
