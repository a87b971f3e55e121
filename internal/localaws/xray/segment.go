package xray

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
)

// subsegment is the type of a document that is part of another one, sent on its own.
const subsegment = "subsegment"

// Segment is a segment document, or a subsegment, as far as AWS's services write them (X-Ray developer guide, segment
// documents).
type Segment struct {
	TraceID     string         `json:"trace_id,omitempty"`
	ID          string         `json:"id"`
	ParentID    string         `json:"parent_id,omitempty"`
	Type        string         `json:"type,omitempty"` // "subsegment" of one that is sent on its own
	Name        string         `json:"name"`
	Origin      string         `json:"origin,omitempty"` // kind of resource, e.g. AWS::Lambda::Function; of segments only
	ResourceARN string         `json:"resource_arn,omitempty"`
	Namespace   string         `json:"namespace,omitempty"` // "aws" of a call to AWS
	Start       float64        `json:"start_time"`          // Unix time, seconds (Seconds)
	End         float64        `json:"end_time,omitempty"`
	InProgress  bool           `json:"in_progress,omitempty"`
	Error       bool           `json:"error,omitempty"` // the caller's mistake
	Fault       bool           `json:"fault,omitempty"` // the service's
	Throttle    bool           `json:"throttle,omitempty"`
	Cause       *Cause         `json:"cause,omitempty"`
	HTTP        *HTTP          `json:"http,omitempty"`
	AWS         map[string]any `json:"aws,omitempty"`
	Annotations map[string]any `json:"annotations,omitempty"` // strings, float64s and bools
	Subsegments []Segment      `json:"subsegments,omitempty"`
}

// Cause is what went wrong.
type Cause struct {
	Exceptions []Exception `json:"exceptions"`
}

// Exception is one error.
type Exception struct {
	ID      string `json:"id"`
	Type    string `json:"type,omitempty"`
	Message string `json:"message,omitempty"`
}

// HTTP is a request and its answer.
type HTTP struct {
	Response Response `json:"response"`
}

// Response is the answer to a request.
type Response struct {
	Status int `json:"status"`
}

// longestMessage bounds an exception's message, in bytes: a cause may be a report of 32,768 characters.
const longestMessage = 500

// Because is the cause of a segment: one error.
func Because(id, name, message string) *Cause {
	if len(message) > longestMessage {
		message = message[:longestMessage] + "…"
	}
	return &Cause{Exceptions: []Exception{{ID: id, Type: name, Message: message}}}
}

// Seconds is a time as documents have it.
func Seconds(at time.Time) float64 { return float64(at.UnixMicro()) / 1e6 }

// timeOf is the time that a document's number says.
func timeOf(seconds float64) time.Time { return time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC() }

// Ids follow from what they stand for, so that a trace changes no other draw of the model.

// ID is the id of a segment that the given texts, together, name.
func ID(of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\n")))
	return hex.EncodeToString(sum[:8])
}

// TraceID is the id of a trace that begins at a time, for what the given texts, together, name.
func TraceID(at time.Time, of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\n")))
	return fmt.Sprintf("1-%08x-%s", at.Unix(), hex.EncodeToString(sum[8:20]))
}

// share is where an id lies among all ids: in [0, 1).
func share(id string) float64 {
	sum := sha256.Sum256([]byte(id))
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}

var (
	traceIDForm   = regexp.MustCompile(`^1-[0-9a-f]{8}-[0-9a-f]{24}$`)
	segmentIDForm = regexp.MustCompile(`^[0-9a-f]{16}$`)
)
