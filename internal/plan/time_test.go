package plan

import (
	"strings"
	"testing"

	"bluegreen/internal/deploy"
)

// What a pipeline would not wait for is warned of.
func TestOutlasts(t *testing.T) {
	const day = 86400
	for _, c := range []struct {
		worst []int
		want  string
	}{
		{[]int{day, 6 * day}, ""},
		{[]int{day, 6*day + 1}, "it may take 7.0 days at worst, and a pipeline waits for an execution for 7"},
		{[]int{day, 2 * day, 9 * day}, "it may take 12.0 days at worst"},
	} {
		var stages []deploy.PlannedStage
		for _, seconds := range c.worst {
			stages = append(stages, deploy.PlannedStage{Worst: seconds})
		}
		if got := strings.Join(outlasts(stages), "\n"); !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%v: it warns %q, want %q", c.worst, got, c.want)
		}
	}
}
