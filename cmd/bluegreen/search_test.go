package main

import (
	"encoding/json"
	"testing"
)

// A search can be read by programs.
func TestSearchAsJSON(t *testing.T) {
	out, errText, code := say("search", "--seeds", "3", "--from", "1", "--json")
	var s searched
	if err := json.Unmarshal([]byte(out), &s); err != nil || code != 0 {
		t.Fatalf("code %d, %v, %q, %q", code, err, out, errText)
	}
	sum := 0
	for _, n := range s.Ends {
		sum += n
	}
	if s.Seeds != 3 || sum != 3 || s.Failures == nil || len(s.Failures) != 0 {
		t.Errorf("%+v", s)
	}
	if _, errText, code := say("search", "--json", "--text"); code != 2 {
		t.Errorf("code %d, %q", code, errText)
	}
}
