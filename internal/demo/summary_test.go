package demo

import (
	"bytes"
	"strings"
	"testing"

	"bluegreen/internal/alike"
	"bluegreen/internal/jobs"
	"bluegreen/internal/load"
	"bluegreen/internal/observe"
)

// kept is the summary of a demonstration in which everything went well.
func kept() *Summary {
	return &Summary{
		EndState: "Succeeded", Speed: 20, DeploymentSeconds: 300, WallSeconds: 15,
		Stages:   []observe.StageTime{{Name: "DescribeBlue", Visits: 1, DeploymentSeconds: 2, WallSeconds: 0.1}},
		Measured: load.Measured{Requests: &load.Counts{Sent: 3000, ByGroup: map[string]int{"blue": 1000, "blue-v001": 2000}}, LowestServing: 4},
		Stands: observe.View{Groups: []observe.GroupView{
			{Name: "blue", Max: 8},
			{Name: "blue-v001", Min: 2, Desired: 4, Max: 8, Instances: map[string]int{"InService": 4}, Targets: map[string]int{"healthy": 4}},
		}},
	}
}

func TestSummaryJudgesPromises(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Summary)
		broken string // promise that must be found broken; empty: none
	}{
		{"all kept", func(*Summary) {}, ""},
		{"another end", func(s *Summary) { s.EndState = "RolledBack" }, "the execution ends Succeeded"},
		{"a lost request", func(s *Summary) { s.Requests.Failed = 1 }, "no request fails"},
		{"no traffic", func(s *Summary) { s.Requests.Sent = 0 }, "no request fails"},
		{"too few for a moment", func(s *Summary) { s.LowestServing = 3 }, "never fewer than 4 instances serve"},
		{"blue still serves", func(s *Summary) {
			s.Stands.Groups[0].Desired, s.Stands.Groups[0].Instances, s.Stands.Groups[0].Targets = 4, map[string]int{"InService": 4}, map[string]int{"healthy": 4}
		}, "the world is what the end state says"},
		{"blue is not empty", func(s *Summary) { s.Stands.Groups[0].Instances = map[string]int{"Terminating": 1} }, "the world is what the end state says"},
		{"green is not healthy", func(s *Summary) { s.Stands.Groups[1].Targets = map[string]int{"healthy": 3, "unhealthy": 1} }, "the world is what the end state says"},
		{"green is no copy", func(s *Summary) {
			s.Comparisons = []Comparison{{Group: "blue-v001", Places: 9, Unexplained: []alike.Difference{{Place: "group Context", Blue: "shop"}}}}
		}, "blue-v001 is what blue was"},
		{"a copy", func(s *Summary) {
			s.Rollback, s.Comparisons = "Succeeded", []Comparison{{Group: "blue-v001", Places: 9, Explained: 2}}
		}, ""},
		{"nobody is back", func(s *Summary) { s.Rollback = "RolledBack" }, "the rollback ends Succeeded"},
		{"nobody serves", func(s *Summary) { s.Stands.Groups = s.Stands.Groups[:1] }, "the world is what the end state says"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := kept()
			test.change(s)
			judged(t, s, expectation{endState: "Succeeded", serving: 4, blue: "blue", balanced: true}, test.broken)
		})
	}
}

// judged holds the one promise that a summary is to find broken against what it finds; empty: none.
func judged(t *testing.T, s *Summary, wanted expectation, promise string) {
	t.Helper()
	s.judge(wanted)
	broken := s.broken()
	switch {
	case promise == "" && len(broken) > 0:
		t.Errorf("broken: %+v", broken)
	case promise != "" && (len(broken) != 1 || broken[0].Promise != promise):
		t.Errorf("broken: %+v, want %q", broken, promise)
	}
	if err := s.Err(); (err != nil) != (promise != "") {
		t.Errorf("error: %v", err)
	}
}

// worked is the summary of a demonstration in which workers were replaced well.
func worked() *Summary {
	s := kept()
	s.Requests, s.Jobs = nil, &jobs.Counts{Sent: 40, Once: 40}
	s.Stands.Groups[1].Targets = nil
	return s
}

func TestSummaryJudgesJobs(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Summary)
		broken string // promise that must be found broken; empty: none
	}{
		{"all kept", func(*Summary) {}, ""},
		{"a job done twice", func(s *Summary) { s.Jobs.Once, s.Jobs.Again = 39, 1 }, "every job is done exactly once"},
		{"a lost job", func(s *Summary) { s.Jobs.Once, s.Jobs.Lost = 39, 1 }, "every job is done exactly once"},
		{"no jobs", func(s *Summary) { s.Jobs = &jobs.Counts{} }, "every job is done exactly once"},
		{"a job that another had to begin again", func(s *Summary) { s.Jobs.CutShort = 1 }, "no job is cut short"},
		{"too few for a moment", func(s *Summary) { s.LowestServing = 3 }, "never fewer than 4 workers take jobs"},
		{"too few now", func(s *Summary) { s.Stands.Groups[1].Instances["InService"] = 3 }, "the world is what the end state says"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := worked()
			test.change(s)
			judged(t, s, expectation{endState: "Succeeded", serving: 4, blue: "blue"}, test.broken)
		})
	}
}

func TestSummaryTextOfJobs(t *testing.T) {
	s := worked()
	s.Jobs.CutShort = 3
	s.judge(expectation{endState: "Succeeded", serving: 4, blue: "blue"})
	var out bytes.Buffer
	if err := s.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"done exactly once       40", "cut short               3", "fewest workers at work  4", "BROKEN  no job is cut short"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "Requests") {
		t.Errorf("it tells of requests:\n%s", out.String())
	}
}

func TestSummaryOfARollback(t *testing.T) {
	s := kept()
	s.EndState = "RolledBack"
	s.Stands.Groups = []observe.GroupView{{Name: "blue", Min: 2, Desired: 4, Max: 8, Instances: map[string]int{"InService": 4}, Targets: map[string]int{"healthy": 4}}}
	s.judge(expectation{endState: "RolledBack", serving: 4, blue: "blue", balanced: true})
	if broken := s.broken(); len(broken) > 0 {
		t.Errorf("broken: %+v", broken)
	}
}

func TestSummaryText(t *testing.T) {
	s := kept()
	s.Requests.Failed, s.FailedRequests = 1, []string{"03:00:10 502 Bad Gateway"}
	s.judge(expectation{endState: "Succeeded", serving: 4, blue: "blue", balanced: true})
	var out bytes.Buffer
	if err := s.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Succeeded in 300 s", "DescribeBlue", "4 InService", "answered by blue-v001", "BROKEN", "1 of 3000 failed", "03:00:10 502 Bad Gateway"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

// A group that stays serves on, with one image: the new one, or after the way back the one before.
func TestSummaryOfAGroupThatStays(t *testing.T) {
	for _, test := range []struct {
		name, endState string
		images         map[string]int
		broken         string
	}{
		{"replaced", "Succeeded", map[string]int{"new": 4}, ""},
		{"back", "RolledBack", map[string]int{"before": 4}, ""},
		{"half", "Succeeded", map[string]int{"new": 2, "before": 2}, "all instances of blue run the image that is deployed"},
		{"nothing replaced", "Succeeded", map[string]int{"before": 4}, "all instances of blue run the image that is deployed"},
		{"not back", "RolledBack", map[string]int{"new": 4}, "all instances of blue run the image that they ran before"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := kept()
			s.EndState, s.Images, s.Stands.Groups = test.endState, test.images, s.Stands.Groups[1:]
			s.Stands.Groups[0].Name = "blue"
			judged(t, s, expectation{endState: test.endState, serving: 4, blue: "blue", balanced: true, stays: true, image: "new"}, test.broken)
		})
	}
}
