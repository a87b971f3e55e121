package ledger_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/ledger"
)

// What was made for superseded fleets is remembered, the newest first, until it is taken away.
func TestSupersede(t *testing.T) {
	alarm := func(name string) []ledger.Made { return []ledger.Made{{What: ledger.MadeAlarm, Name: name}} }
	var record ledger.Record
	for n := range 3 {
		if forgotten := record.Supersede(record.Previous); forgotten != nil {
			t.Errorf("forgotten: %+v", forgotten)
		}
		record.Previous = &ledger.Previous{Name: fmt.Sprint("v", n), Made: alarm(fmt.Sprint("busy-v", n))}
	}
	if diff := cmp.Diff([]ledger.Superseded{{"v2", alarm("busy-v2")}, {"v1", alarm("busy-v1")}, {"v0", alarm("busy-v0")}}, record.Beside()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	record.Supersede(&ledger.Previous{Name: "nothing was made"})
	record.TakenAway("v1")
	record.TakenAway("v2")
	if diff := cmp.Diff([]ledger.Superseded{{"v0", alarm("busy-v0")}}, record.Beside()); diff != "" {
		t.Errorf("taken away: -want +got\n%s", diff)
	}
	if record.Previous.Name != "v2" {
		t.Errorf("%+v stands by", record.Previous)
	}
}

// Superseded fleets take 64 KiB of the record at most: the oldest are forgotten.
func TestSupersededAreBounded(t *testing.T) {
	var made []ledger.Made
	for range 100 {
		made = append(made, ledger.Made{What: ledger.MadeAlarm, Name: strings.Repeat("x", 255)})
	}
	var record ledger.Record
	var forgotten []ledger.Superseded
	for n := range 4 {
		forgotten = append(forgotten, record.Supersede(&ledger.Previous{Name: fmt.Sprint("v", n), Made: made})...)
	}
	if len(forgotten) != 2 || forgotten[0].Name != "v0" || forgotten[1].Name != "v1" || len(record.Superseded) != 2 || record.Superseded[0].Name != "v3" {
		t.Errorf("forgot %d, remembers %d", len(forgotten), len(record.Superseded))
	}
	if encoded, err := json.Marshal(record.Superseded); err != nil || len(encoded) > 64<<10 {
		t.Errorf("%d bytes, %v", len(encoded), err)
	}
}
