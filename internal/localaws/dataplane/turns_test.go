package dataplane

import (
	"maps"
	"testing"
)

type weighted struct {
	name   string
	weight float64
}

func countTurns(t *turns, candidates []weighted, n int) map[string]int {
	counts := make(map[string]int)
	for range n {
		if picked, ok := pick(t, candidates, func(c weighted) (string, float64) { return c.name, c.weight }); ok {
			counts[picked.name]++
		}
	}
	return counts
}

func TestTurnsFollowWeights(t *testing.T) {
	for _, test := range []struct {
		name       string
		candidates []weighted
		want       map[string]int // of 100 turns
	}{
		{"equal weights share equally", []weighted{{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}}, map[string]int{"a": 25, "b": 25, "c": 25, "d": 25}},
		{"a canary gets its tenth", []weighted{{"blue", 90}, {"green", 10}}, map[string]int{"blue": 90, "green": 10}},
		{"weight 0 gets nothing", []weighted{{"blue", 100}, {"green", 0}}, map[string]int{"blue": 100}},
		{"all weights 0 serve nobody", []weighted{{"blue", 0}}, map[string]int{}},
		{"no candidate serves nobody", nil, map[string]int{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var turn turns
			if got := countTurns(&turn, test.candidates, 100); !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestTurnsForgetThoseWhoLeft(t *testing.T) {
	var turn turns
	countTurns(&turn, []weighted{{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}}, 7)
	if got, want := countTurns(&turn, []weighted{{"e", 1}, {"f", 1}}, 10), map[string]int{"e": 5, "f": 5}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(turn.credit) > 4 {
		t.Errorf("%d names are remembered, of whom two are there", len(turn.credit))
	}
}
