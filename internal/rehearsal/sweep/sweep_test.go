package sweep_test

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"bluegreen/internal/rehearsal/sweep"
)

var (
	onlyPoint = flag.Int("point", 0, "the `number` of the only point that TestSweep takes, of each course that -run selects")
	whole     = flag.Bool("whole", false, "TestSweep takes all points, not each place and a tenth of the others")
	tenth     = flag.Int("tenth", 0, "TestSweep takes those other points whose numbers end in this `digit`")
)

// maxCalls bounds a course: a sweep costs the square of it, since each call is disturbed and then all are made again.
const maxCalls = 150

// maxRich bounds the courses that have everything, forward and back; maxTwin those in which a load balancer is made, of all of which each look
// reads all.
const (
	maxRich  = 240
	maxTwin  = 320
	maxBuild = 160 // a builder and its image come before all else
	maxStay  = 200 // of a group that stays, whose way back waits until no call is under way
)

// undisturbed are all courses with what they come to and their points, rehearsed once.
var undisturbed = sync.OnceValues(func() ([]sweptCourse, error) {
	courses := sweep.Courses()
	all := make([]sweptCourse, len(courses))
	failed := make([]error, len(all))
	onAllCores(len(all), func(i int) {
		c := &all[i]
		c.course = courses[i]
		c.outcome, failed[i] = c.course.Run(1, sweep.Point{})
		c.points = c.course.Points(c.outcome)
	})
	return all, errors.Join(failed...)
})

type sweptCourse struct {
	course  sweep.Course
	outcome sweep.Outcome
	points  []sweep.Point
}

func TestCoursesAreSmallAndSound(t *testing.T) {
	courses, err := undisturbed()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range courses {
		if len(c.outcome.Problems) > 0 || c.outcome.End != c.course.End {
			t.Errorf("%s ended %s (%s), want %s; %v", c.course.Name, c.outcome.End, c.outcome.What, c.course.End, c.outcome.Problems)
		}
		most := maxCalls
		if strings.HasPrefix(c.course.Name, "rich") {
			most = maxRich
		}
		if c.course.Plan.Record != "" {
			most = maxTwin
		}
		if c.course.Plan.Builds {
			most = maxBuild
		}
		if c.course.Plan.InPlace {
			most = maxStay
		}
		if calls := len(c.outcome.Calls); calls > most {
			t.Errorf("%s makes %d AWS calls, more than %d", c.course.Name, calls, most)
		}
	}
}

// Ten changes in a row disturb everything, whatever one of them leaves out.
func TestTenTenthsAreTheWhole(t *testing.T) {
	courses, err := undisturbed()
	if err != nil {
		t.Fatal(err)
	}
	all := pointsOf(courses)
	taken := make([]map[int]bool, len(all))
	for i := range taken {
		taken[i] = make(map[int]bool)
	}
	for tenth := range 10 {
		for i, points := range sweep.Places(all, tenth) {
			if len(points) >= len(all[i]) {
				t.Errorf("tenth %d takes all of %s", tenth, courses[i].course.Name)
			}
			for _, p := range points {
				taken[i][p.Number] = true
			}
		}
	}
	for i, points := range all {
		if len(taken[i]) != len(points) {
			t.Errorf("%s: %d of %d points in ten tenths", courses[i].course.Name, len(taken[i]), len(points))
		}
	}
}

// Each place is disturbed, and no way of going wrong there more than three times.
func TestPlacesAreTakenThrice(t *testing.T) {
	courses, err := undisturbed()
	if err != nil {
		t.Fatal(err)
	}
	all, none := pointsOf(courses), -1
	taken := slices.Concat(sweep.Places(all, none)...)
	if got, want := sweep.PlacesOf(taken), sweep.PlacesOf(slices.Concat(all...)); got != want {
		t.Errorf("%d of %d places are taken", got, want)
	}
	for _, kind := range sweep.Kinds() {
		points := slices.DeleteFunc(slices.Clone(taken), func(p sweep.Point) bool { return p.Kind != kind })
		if places := sweep.PlacesOf(points); len(points) > 3*places {
			t.Errorf("%s: %d points at %d places", kind, len(points), places)
		}
	}
}

func pointsOf(courses []sweptCourse) [][]sweep.Point {
	var all [][]sweep.Point
	for _, c := range courses {
		all = append(all, c.points)
	}
	return all
}

// TestSweep repeats each course once for every point that it takes: an AWS call, an invocation or a state, and a way that it
// can go wrong there. It prints how many points it covered; a failure prints the command that repeats just that point.
func TestSweep(t *testing.T) {
	// Rehearsals are short-lived garbage: memory for time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	if *tenth < 0 || *tenth > 9 {
		t.Fatalf("-tenth=%d: it must be a digit, 0 to 9", *tenth)
	}
	courses, err := undisturbed()
	if err != nil {
		t.Fatal(err)
	}
	taken := pointsOf(courses)
	if !*whole && *onlyPoint == 0 {
		taken = sweep.Places(taken, *tenth)
	}
	table := newTable()
	for i, c := range courses {
		t.Run(c.course.Name, func(t *testing.T) {
			points := taken[i]
			if *onlyPoint > 0 {
				points = slices.DeleteFunc(points, func(p sweep.Point) bool { return p.Number != *onlyPoint })
			}
			s := &sweeper{t: t, course: c.course, table: table}
			onAllCores(len(points), func(i int) { s.take(points[i]) })
			if int(s.covered.Load()) != len(points) {
				t.Errorf("%d of %d points covered", s.covered.Load(), len(points))
			}
			table.cover(c.course.Name, points, c.points)
		})
	}
	table.print()
}

// onAllCores does n things, as many at once as there are cores.
func onAllCores(n int, do func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	workers.Wait()
}

// sweeper takes points of one course.
type sweeper struct {
	t       *testing.T
	course  sweep.Course
	table   *table
	covered atomic.Int64
}

func (s *sweeper) take(p sweep.Point) {
	if s.strike(p) && p.Recovers() {
		s.strike(p.Redriven())
	}
	s.covered.Add(1)
}

// strike takes one point; it reports whether the execution was stranded and then recovered, so that a redrive without a
// recovery is a point of its own.
func (s *sweeper) strike(p sweep.Point) (stranded bool) {
	outcome, err := s.course.Run(1, p)
	again := fmt.Sprintf("go test ./internal/rehearsal/sweep -run 'TestSweep/^%s$' -point=%d", s.course.Name, p.Number)
	if err != nil {
		s.t.Errorf("%s: %v\n    %s", p, err, again)
		return false
	}
	if len(outcome.Problems) > 0 {
		s.t.Errorf("%s\n    ended %s (%s: %s)\n    %s\n    %s", p, outcome.End, outcome.Error, outcome.What, strings.Join(outcome.Problems, "\n    "), again)
	}
	s.table.add(s.course.Name, p.Kind, outcome)
	return outcome.Stranded
}
