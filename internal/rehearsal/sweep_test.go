package rehearsal_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"

	"bluegreen/internal/deploy"
	"bluegreen/internal/rehearsal"
)

var onlyPoint = flag.Int("point", 0, "the `number` of the only point that TestSweep takes, of each course that -run selects")

// TestSweep repeats each course once for every AWS call, invocation and state in it, and every way that it can go wrong
// there. It prints how many points it covered; a failure prints the command that repeats just that point.
func TestSweep(t *testing.T) {
	// Rehearsals are short-lived garbage: memory for time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	table := newTable()
	for _, course := range rehearsal.Courses() {
		t.Run(course.Name, func(t *testing.T) {
			undisturbed, err := course.Run(1, rehearsal.Point{})
			if err != nil || len(undisturbed.Problems) > 0 || undisturbed.End != course.End {
				t.Fatalf("undisturbed: ended %s (%s), want %s; %v %v", undisturbed.End, undisturbed.What, course.End, err, undisturbed.Problems)
			}
			points := course.Points(undisturbed)
			if *onlyPoint > 0 {
				points = slices.DeleteFunc(points, func(p rehearsal.Point) bool { return p.Number != *onlyPoint })
			}
			s := &sweep{t: t, course: course, table: table}
			s.strikeAll(points)
			if int(s.covered.Load()) != len(points) {
				t.Errorf("%d of %d points covered", s.covered.Load(), len(points))
			}
		})
	}
	table.print()
}

// sweep takes one course's points, as many at once as there are cores.
type sweep struct {
	t       *testing.T
	course  rehearsal.Course
	table   *table
	covered atomic.Int64
}

func (s *sweep) strikeAll(points []rehearsal.Point) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(points)); i = next.Add(1) - 1 {
				if s.strike(points[i]) && points[i].Recovers() {
					s.strike(points[i].Redriven())
				}
				s.covered.Add(1)
			}
		})
	}
	workers.Wait()
}

// strike takes one point; it reports whether the execution was stranded and then recovered, so that a redrive without a
// recovery is a point of its own.
func (s *sweep) strike(p rehearsal.Point) (stranded bool) {
	outcome, err := s.course.Run(1, p)
	again := fmt.Sprintf("go test ./internal/rehearsal -run 'TestSweep/^%s$' -point=%d", s.course.Name, p.Number)
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

// table counts the points that were covered, by course.
type table struct {
	mu      sync.Mutex
	courses []string
	kinds   map[string]map[string]int // by kind and course
	ends    map[string]map[string]int // by end and course
}

func newTable() *table {
	return &table{kinds: make(map[string]map[string]int), ends: make(map[string]map[string]int)}
}

func (t *table) add(course, kind string, outcome rehearsal.Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.Contains(t.courses, course) {
		t.courses = append(t.courses, course)
	}
	end := outcome.End
	switch {
	case outcome.Stranded:
		end = deploy.EndStranded + ", put right"
	case outcome.Recovered != "":
		end = "stopped, recovered"
	}
	for _, count := range []struct {
		of  map[string]map[string]int
		row string
	}{{t.kinds, kind}, {t.ends, end}} {
		if count.of[count.row] == nil {
			count.of[count.row] = make(map[string]int)
		}
		count.of[count.row][course]++
	}
}

func (t *table) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintf(w, "points\t%s\tall\t\n", strings.Join(t.courses, "\t"))
	t.rows(w, rehearsal.Kinds(), t.kinds)
	fmt.Fprintf(w, "ends%s\t\n", strings.Repeat("\t", len(t.courses)+1))
	t.rows(w, slices.Sorted(maps.Keys(t.ends)), t.ends)
}

// rows prints one line a row and one with their sums.
func (t *table) rows(w *tabwriter.Writer, rows []string, counts map[string]map[string]int) {
	sums := make(map[string]int)
	line := func(name string, of map[string]int) {
		all := 0
		fmt.Fprintf(w, "%s\t", name)
		for _, course := range t.courses {
			fmt.Fprintf(w, "%d\t", of[course])
			all += of[course]
		}
		fmt.Fprintf(w, "%d\t\n", all)
	}
	for _, row := range rows {
		line(row, counts[row])
		for course, n := range counts[row] {
			sums[course] += n
		}
	}
	line("all", sums)
}
