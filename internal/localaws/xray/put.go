package xray

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/aws/aws-sdk-go-v2/service/xray/types"

	"bluegreen/internal/localaws/wire"
)

// refusal is why one document is not kept. AWS documents no list of the codes; these are the ones that users report
// (unverified beyond ParseError, MissingId and InvalidTraceId).
type refusal struct{ id, code string }

func (r refusal) unprocessed() types.UnprocessedTraceSegment {
	return types.UnprocessedTraceSegment{Id: &r.id, ErrorCode: &r.code, Message: aws.String("Invalid segment. ErrorCode: " + r.code)}
}

func (t *Traces) putTraceSegments(_ *wire.Call, in *sdk.PutTraceSegmentsInput) (*sdk.PutTraceSegmentsOutput, error) {
	out := &sdk.PutTraceSegmentsOutput{UnprocessedTraceSegments: []types.UnprocessedTraceSegment{}}
	for _, text := range in.TraceSegmentDocuments {
		if refused := t.put([]byte(text)); refused != nil {
			out.UnprocessedTraceSegments = append(out.UnprocessedTraceSegments, refused.unprocessed())
		}
	}
	return out, nil
}

// put keeps a document as a client sends it, or says why not.
func (t *Traces) put(text []byte) *refusal {
	var s Segment
	if err := json.Unmarshal(text, &s); err != nil {
		return &refusal{code: "ParseError"}
	}
	code := ""
	switch {
	case s.ID == "":
		code = "MissingId"
	case !segmentIDForm.MatchString(s.ID):
		code = "InvalidId"
	case !traceIDForm.MatchString(s.TraceID):
		code = "InvalidTraceId"
	case s.Name == "" || len(s.Name) > 200:
		code = "InvalidName"
	case s.Start <= 0 || s.End < s.Start && !s.InProgress:
		code = "InvalidTime"
	case s.ParentID != "" && !segmentIDForm.MatchString(s.ParentID), s.Type == subsegment && s.ParentID == "":
		code = "InvalidParentId"
	case len(text) > t.settings.SegmentSize:
		code = "SegmentTooLarge"
	default:
		t.keep(s.TraceID, s.ID, text)
		return nil
	}
	return &refusal{s.ID, code}
}
