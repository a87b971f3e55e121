package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// summary is what a demonstration showed.
type summary struct {
	EndState          string         `json:"end_state"`
	ExecutionARN      string         `json:"execution_arn"`
	Error             string         `json:"error,omitempty"`
	Cause             string         `json:"cause,omitempty"`
	Speed             float64        `json:"speed"`
	DeploymentSeconds float64        `json:"deployment_seconds"`
	WallSeconds       float64        `json:"wall_seconds"`
	Stages            []stageTime    `json:"stages"`
	Requests          *trafficCounts `json:"requests,omitempty"`        // of a web fleet
	FailedRequests    []string       `json:"failed_requests,omitempty"` // some of them, in words
	Jobs              *jobCounts     `json:"jobs,omitempty"`            // of a fleet of workers
	LowestServing     int            `json:"lowest_serving"`            // at the worst moment: healthy instances that traffic could reach, workers that took jobs
	Stands            view           `json:"stands"`
	Promises          []promise      `json:"promises"`
}

// promise is one of the product's promises and whether it held.
type promise struct {
	Promise string `json:"promise"`
	Kept    bool   `json:"kept"`
	Why     string `json:"why"`
}

// expectation is what a demonstration must show.
type expectation struct {
	endState string
	serving  int    // instances that serve, at every moment
	blue     string // the group that serves before
	balanced bool   // the fleet stands behind a load balancer
}

// judge fills in the promises.
func (s *summary) judge(want expectation) {
	add := func(kept bool, promised, why string, args ...any) {
		s.Promises = append(s.Promises, promise{Promise: promised, Kept: kept, Why: fmt.Sprintf(why, args...)})
	}
	add(s.EndState == want.endState, "the execution ends "+want.endState, "it ended %s", s.EndState)
	if r := s.Requests; r != nil {
		add(r.Failed == 0 && r.Sent > 0, "no request fails", "%d of %d failed", r.Failed, r.Sent)
	}
	if j := s.Jobs; j != nil {
		add(j.Once == j.Sent && j.Sent > 0, "every job is done exactly once", "%d of %d; %d more than once, %d lost", j.Once, j.Sent, j.Again, j.Lost)
		add(j.CutShort == 0, "no job is cut short", "%d were", j.CutShort)
	}
	serve := "instances serve"
	if s.Jobs != nil {
		serve = "workers take jobs"
	}
	add(s.LowestServing >= want.serving, fmt.Sprintf("never fewer than %d %s", want.serving, serve), "the fewest were %d", s.LowestServing)
	kept, why := s.worldMatches(want)
	add(kept, "the world is what the end state says", "%s", why)
}

// worldMatches compares what stands with the end state: one group at full size and healthy, the other empty or gone.
func (s *summary) worldMatches(want expectation) (bool, string) {
	var serving []string
	for _, g := range s.Stands.Groups {
		if g.Desired == 0 && len(g.Instances) == 0 && len(g.Targets) == 0 {
			continue
		}
		if int(g.Desired) < want.serving || g.Instances["InService"] < want.serving || want.balanced && g.Targets["healthy"] < want.serving {
			return false, fmt.Sprintf("%s: desired %d, %s (%s)", g.Name, g.Desired, countsText(g.Instances, "no instances"), countsText(g.Targets, "no targets"))
		}
		serving = append(serving, g.Name)
	}
	if len(serving) != 1 {
		return false, fmt.Sprintf("%d groups serve: %s", len(serving), strings.Join(serving, ", "))
	}
	if blueServes := serving[0] == want.blue; blueServes != (want.endState != "Succeeded") {
		return false, serving[0] + " serves"
	}
	return true, serving[0] + " serves alone"
}

// broken lists the promises that did not hold.
func (s *summary) broken() []promise {
	return slices.DeleteFunc(slices.Clone(s.Promises), func(p promise) bool { return p.Kept })
}

func (s *summary) writeJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(s)
}

// writeText writes the summary for people.
func (s *summary) writeText(w io.Writer) error {
	fmt.Fprintf(w, "\n%s in %.0f s of deployment time (%.1f s on this machine, %g times as fast)\n", s.EndState, s.DeploymentSeconds, s.WallSeconds, s.Speed)
	if s.Error != "" {
		fmt.Fprintf(w, "%s: %s\n", s.Error, s.causeText())
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nStage\tVisits\tDeployment s\tWall s")
	for _, stage := range s.Stages {
		fmt.Fprintf(t, "%s\t%d\t%.1f\t%.2f\n", stage.Name, stage.Visits, stage.DeploymentSeconds, stage.WallSeconds)
	}
	fmt.Fprintln(t, "\nAuto Scaling group\tMin\tDesired\tMax\tInstances\tTargets")
	for _, g := range s.Stands.Groups {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\t%s\n", g.Name, g.Min, g.Desired, g.Max, countsText(g.Instances, "none"), countsText(g.Targets, "none"))
	}
	s.writeLoad(t)
	fmt.Fprintln(t, "\nPromises")
	for _, p := range s.Promises {
		mark := "kept"
		if !p.Kept {
			mark = "BROKEN"
		}
		fmt.Fprintf(t, "%s\t%s\t(%s)\n", mark, p.Promise, p.Why)
	}
	for _, failure := range s.FailedRequests {
		fmt.Fprintf(t, "\nfailed request: %s", failure)
	}
	return t.Flush()
}

// writeLoad writes what became of the requests or the jobs.
func (s *summary) writeLoad(t io.Writer) {
	if len(s.Stands.TargetGroups) > 0 {
		fmt.Fprintln(t, "\nTarget group\tTargets\tInstances of")
	}
	for _, g := range s.Stands.TargetGroups {
		fmt.Fprintf(t, "%s\t%s\t%s\n", g.Name, countsText(g.Targets, "none"), strings.Join(slices.Sorted(maps.Keys(g.ByGroup)), ", "))
	}
	if r := s.Requests; r != nil {
		fmt.Fprintf(t, "\nRequests\nsent\t%d\nof them slow (5 to 20 s)\t%d\nfailed\t%d\n", r.Sent, r.Slow, r.Failed)
		for _, group := range slices.Sorted(maps.Keys(r.ByGroup)) {
			fmt.Fprintf(t, "answered by %s\t%d\n", group, r.ByGroup[group])
		}
		fmt.Fprintf(t, "fewest healthy instances serving\t%d\n", s.LowestServing)
	}
	if j := s.Jobs; j != nil {
		fmt.Fprintf(t, "\nJobs\nsent\t%d\ndone exactly once\t%d\ndone more than once\t%d\n", j.Sent, j.Once, j.Again)
		fmt.Fprintf(t, "cut short\t%d\nlost\t%d\nfewest workers at work\t%d\n", j.CutShort, j.Lost, s.LowestServing)
	}
}

// report is as much of the product's report, which is an execution's cause, as the summary tells.
type report struct {
	End  string   `json:"end"`
	What string   `json:"what"`
	Next []string `json:"next"`
}

// readReport reads a cause that is a report; any other gives the empty report.
func readReport(cause string) report {
	var r report
	if json.Unmarshal([]byte(cause), &r) != nil {
		return report{}
	}
	return r
}

// causeText is what a person reads of the cause: what happened and what to do next, if it is a report.
func (s *summary) causeText() string {
	r := readReport(s.Cause)
	if r.What == "" {
		return s.Cause
	}
	return strings.Join(append([]string{r.What}, r.Next...), "\n  next: ")
}
