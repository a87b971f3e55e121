package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"bluegreen/internal/deploy"
	"bluegreen/internal/load"
	"bluegreen/internal/observe"
)

// Summary is what a demonstration showed.
type Summary struct {
	EndState          string              `json:"end_state"`
	ExecutionARN      string              `json:"execution_arn"`
	Error             string              `json:"error,omitempty"`
	Cause             string              `json:"cause,omitempty"`
	Speed             float64             `json:"speed"`
	DeploymentSeconds float64             `json:"deployment_seconds"`
	WallSeconds       float64             `json:"wall_seconds"`
	Stages            []observe.StageTime `json:"stages"`
	load.Measured
	Growth   *Growth      `json:"growth,omitempty"` // of a fleet that scales
	Stands   observe.View `json:"stands"`
	Promises []Promise    `json:"promises"`

	Images map[string]int `json:"images,omitempty"` // of a group that stays: how many of its instances run each

	Rollback    string       `json:"rollback,omitempty"` // end state of the rollback; empty: there was none
	Comparisons []Comparison `json:"comparisons,omitempty"`
}

// Promise is one of the product's promises and whether it held.
type Promise struct {
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
	stays    bool   // its instances are replaced, and the group is not
	image    string // that is deployed
}

func (s *Summary) add(kept bool, promised, why string, args ...any) {
	s.Promises = append(s.Promises, Promise{Promise: promised, Kept: kept, Why: fmt.Sprintf(why, args...)})
}

// judge fills in the promises.
func (s *Summary) judge(want expectation) {
	s.add(s.EndState == want.endState, "the execution ends "+want.endState, "it ended %s", s.EndState)
	if r := s.Requests; r != nil {
		s.add(r.Failed == 0 && r.Sent > 0, "no request fails", "%d of %d failed", r.Failed, r.Sent)
	}
	if j := s.Jobs; j != nil {
		s.add(j.Once == j.Sent && j.Sent > 0, "every job is done exactly once", "%d of %d; %d more than once, %d lost", j.Once, j.Sent, j.Again, j.Lost)
		s.add(j.CutShort == 0, "no job is cut short", "%d were", j.CutShort)
	}
	serve := "instances serve"
	if s.Jobs != nil {
		serve = "workers take jobs"
	}
	s.add(s.LowestServing >= want.serving, fmt.Sprintf("never fewer than %d %s", want.serving, serve), "the fewest were %d", s.LowestServing)
	kept, why := s.worldMatches(want)
	s.add(kept, "the world is what the end state says", "%s", why)
	if want.stays {
		s.judgeImages(want)
	}
	s.judgeCopy(s.add)
	if s.Growth != nil {
		s.judgeGrowth(want)
	}
}

// judgeImages holds that every instance of a group that stays runs one image: the one that is deployed, or after the way back another.
func (s *Summary) judgeImages(want expectation) {
	image := "the image that is deployed"
	if want.endState != deploy.EndSucceeded {
		image = "the image that they ran before"
	}
	deployed := s.Images[want.image] > 0
	s.add(len(s.Images) == 1 && deployed == (want.endState == deploy.EndSucceeded), "all instances of "+want.blue+" run "+image, "instances by image: %v", s.Images)
}

// worldMatches compares what stands with the end state: one group at full size and healthy, the other empty or gone.
func (s *Summary) worldMatches(want expectation) (bool, string) {
	var serving []string
	for _, g := range s.Stands.Groups {
		if g.Desired == 0 && len(g.Instances) == 0 && len(g.Targets) == 0 {
			continue
		}
		if int(g.Desired) < want.serving || g.Instances["InService"] < want.serving || want.balanced && g.Healthy() < want.serving {
			return false, fmt.Sprintf("%s: desired %d, %s (%s)", g.Name, g.Desired, observe.CountsText(g.Instances, "no instances"), observe.CountsText(g.Targets, "no targets"))
		}
		serving = append(serving, g.Name)
	}
	if len(serving) != 1 {
		return false, fmt.Sprintf("%d groups serve: %s", len(serving), strings.Join(serving, ", "))
	}
	if blueServes := serving[0] == want.blue; blueServes != (want.stays || want.endState != deploy.EndSucceeded) {
		return false, serving[0] + " serves"
	}
	return true, serving[0] + " serves alone"
}

// broken lists the promises that did not hold.
func (s *Summary) broken() []Promise {
	return slices.DeleteFunc(slices.Clone(s.Promises), func(p Promise) bool { return p.Kept })
}

// ErrPromiseBroken is a demonstration that ran to its end and showed that a promise does not hold.
var ErrPromiseBroken = errors.New("a promise broke")

// Err names the promises that did not hold; nil when every one did.
func (s *Summary) Err() error {
	broken := s.broken()
	if len(broken) == 0 {
		return nil
	}
	texts := make([]string, len(broken))
	for n, p := range broken {
		texts[n] = fmt.Sprintf("%q (%s)", p.Promise, p.Why)
	}
	return fmt.Errorf("%w: %s; \"bluegreen local\" keeps the same world up to look into it", ErrPromiseBroken, strings.Join(texts, ", "))
}

// WriteJSON writes the summary for programs.
func (s *Summary) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(s)
}

// WriteText writes the summary for people.
func (s *Summary) WriteText(w io.Writer) error {
	s.writeCopies(w)
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
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\t%s\n", g.Name, g.Min, g.Desired, g.Max, observe.CountsText(g.Instances, "none"), observe.CountsText(g.Targets, "none"))
	}
	s.writeLoad(t)
	s.writeGrowth(t)
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
func (s *Summary) writeLoad(t io.Writer) {
	if groups := s.Stands.TargetGroups; len(groups) > 0 {
		what := "Target group"
		if groups[0].Classic {
			what = "Load balancer"
		}
		fmt.Fprintf(t, "\n%s\tTargets\tInstances of\n", what)
	}
	for _, g := range s.Stands.TargetGroups {
		fmt.Fprintf(t, "%s\t%s\t%s\n", g.Name, observe.CountsText(g.Targets, "none"), strings.Join(slices.Sorted(maps.Keys(g.ByGroup)), ", "))
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

// causeText is what a person reads of the cause: what happened and what to do next, if it is a report.
func (s *Summary) causeText() string {
	r := observe.Report(s.Cause)
	if r.What == "" {
		return s.Cause
	}
	return strings.Join(append([]string{r.What}, r.Next...), "\n  next: ")
}
