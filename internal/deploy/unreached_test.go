package deploy_test

import (
	"fmt"
	"testing"
	"time"

	"bluegreen/internal/deploy"
)

// Each instance's time begins with the second look that sees it held, whenever others came; one that has gone on is forgotten.
func TestUnreachedInstancesAreTimedOneByOne(t *testing.T) {
	start := time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	var u deploy.Unreached
	for _, look := range []struct {
		minute int
		ids    []string
		since  map[string]int
	}{
		{0, []string{"a"}, map[string]int{"a": 0}},
		{5, []string{"a"}, map[string]int{"a": 5}},
		{20, []string{"a", "b"}, map[string]int{"a": 5, "b": 20}},
		{25, []string{"a", "b"}, map[string]int{"a": 5, "b": 25}},
		{30, []string{"b"}, map[string]int{"b": 25}},
		{35, []string{"a", "b"}, map[string]int{"a": 35, "b": 25}}, // its agent had answered meanwhile
		{40, []string{"a", "b"}, map[string]int{"a": 40, "b": 25}},
	} {
		u = u.See(look.ids, at(look.minute))
		if len(u) != len(look.ids) {
			t.Errorf("minute %d: %d are remembered, want %d", look.minute, len(u), len(look.ids))
		}
		for id, minute := range look.since {
			if got := u.Since(id, at(look.minute)); !got.Equal(at(minute)) {
				t.Errorf("minute %d: %s is held since %s, want minute %d", look.minute, id, got, minute)
			}
		}
	}
}

// What the document carries is bounded; who is not remembered is not let go.
func TestUnreachedIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)
	ids := make([]string, 1500)
	for i := range ids {
		ids[i] = fmt.Sprintf("i-%04d", i)
	}
	u := deploy.Unreached(nil).See(ids, now).See(ids, now)
	if len(u) != 1000 {
		t.Fatalf("%d are remembered, want 1000", len(u))
	}
	later := now.Add(time.Hour)
	if got := u.Since(ids[1400], later); !got.Equal(later) {
		t.Errorf("%s is held since %s, want its time not to have begun", ids[1400], got)
	}
	if u = u.See(ids[1000:], later); len(u) != 500 {
		t.Errorf("%d are remembered once the others have gone on, want 500", len(u))
	}
}
