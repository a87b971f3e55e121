package ledger_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
)

// An answer counts where it is one to what is asked, in time; all else is refused, says why, and leaves the record as it is.
func TestAnswers(t *testing.T) {
	at := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	bob := &deploy.Said{By: "bob", Reason: "so it is", At: at}
	asks := func(r *ledger.Record) {
		r.Lock.Deployment.Approval = &deploy.Approval{TimeoutSeconds: 600, OnTimeout: deploy.SilenceAborts}
		r.Lock.Asked = &ledger.Asked{At: at.Add(-time.Minute), Until: at.Add(9 * time.Minute)}
	}
	for name, c := range map[string]struct {
		verb   deploy.Verb
		record func(*ledger.Record)
		want   string // of the refusal; empty: it counts
	}{
		"a yes":                             {deploy.Approve, asks, ""},
		"an abort":                          {deploy.Abort, func(*ledger.Record) {}, ""},
		"an abort after a yes":              {deploy.Abort, func(r *ledger.Record) { asks(r); r.Lock.Deployment.Approved = bob }, ""},
		"an abort after the time":           {deploy.Abort, func(r *ledger.Record) { asks(r); r.Lock.Asked.Silent = true }, ""},
		"an abort while blue leaves":        {deploy.Abort, func(r *ledger.Record) { r.Lock.Stage = ledger.Leaving }, ""},
		"a yes that nobody wants":           {deploy.Approve, func(*ledger.Record) {}, "asks for no approval"},
		"a yes before the question":         {deploy.Approve, func(r *ledger.Record) { asks(r); r.Lock.Asked = nil }, "nobody was asked yet"},
		"a yes as the time is up":           {deploy.Approve, func(r *ledger.Record) { asks(r); r.Lock.Asked.Until = at }, "the time to answer was up at 2026-11-21 03:00:00 UTC"},
		"a yes after it was noted":          {deploy.Approve, func(r *ledger.Record) { asks(r); r.Lock.Asked.Silent = true }, "the time to answer was up"},
		"a second yes":                      {deploy.Approve, func(r *ledger.Record) { asks(r); r.Lock.Deployment.Approved = bob }, "approved already, by bob, 2026-11-21 03:00:00 UTC: so it is"},
		"a yes after an abort":              {deploy.Approve, func(r *ledger.Record) { asks(r); r.Lock.Deployment.Aborted = bob }, "aborted already, by bob"},
		"a second abort":                    {deploy.Abort, func(r *ledger.Record) { r.Lock.Deployment.Aborted = bob }, "aborted already, by bob"},
		"an abort after the commit":         {deploy.Abort, func(r *ledger.Record) { r.Lock.Stage = ledger.Committed }, "only by a rollback"},
		"an abort on the way back":          {deploy.Abort, func(r *ledger.Record) { r.Lock.Stage = ledger.Removing }, "on its way back already"},
		"an abort of what another left":     {deploy.Abort, func(r *ledger.Record) { r.Lock.Deployment.Execution = "another" }, "only undoes or finishes what another left"},
		"an abort of a deployment in place": {deploy.Abort, func(r *ledger.Record) { r.Lock.Deployment.Strategy = deploy.StrategyInPlace }, "in place cannot be answered for yet"},
		"an answer for another execution":   {deploy.Abort, func(r *ledger.Record) { r.Lock.Execution = "another" }, "is worked on by another, and not by mine"},
		"an answer for nobody":              {deploy.Abort, func(r *ledger.Record) { r.Lock = nil }, "works on nothing of web"},
	} {
		meet(t, func(w *world) {
			record := held("mine", "mine", ledger.Creating)
			c.record(&record)
			before := w.put(record)
			said := deploy.Said{By: "ann", Reason: "it is", At: at}
			_, err := w.ledger.Answer(context.Background(), lineage, "mine", c.verb, said)
			now := w.get()
			switch {
			case c.want == "" && (err != nil || now.Version != before.Version+1):
				t.Errorf("%s: %v", name, err)
			case c.want == "":
				noted := map[deploy.Verb]*deploy.Said{deploy.Approve: now.Lock.Deployment.Approved, deploy.Abort: now.Lock.Deployment.Aborted}[c.verb]
				if noted == nil || *noted != said {
					t.Errorf("%s: the record has %v", name, noted)
				}
			case nameOf(err) != fault.Conflict || !strings.Contains(err.Error(), c.want) || now.Version != before.Version:
				t.Errorf("%s: %v, at version %d, not %d; want %q", name, err, now.Version, before.Version, c.want)
			}
		})
	}
}

// Once it is aborted no forward stage holds; what turns it back does, and what follows.
func TestAnAbortStopsWhatGoesForward(t *testing.T) {
	for _, stage := range []ledger.Stage{ledger.Creating, ledger.Switching, ledger.Leaving} {
		meet(t, func(w *world) {
			record := held("mine", "mine", stage)
			record.Lock.Deployment.Aborted = &deploy.Said{By: "ann"}
			w.put(record)
			holder := ledger.Holder{Ledger: w.ledger, Lineage: lineage, Execution: "mine", Deployment: "mine"}
			if _, err := holder.Check(context.Background(), stage); nameOf(err) != fault.Aborted {
				t.Errorf("at %s: %v", stage, err)
			}
			turned, err := holder.TurnBack(context.Background())
			if err != nil || turned.Lock.Stage != ledger.Restoring || turned.Lock.From != stage {
				t.Errorf("at %s: %v", stage, err)
				return
			}
			if _, err := holder.Check(context.Background(), ledger.Restoring); err != nil {
				t.Errorf("from %s: %v", stage, err)
			}
		})
	}
}
