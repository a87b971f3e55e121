package demo

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// grew is the summary of a demonstration in which green followed its load.
func grew() *Summary {
	s := kept()
	s.Growth = &Growth{
		Doubled: []float64{44, 360}, Armed: 40, Served: 161,
		Grown: []Grown{{5, 0, 4, ""}, {166, 4, 8, ""}, {464, 8, 12, "busy"}},
	}
	return s
}

func TestSummaryJudgesGrowth(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Summary)
		broken string // promise that must be found broken; empty: none
	}{
		{"all kept", func(*Summary) {}, ""},
		{"for a moment too small", func(s *Summary) { s.TooSmallSeconds = 40 }, ""},
		{"for long too small", func(s *Summary) { s.TooSmallSeconds = 61 }, "what serves is never too small for longer than 60 s"},
		{"the load doubled once", func(s *Summary) { s.Growth.Doubled = s.Growth.Doubled[:1] }, "the load doubles twice"},
		{"policies that never act", func(s *Summary) { s.Growth.Armed = 0 }, "green's policies act from its first share on"},
		{"policies that act late", func(s *Summary) { s.Growth.Late = true }, "green's policies act from its first share on"},
		{"only the deployment grew it", func(s *Summary) { s.Growth.Grown = s.Growth.Grown[:2] }, "green grows by its own policies"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := grew()
			test.change(s)
			judged(t, s, expectation{endState: "Succeeded", serving: 4, blue: "blue", balanced: true}, test.broken)
		})
	}
}

// Where blue stays, green has nothing to grow for.
func TestSummaryOfARollbackUnderGrowth(t *testing.T) {
	s := grew()
	s.EndState, s.Growth, s.Stands.Groups = "RolledBack", &Growth{Doubled: []float64{44}}, s.Stands.Groups[1:]
	judged(t, s, expectation{endState: "RolledBack", serving: 4, blue: "blue-v001", balanced: true}, "")
}

func TestGrowthIsReadFromCauses(t *testing.T) {
	since := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	const started = "  At 2026-11-21T03:05:02Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 8 to 9."
	for cause, want := range map[string][]Grown{
		"At 2026-11-21T03:05:00Z a monitor alarm blue-v001 busy in state ALARM triggered policy busy hours changing the desired capacity from 8 to 12." + started: {{300, 8, 12, "busy hours"}},
		"At 2026-11-21T03:00:30Z a user request update of AutoScalingGroup constraints to min: 4, max: 8, desired: 8 changing the desired capacity from 4 to 8." +
			"  At 2026-11-21T03:00:31Z a monitor alarm high in state ALARM triggered policy cpu changing the desired capacity from 8 to 9." + started: {{30, 4, 8, ""}, {31, 8, 9, "cpu"}},
		"At 2026-11-21T03:05:00Z a monitor alarm low in state ALARM triggered policy cpu changing the desired capacity from 10 to 9.": nil,
		started: nil,
	} {
		if got := grownBy(cause, since); !cmp.Equal(got, want) {
			t.Errorf("%s\n%s", cause, cmp.Diff(want, got))
		}
	}
}

func TestSummaryTextOfGrowth(t *testing.T) {
	s := grew()
	s.judge(expectation{endState: "Succeeded", serving: 4, blue: "blue", balanced: true})
	var out bytes.Buffer
	if err := s.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"at 06:00  the load doubled\nat 07:44  green grew from 8 to 12 by its policy busy\n", "(at 07:44 by busy)"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}
