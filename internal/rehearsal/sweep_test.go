package rehearsal_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"bluegreen/internal/rehearsal"
)

// TestSweep repeats each course once for every AWS call in it and every way that the call can go wrong.
func TestSweep(t *testing.T) {
	for _, course := range rehearsal.Courses() {
		t.Run(course.Name, func(t *testing.T) {
			undisturbed, err := course.Run(1, nil)
			if err != nil || len(undisturbed.Problems) > 0 {
				t.Fatalf("undisturbed: %v %v", err, undisturbed.Problems)
			}
			points := rehearsal.Points(undisturbed)
			var covered atomic.Int64
			ends := strike(t, course, points, &covered)
			t.Logf("%s: undisturbed %s, %d calls; %d points covered: %v", course.Name, undisturbed.End, len(undisturbed.Calls), covered.Load(), ends)
			if int(covered.Load()) != len(points) {
				t.Errorf("%d of %d points covered", covered.Load(), len(points))
			}
		})
	}
}

func strike(t *testing.T, course rehearsal.Course, points []rehearsal.Point, covered *atomic.Int64) map[string]int {
	t.Helper()
	var mu sync.Mutex
	ends := make(map[string]int)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(points) {
					return
				}
				outcome, err := course.Strike(1, points[i])
				if err != nil {
					t.Errorf("%s: %v", points[i], err)
					continue
				}
				covered.Add(1)
				mu.Lock()
				end := outcome.End
				if outcome.Recovered != "" {
					end += ", then recovered"
				}
				ends[end]++
				mu.Unlock()
				for _, problem := range outcome.Problems {
					t.Errorf("%s\n    ended %s (%s: %s)\n    %s", points[i], outcome.End, outcome.Error, outcome.What, problem)
				}
			}
		})
	}
	workers.Wait()
	return ends
}
