package search

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Search draws cases and plays them on all cores.
type Search struct {
	From     uint64 // the seed to begin with
	Seeds    int    // how many
	Failures int    // it stops after so many; 0 is 5
	Tries    int    // to make a failing case smaller; 0 is 200
	Workers  int    // 0 is one for each core

	Played func(seed uint64, played Played) // hears of each case, one at a time; may be nil
	Failed func(Found)                      // hears of each failure once it is small, one at a time; may be nil
}

// Found is a case that fails.
type Found struct {
	Seed   uint64
	Drawn  Played
	Small  Case
	Played Played // the small case
}

// Summary is what a search saw.
type Summary struct {
	Seeds    int
	Failures []Found // by seed
	Ends     map[string]int
}

// Outcomes are the ends that were seen, the most frequent first.
func (s Summary) Outcomes() []string {
	return slices.SortedFunc(maps.Keys(s.Ends), func(a, b string) int {
		return cmp.Or(s.Ends[b]-s.Ends[a], cmp.Compare(a, b))
	})
}

// Run plays every seed, or stops early after enough failures.
func (s Search) Run() Summary {
	summary := Summary{Ends: make(map[string]int)}
	enough, tries := cmp.Or(s.Failures, 5), cmp.Or(s.Tries, 200)
	var mu sync.Mutex
	var next, failures atomic.Int64
	var workers sync.WaitGroup
	for range cmp.Or(s.Workers, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(s.Seeds) || failures.Load() >= int64(enough) {
					return
				}
				seed := s.From + uint64(i)
				drawn := Draw(seed)
				played := drawn.Play()
				mu.Lock()
				summary.Seeds++
				summary.Ends[played.outcome()]++
				if s.Played != nil {
					s.Played(seed, played)
				}
				mu.Unlock()
				if played.Failure == "" || failures.Add(1) > int64(enough) {
					continue
				}
				found := Found{Seed: seed, Drawn: played}
				found.Small, found.Played = Shrink(drawn, played, tries)
				mu.Lock()
				summary.Failures = append(summary.Failures, found)
				if s.Failed != nil {
					s.Failed(found)
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	slices.SortFunc(summary.Failures, func(a, b Found) int { return cmp.Compare(a.Seed, b.Seed) })
	return summary
}

func (p Played) outcome() string {
	if p.Failure != "" {
		return "FAILED"
	}
	return p.Ends
}
