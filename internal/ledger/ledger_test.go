package ledger_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/faults"
)

// full is a record in which everything is set that there can be.
func full() ledger.Record {
	at := time.Date(2026, 11, 21, 3, 4, 5, 0, time.UTC)
	record := held("mine", "first", ledger.Switching)
	record.Generation, record.Template = 3, &deploy.Template{ID: "lt-1", Version: "2", Specifier: "$Latest", Overrides: []deploy.Template{{ID: "lt-2", Version: "1", Specifier: "1"}}}
	record.Lock.Since, record.Lock.Drain = at, &deploy.DrainPolicy{Command: []string{"stop"}, Hook: "drain", TimeoutSeconds: 60, OnTimeout: deploy.TimeoutAbandon}
	record.Lock.From, record.Lock.Changes = ledger.Leaving, []ledger.Change{{Kind: ledger.KindMin, Of: "web", Was: "1", Set: []string{"2", "3"}}}
	record.Drain = &deploy.DrainPolicy{Command: []string{"stop"}, TimeoutSeconds: 900, OnTimeout: deploy.TimeoutContinue}
	record.Previous = &ledger.Previous{Name: "before", Sizes: deploy.Sizes{Max: 9}, Suspended: []string{"Launch"}, Template: record.Template}
	record.Outcomes = []ledger.Outcome{{Execution: "zeroth", End: deploy.EndSucceeded, Blue: "web", Green: "web-v001", At: at, Override: &deploy.Override{By: "me", Reason: "now", Until: at}}}
	return record
}

func TestRecordIsReadAsItWasWritten(t *testing.T) {
	meet(t, func(w *world) {
		written := w.put(full())
		if diff := cmp.Diff(written, w.get()); diff != "" || written.Version != 1 { // consistently: right after the write
			t.Errorf("version %d, -written +read\n%s", written.Version, diff)
		}
		if record, found, err := w.ledger.Get(context.Background(), "other"); found || err != nil || !cmp.Equal(record, ledger.Record{}) {
			t.Errorf("another lineage: %+v, found %t, %v", record, found, err)
		}
	})
	if record, found, err := (ledger.Ledger{}).Get(context.Background(), lineage); found || err != nil || !cmp.Equal(record, ledger.Record{}) {
		t.Errorf("without a table: %+v, found %t, %v", record, found, err)
	}
}

// Of two who read the same version one writes.
func TestOneOfTwoWrites(t *testing.T) {
	meet(t, func(w *world) {
		for _, read := range []ledger.Record{held("first", "first", ledger.Creating), w.put(ledger.Record{Lineage: "again"})} {
			one, other := read, read
			one.Generation, other.Generation = 1, 2
			written := w.put(one)
			if _, err := w.ledger.Put(context.Background(), other); !errors.Is(err, ledger.ErrChanged) {
				t.Errorf("version %d was written twice: %v", read.Version, err)
			}
			if now, _, err := w.ledger.Get(context.Background(), read.Lineage); err != nil || !cmp.Equal(now, written) || written.Version != read.Version+1 {
				t.Errorf("it stands %+v, %v", now, err)
			}
		}
	})
}

// The SDK tries again when no answer comes: what it finds then it has written itself.
func TestWriteWhoseAnswerWasLost(t *testing.T) {
	meet(t, func(w *world) {
		record := held("mine", "first", ledger.Creating)
		for version := range int64(12) {
			w.faults.Add(faults.Rule{Operation: "PutItem", Kind: faults.LoseAnswer})
			record = w.put(record)
			if record.Version != version+1 || !cmp.Equal(record, w.get()) {
				t.Errorf("version %d, it stands %+v", record.Version, w.get())
			}
		}
	})
}

func TestLedgerSaysWhatFailed(t *testing.T) {
	meet(t, func(w *world) {
		w.put(held("mine", "first", ledger.Creating))
		item := map[string]types.AttributeValue{ledger.KeyAttribute: &types.AttributeValueMemberS{Value: "broken"}, "lock": &types.AttributeValueMemberS{Value: "no lock"}}
		if _, err := w.ledger.Items.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: aws.String("ledger"), Item: item}); err != nil {
			t.Fatal(err)
		}
		got := make(map[string]error)
		var found [2]bool
		_, found[0], got["decoding the record of broken: "] = w.ledger.Get(context.Background(), "broken")
		w.faults.Add(faults.Rule{Kind: faults.Deny, Times: -1})
		_, found[1], got["reading the record of web: "] = w.ledger.Get(context.Background(), lineage)
		_, got["writing the record of web: "] = w.ledger.Put(context.Background(), ledger.Record{Lineage: lineage})
		for want, err := range got {
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
		if found[0] || found[1] {
			t.Error("what could not be read was found")
		}
	})
}
