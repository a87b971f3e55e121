package xray

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/aws/aws-sdk-go-v2/service/xray/types"

	"bluegreen/internal/localaws/wire"
)

// summary is what one trace comes to.
type summary struct {
	start, end             time.Time // of the trace; end is zero while nothing of it has ended
	duration, responseTime float64   // seconds
	root                   Segment
	partial                bool                // a segment is in progress
	segments               []Segment           // all that are no subsegments
	annotations            map[string][]marked // by key, in the order of their segments
}

// marked is an annotation's value with the service whose segment bears it.
type marked struct {
	value   any // string, float64 or bool
	service string
}

// sum sums a trace up.
func (t *trace) sum() (*summary, error) {
	s := &summary{annotations: make(map[string][]marked)}
	here := make(map[string]bool)
	for _, kept := range t.segments {
		var segment Segment
		if err := json.Unmarshal(kept.document, &segment); err != nil {
			return nil, err
		}
		here[segment.ID] = true
		s.add(segment)
	}
	slices.SortStableFunc(s.segments, func(a, b Segment) int { return timeOf(a.Start).Compare(timeOf(b.Start)) })
	for _, segment := range s.segments {
		if !here[segment.ParentID] {
			s.root = segment
			break
		}
	}
	if !s.end.IsZero() {
		s.duration = s.end.Sub(s.start).Seconds()
	}
	if s.root.End > 0 {
		s.responseTime = timeOf(s.root.End).Sub(timeOf(s.root.Start)).Seconds()
	}
	return s, nil
}

func (s *summary) add(segment Segment) {
	if start := timeOf(segment.Start); s.start.IsZero() || start.Before(s.start) {
		s.start = start
	}
	if end := timeOf(segment.End); segment.End > 0 && end.After(s.end) {
		s.end = end
	}
	s.partial = s.partial || segment.InProgress
	if segment.Type != subsegment {
		s.segments = append(s.segments, segment)
	}
	s.annotate(segment, segment.Name)
}

func (s *summary) annotate(segment Segment, service string) {
	for key, value := range segment.Annotations {
		if m := (marked{value, service}); !slices.Contains(s.annotations[key], m) {
			s.annotations[key] = append(s.annotations[key], m)
		}
	}
	for _, child := range segment.Subsegments {
		s.annotate(child, service)
	}
}

func (t *Traces) getTraceSummaries(_ *wire.Call, in *sdk.GetTraceSummariesInput) (*sdk.GetTraceSummariesOutput, error) {
	if in.EndTime.Before(*in.StartTime) {
		return nil, invalid("StartTime must be before EndTime")
	}
	if aws.ToBool(in.Sampling) {
		return nil, wire.NotModelled("Sampling true: every trace that matches is answered")
	}
	wanted, err := parseFilter(aws.ToString(in.FilterExpression))
	if err != nil {
		return nil, err
	}
	t.forget()
	out := &sdk.GetTraceSummariesOutput{TraceSummaries: []types.TraceSummary{}, ApproximateTime: aws.Time(t.acct.Now())}
	looked := int64(0)
	for i := len(t.order) - 1; i >= 0; i-- { // the most recent first
		s, err := t.order[i].sum()
		if err != nil {
			return nil, err
		}
		within, err := s.within(*in.StartTime, *in.EndTime, in.TimeRangeType)
		if err != nil {
			return nil, err
		}
		if !within {
			continue
		}
		looked++
		if wanted(s) {
			out.TraceSummaries = append(out.TraceSummaries, s.answer(t.order[i].id))
		}
	}
	out.TracesProcessedCount = &looked
	return out, nil
}

// within says whether a trace lies in a time frame, by its start or by its last end. The start is that of the earliest
// segment; AWS takes the time in the trace id, which for AWS's own services is the same second.
func (s *summary) within(from, to time.Time, by types.TimeRangeType) (bool, error) {
	at := s.start.Truncate(time.Second)
	switch by {
	case types.TimeRangeTypeTraceId, "":
	case types.TimeRangeTypeService:
		at = s.end
	default:
		return false, wire.NotModelled("TimeRangeType %s: use TraceId or Service", by)
	}
	return !at.Before(from.Truncate(time.Second)) && !at.After(to), nil
}

func (s *summary) answer(id string) types.TraceSummary {
	out := types.TraceSummary{
		Id: &id, StartTime: &s.start, Duration: &s.duration, ResponseTime: &s.responseTime,
		HasError: &s.root.Error, HasFault: &s.root.Fault, HasThrottle: &s.root.Throttle, IsPartial: &s.partial,
		Annotations: make(map[string][]types.ValueWithServiceIds), Revision: 1,
	}
	if s.root.ID != "" {
		entry := service(s.root)
		out.EntryPoint = &entry
	}
	seen := make(map[string]bool)
	for _, segment := range s.segments {
		if key := segment.Name + " " + segment.Origin; !seen[key] {
			seen[key] = true
			out.ServiceIds = append(out.ServiceIds, service(segment))
		}
		if arn := segment.ResourceARN; arn != "" && !seen[arn] {
			seen[arn] = true
			out.ResourceARNs = append(out.ResourceARNs, types.ResourceARNDetail{ARN: &arn})
		}
	}
	for key, values := range s.annotations {
		for _, v := range values {
			out.Annotations[key] = append(out.Annotations[key], types.ValueWithServiceIds{
				AnnotationValue: annotationValue(v.value), ServiceIds: []types.ServiceId{{Name: &v.service, Names: []string{v.service}}},
			})
		}
	}
	return out
}

func service(segment Segment) types.ServiceId {
	id := types.ServiceId{Name: &segment.Name, Names: []string{segment.Name}}
	if segment.Origin != "" {
		id.Type = &segment.Origin
	}
	return id
}

func annotationValue(value any) types.AnnotationValue {
	switch value := value.(type) {
	case bool:
		return &types.AnnotationValueMemberBooleanValue{Value: value}
	case float64:
		return &types.AnnotationValueMemberNumberValue{Value: value}
	case string:
		return &types.AnnotationValueMemberStringValue{Value: value}
	}
	return nil
}
