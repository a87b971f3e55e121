// Package xray is AWS X-Ray: the traces of one account, the daemon that functions send their segments to, and the API.
// The service map, groups, insights, encryption and sampling rules other than the default one are not modelled.
package xray

import (
	"encoding/json"
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings are the quotas of X-Ray that the model keeps.
type Settings struct {
	// Retention is how long a trace is kept: 30 days (Step Functions developer guide, X-Ray).
	Retention time.Duration
	// TraceSize is how many bytes of documents one trace takes; what comes later is lost, and the trace says so. AWS takes
	// 500 KB of a trace whose segments come close together, and no less than 100 KB of one that lasts (knowledge center,
	// x-ray-trace-quota-error).
	TraceSize int
	// SegmentSize is how large one document may be: 64 KB (endpoints and quotas).
	SegmentSize int
	// ReservoirPerSecond and FixedRate are the default sampling rule: the first request each second, and five percent of
	// the others (Step Functions developer guide, X-Ray).
	ReservoirPerSecond int
	FixedRate          float64
}

// DefaultSettings returns the figures that the fields' comments give.
func DefaultSettings() Settings {
	return Settings{
		Retention: 30 * 24 * time.Hour, TraceSize: 500_000, SegmentSize: 64 << 10,
		ReservoirPerSecond: 1, FixedRate: 0.05,
	}
}

// Traces are the traces of one account. The account's lock guards them; methods are called with it held, unless they say
// otherwise.
type Traces struct {
	acct     *account.Account
	settings Settings
	byID     map[string]*trace
	order    []*trace // as they began

	second  int64 // the reservoir's, in Unix time
	sampled int   // of it
}

// trace is the documents with one trace id.
type trace struct {
	id       string
	began    time.Time
	segments []*kept // in the order of their first arrival
	byID     map[string]*kept
	size     int
	limited  bool
}

// kept is the latest document of one segment or subsegment.
type kept struct{ document []byte }

// New returns an account's X-Ray: no trace.
func New(acct *account.Account, settings Settings) *Traces {
	return &Traces{acct: acct, settings: settings, byID: make(map[string]*trace)}
}

// Sample decides by the default rule whether the request that begins a trace is recorded.
func (t *Traces) Sample(traceID string) bool {
	if now := t.acct.Now().Unix(); now != t.second {
		t.second, t.sampled = now, 0
	}
	if t.sampled < t.settings.ReservoirPerSecond {
		t.sampled++
		return true
	}
	return share(traceID) < t.settings.FixedRate
}

// Record keeps a segment, or a subsegment on its own, that one of AWS's services writes. A later one with the same id
// takes its place.
func (t *Traces) Record(s Segment) {
	if s.ParentID != "" && s.Origin == "" {
		s.Type = subsegment
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings, numbers and maps of them always encode
	}
	t.keep(s.TraceID, s.ID, text)
}

// keep keeps one document that has been checked.
func (t *Traces) keep(traceID, id string, document []byte) {
	t.forget()
	into, ok := t.byID[traceID]
	if !ok {
		into = &trace{id: traceID, began: t.acct.Now(), byID: make(map[string]*kept)}
		t.byID[traceID] = into
		t.order = append(t.order, into)
	}
	was := 0
	earlier, again := into.byID[id]
	if again {
		was = len(earlier.document)
	}
	if into.size+len(document)-was > t.settings.TraceSize {
		into.limited = true
		return
	}
	into.size += len(document) - was
	if again {
		earlier.document = document
		return
	}
	into.byID[id] = &kept{document}
	into.segments = append(into.segments, into.byID[id])
}

// forget drops the traces that are too old.
func (t *Traces) forget() {
	now := t.acct.Now()
	for len(t.order) > 0 && now.Sub(t.order[0].began) > t.settings.Retention {
		delete(t.byID, t.order[0].id)
		t.order = t.order[1:]
	}
}
