package sweep_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"bluegreen/internal/deploy"
	"bluegreen/internal/rehearsal/sweep"
)

// table counts what was covered, by course.
type table struct {
	mu      sync.Mutex
	courses []string
	kinds   map[string]map[string]int // by kind and course
	ends    map[string]map[string]int // by end and course
	covered map[string]map[string]int // places, points, and how many points there are, by course
	points  []sweep.Point             // of all courses
}

func newTable() *table {
	return &table{kinds: make(map[string]map[string]int), ends: make(map[string]map[string]int), covered: make(map[string]map[string]int)}
}

func count(in map[string]map[string]int, row, course string, n int) {
	if in[row] == nil {
		in[row] = make(map[string]int)
	}
	in[row][course] += n
}

func (t *table) add(course, kind string, outcome sweep.Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	end := outcome.End
	switch {
	case outcome.Stranded:
		end = deploy.EndStranded + ", recovered"
	case outcome.Recovered != "":
		end = "stopped, recovered"
	}
	count(t.kinds, kind, course, 1)
	count(t.ends, end, course, 1)
}

const (
	placesRow = "places taken"
	takenRow  = "points taken"
	allRow    = "of all points"
)

// cover notes which points of a course were taken.
func (t *table) cover(course string, taken, all []sweep.Point) {
	t.courses = append(t.courses, course)
	t.points = append(t.points, taken...)
	count(t.covered, placesRow, course, sweep.PlacesOf(taken))
	count(t.covered, takenRow, course, len(taken))
	count(t.covered, allRow, course, len(all))
}

func (t *table) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintf(w, "%s\t%s\tall\t\n", what(), strings.Join(t.courses, "\t"))
	t.row(w, placesRow, t.covered[placesRow], sweep.PlacesOf(t.points)) // a place that two courses have is one
	t.row(w, takenRow, t.covered[takenRow], sum(t.covered[takenRow]))
	t.row(w, allRow, t.covered[allRow], sum(t.covered[allRow]))
	fmt.Fprintf(w, "kinds%s\t\n", strings.Repeat("\t", len(t.courses)+1))
	t.rows(w, sweep.Kinds(), t.kinds)
	fmt.Fprintf(w, "ends%s\t\n", strings.Repeat("\t", len(t.courses)+1))
	t.rows(w, slices.Sorted(maps.Keys(t.ends)), t.ends)
}

// what says which points TestSweep takes.
func what() string {
	switch {
	case *onlyPoint > 0:
		return fmt.Sprintf("point %d", *onlyPoint)
	case *whole:
		return "everything"
	}
	return fmt.Sprintf("each place and tenth %d of the rest", *tenth)
}

// rows prints one line a row and one with their sums.
func (t *table) rows(w *tabwriter.Writer, rows []string, counts map[string]map[string]int) {
	sums := make(map[string]int)
	for _, row := range rows {
		t.row(w, row, counts[row], sum(counts[row]))
		for course, n := range counts[row] {
			sums[course] += n
		}
	}
	t.row(w, "all", sums, sum(sums))
}

func (t *table) row(w *tabwriter.Writer, name string, of map[string]int, all int) {
	fmt.Fprintf(w, "%s\t", name)
	for _, course := range t.courses {
		fmt.Fprintf(w, "%d\t", of[course])
	}
	fmt.Fprintf(w, "%d\t\n", all)
}

func sum(counts map[string]int) int {
	all := 0
	for _, n := range counts {
		all += n
	}
	return all
}
