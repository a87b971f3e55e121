package guardrails_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/guardrails"
)

func parse(t interface {
	Helper()
	Fatal(...any)
}, text string) guardrails.Policy {
	t.Helper()
	p, err := guardrails.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func request(t *testing.T, more string) deploy.Request {
	t.Helper()
	r, err := deploy.ParseRequest([]byte(`{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}` + more + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const freezes = `{"freezes": [
	{"name": "weekend", "time_zone": "Asia/Tokyo", "weekly": [{"from": "Friday 17:00", "to": "Monday 08:00"}]},
	{"name": "night", "time_zone": "America/New_York", "weekly": [{"from": "Sunday 01:30", "to": "Sunday 03:30"}]},
	{"name": "year-end", "time_zone": "Asia/Tokyo", "once": [{"from": "2026-12-28 12:00", "to": "2027-01-04 09:00"}], "override": "refused"}
]}`

// A freeze holds from its first minute to the minute before its last, on clocks on its own wall: also over the weekend's
// turn of the week, and where the clock is put forward (2026-03-08 in New York) or back (2026-11-01).
func TestFreezes(t *testing.T) {
	p := parse(t, freezes)
	tests := []struct {
		now  string
		free string // first moment without a freeze
	}{
		{"2026-11-20T16:59:59+09:00", "2026-11-20T16:59:59+09:00"},
		{"2026-11-20T17:00:00+09:00", "2026-11-23T08:00:00+09:00"},
		{"2026-11-21T00:00:00+09:00", "2026-11-23T08:00:00+09:00"},
		{"2026-11-22T23:00:00+09:00", "2026-11-23T08:00:00+09:00"},
		{"2026-11-23T07:59:59+09:00", "2026-11-23T08:00:00+09:00"},
		{"2026-11-23T08:00:00+09:00", "2026-11-23T08:00:00+09:00"},
		{"2026-12-25T18:00:00+09:00", "2026-12-28T08:00:00+09:00"},
		{"2026-12-28T12:00:00+09:00", "2027-01-04T09:00:00+09:00"}, // the weekend ends before it
		{"2026-03-08T01:29:59-05:00", "2026-03-09T08:00:00+09:00"},
		{"2026-03-08T01:30:00-05:00", "2026-03-09T08:00:00+09:00"},
		{"2026-11-01T00:30:00-04:00", "2026-11-02T08:00:00+09:00"},
	}
	for _, test := range tests {
		free, found := p.Free(at(t, test.now))
		if want := at(t, test.free); !found || !free.Equal(want) {
			t.Errorf("at %s: free from %s (%t), want %s", test.now, free, found, want)
		}
	}
}

func TestClocksPutForwardAndBack(t *testing.T) {
	p := parse(t, `{"freezes": [{"name": "night", "time_zone": "America/New_York", "weekly": [{"from": "Sunday 01:30", "to": "Sunday 03:30"}]}]}`)
	for _, test := range []struct {
		now, free string
	}{
		{"2026-03-08T06:29:00Z", "2026-03-08T06:29:00Z"},
		{"2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"}, // 01:30 EST to 03:30 EDT: one hour
		{"2026-11-01T05:30:00Z", "2026-11-01T08:30:00Z"}, // 01:30 EDT to 03:30 EST: three hours
		{"2026-11-01T08:29:00Z", "2026-11-01T08:30:00Z"},
	} {
		if free, _ := p.Free(at(t, test.now)); !free.Equal(at(t, test.free)) {
			t.Errorf("at %s: free from %s, want %s", test.now, free.UTC(), test.free)
		}
	}
}

// Nothing may begin in a freeze, whatever the week, and something may when it is over.
func TestAWeeklyFreezeHoldsEveryMinuteOfIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, length := rapid.IntRange(0, 7*24*60-1).Draw(t, "from"), rapid.IntRange(1, 7*24*60-1).Draw(t, "length")
		name := func(minute int) string {
			minute %= 7 * 24 * 60
			return fmt.Sprintf("%s %02d:%02d", time.Weekday(minute/24/60), minute/60%24, minute%60)
		}
		p := parse(t, fmt.Sprintf(`{"freezes": [{"name": "f", "time_zone": "Asia/Tokyo", "weekly": [{"from": %q, "to": %q}]}]}`, name(from), name(from+length)))
		zone := time.FixedZone("", 9*3600)
		begins := time.Date(2026, 11, 1, 0, from, 0, 0, zone).AddDate(0, 0, 7*rapid.IntRange(0, 60).Draw(t, "week")) // a Sunday
		ends := begins.Add(time.Duration(length) * time.Minute)
		inside := begins.Add(time.Duration(rapid.IntRange(0, length*60-1).Draw(t, "second")) * time.Second)
		if free, found := p.Free(inside); !found || !free.Equal(ends) {
			t.Errorf("at %s: free from %s, want %s", inside, free, ends)
		}
		for _, outside := range []time.Time{begins.Add(-time.Second), ends} {
			if free, _ := p.Free(outside); !free.Equal(outside) {
				t.Errorf("at %s, outside of %s to %s: free from %s", outside, begins, ends, free)
			}
		}
	})
}

func TestAFreezeWithoutEnd(t *testing.T) {
	p := parse(t, `{"freezes": [{"name": "always", "time_zone": "UTC", "weekly": [{"from": "Sunday 00:00", "to": "Wednesday 00:00"}, {"from": "Wednesday 00:00", "to": "Sunday 00:00"}]}]}`)
	now := at(t, "2026-11-21T03:00:00Z")
	if free, found := p.Free(now); found {
		t.Errorf("free from %s", free)
	}
	if _, err := p.Begin(request(t, ""), "ec-mqagt-dev-asg", now); err == nil || strings.Contains(err.Error(), "start again") {
		t.Errorf("got %v", err)
	}
}

func TestOverrides(t *testing.T) {
	p := parse(t, freezes)
	override := func(until string) deploy.Request {
		return request(t, `, "override_freeze": {"by": "me", "reason": "now", "until": "`+until+`"}`)
	}
	tests := []struct {
		now, until string
		lifted     string
		wrong      string
	}{
		{"2026-11-21T12:00:00+09:00", "2026-11-21T12:00:01+09:00", "weekend", ""},
		{"2026-11-21T12:00:00+09:00", "2026-11-22T12:00:00+09:00", "weekend", ""},
		{"2026-11-21T12:00:00+09:00", "2026-11-22T12:00:01+09:00", "", "must be within 24 hours"},
		{"2026-11-21T12:00:00+09:00", "2026-11-21T12:00:00+09:00", "", "must be ahead"},
		{"2026-11-22T16:00:00+09:00", "2026-11-22T18:00:00+09:00", "weekend, night", ""},
		{"2026-12-29T12:00:00+09:00", "2026-12-29T18:00:00+09:00", "", "may not be overridden"},
		{"2026-11-24T12:00:00+09:00", "2026-11-20T12:00:00+09:00", "", ""}, // no freeze: it means nothing
	}
	for _, test := range tests {
		used, err := p.Begin(override(test.until), "ec-mqagt-dev-asg", at(t, test.now))
		lifted := ""
		if used != nil {
			lifted = strings.Join(used.Freezes, ", ")
		}
		if lifted != test.lifted || (err == nil) != (test.wrong == "") || (err != nil && !strings.Contains(err.Error(), test.wrong)) {
			t.Errorf("at %s until %s: lifted %q, %v", test.now, test.until, lifted, err)
		}
		if f := (*fault.Error)(nil); err != nil && (!errors.As(err, &f) || f.Name != fault.Forbidden) {
			t.Errorf("at %s: %v is not Forbidden", test.now, err)
		}
	}
}

func TestGroupPatterns(t *testing.T) {
	tests := []struct {
		pattern, group string
		allowed        bool
	}{
		{"*", "anything", true},
		{"ec-*-dev-asg", "ec-mqagt-dev-asg", true},
		{"ec-*-dev-asg", "ec-mqagt-prod-asg", false},
		{"ec-*", "my-ec-1", false},
		{"web-??", "web-01", true},
		{"web-??", "web-001", false},
		{"a.c", "abc", false},
		{"a.c", "a.c", true},
	}
	for _, test := range tests {
		_, err := parse(t, fmt.Sprintf(`{"groups": [%q]}`, test.pattern)).Begin(request(t, ""), test.group, time.Time{})
		if (err == nil) != test.allowed {
			t.Errorf("%s, %s: %v", test.pattern, test.group, err)
		}
	}
}

// A limit holds for what a rollback's request says; what it leaves out is moved inside the limits, and that is said. A
// deployment that leaves it out has the default, which is not allowed then.
func TestARollbackIsHeldToWhatItSays(t *testing.T) {
	p := parse(t, `{"health": {"most_timeout_seconds": 600, "least_consecutive": 3}, "drain": {"most_timeout_seconds": 60, "on_timeout": ["retain"]},
		"blue_after": {"then": ["delete"]}}`)
	const consecutive = "health.consecutive is 3: the request leaves it out, and the guardrails do not allow the default, 2"
	for _, test := range []struct {
		more  string
		moved []string
		wrong string
	}{
		{`, "action": "rollback"`, []string{
			"health.timeout_seconds is 600: the request leaves it out, and the guardrails do not allow the default, 1800", consecutive,
			"drain.timeout_seconds is 60: the request leaves it out, and the guardrails do not allow the default, 900",
			"blue_after.then is delete: the request leaves it out, and the guardrails do not allow the default, scale_to_zero",
		}, ""},
		{`, "action": "rollback", "health": {"timeout_seconds": 300}, "blue_after": {"then": "delete"}, "drain": {"command": ["true"], "timeout_seconds": 30}`,
			[]string{consecutive, "drain.on_timeout is retain: the request leaves it out, and the guardrails do not allow the default, CONTINUE"}, ""},
		{`, "action": "rollback", "health": {"timeout_seconds": 300, "consecutive": 2}, "blue_after": {"then": "delete"}, "drain": {"timeout_seconds": 30}`,
			nil, "$.health.consecutive is 2: it must be 3 at least"},
		{`, "health": {"timeout_seconds": 300}, "blue_after": {"then": "delete"}, "drain": {"timeout_seconds": 30}`,
			nil, "$.health.consecutive is 2: it must be 3 at least"},
	} {
		const all = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}`
		read := request(t, test.more)
		used, err := p.Fit(read, []byte(all+test.more+"}"))
		if err != nil {
			t.Fatal(err)
		}
		if moved := guardrails.Moved(read, used); !slices.Equal(moved, test.moved) && test.wrong == "" {
			t.Errorf("%s: moved %q, want %q", test.more, moved, test.moved)
		}
		_, err = p.Begin(used, "ec-mqagt-dev-asg", time.Time{})
		if (err == nil) != (test.wrong == "") || err != nil && !strings.HasSuffix(err.Error(), ": "+test.wrong) {
			t.Errorf("%s: %v, want %q", test.more, err, test.wrong)
		}
	}
}

// What becomes of an instance whose drain takes too long is no question where no command runs: a request could not even say
// what would be allowed.
func TestOnTimeoutIsHeldWhereACommandRuns(t *testing.T) {
	p := parse(t, `{"drain": {"on_timeout": ["retain"]}}`)
	if _, err := p.Begin(request(t, ""), "any", time.Time{}); err != nil {
		t.Error(err)
	}
	if _, err := p.Begin(request(t, `, "drain": {"command": ["true"]}`), "any", time.Time{}); err == nil {
		t.Error("CONTINUE is allowed")
	}
}

// A policy that says nothing allows whatever the product does.
func TestNoRuleIsPermissive(t *testing.T) {
	p := guardrails.Permissive()
	for _, more := range []string{
		``, `, "action": "rollback"`, `, "action": "recover"`, `, "health": {"timeout_seconds": 43200, "consecutive": 1}`,
		`, "drain": {"command": ["true"], "timeout_seconds": 172800, "on_timeout": "retain"}`, `, "blue_after": {"then": "delete"}`,
	} {
		if _, err := p.Begin(request(t, more), "any", time.Time{}); err != nil {
			t.Errorf("%s: %v", more, err)
		}
	}
	for _, strategy := range deploy.Strategies() {
		if err := p.Fleet(deploy.Request{Action: deploy.ActionDeploy}, "any", strategy, 10_000); err != nil {
			t.Error(err)
		}
	}
}
