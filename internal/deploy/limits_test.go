package deploy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/deploy"
)

// Every limit that is documented holds on both sides of it.
func TestLimitsOfARequest(t *testing.T) {
	number := func(n int) string { return fmt.Sprint(n) }
	word := func(n int) string { return `"` + strings.Repeat("x", n) + `"` }
	lines := func(n int) string { return "[" + strings.Join(slices.Repeat([]string{`"x"`}, n), ", ") + "]" }
	const blue = `"blue": {"asg_name": "a"}`
	for _, c := range []struct {
		request     string           // %s stands for the field
		field       func(int) string // one that is so long, or so much
		least, most int
	}{
		{`{"project": %s, ` + blue + `}`, word, 1, 128},
		{`{"project": "ec", "blue": {"asg_name": %s}}`, word, 1, 255},
		{`{"project": "ec", ` + blue + `, "Wait": %s}`, number, 1, 300},
		{`{"project": "ec", ` + blue + `, "health": {"timeout_seconds": %s}}`, number, 60, 43200},
		{`{"project": "ec", ` + blue + `, "health": {"consecutive": %s}}`, number, 1, 20},
		{`{"project": "ec", ` + blue + `, "drain": {"timeout_seconds": %s}}`, number, 30, 172800},
		{`{"project": "ec", ` + blue + `, "drain": {"command": ["x"], "hook": %s}}`, word, 1, 255},
		{`{"project": "ec", ` + blue + `, "drain": {"command": [%s]}}`, word, 1, 2000},
		{`{"project": "ec", ` + blue + `, "drain": {"command": %s}}`, lines, 1, 100},
		{`{"project": "ec", ` + blue + `, "green": {"image": {"build": {"commands": [%s]}}}}`, word, 1, 2000},
		{`{"project": "ec", ` + blue + `, "green": {"image": {"build": {"commands": %s}}}}`, lines, 1, 50},
		{`{"project": "ec", ` + blue + `, "green": {"image": {"build": {"commands": ["x"], "timeout_seconds": %s}}}}`, number, 300, 18000},
		{`{"project": "ec", ` + blue + `, "green": {"image": {"build": {"commands": ["x"], "name": %s}}}}`, word, 3, 100},
		{`{"project": "ec", ` + blue + `, "override_freeze": {"by": %s, "reason": "x", "until": "2026-12-30T06:00:00Z"}}`, word, 1, 128},
		{`{"project": "ec", ` + blue + `, "override_freeze": {"by": "x", "reason": %s, "until": "2026-12-30T06:00:00Z"}}`, word, 1, 500},
		{`{"$schema": %s, "project": "ec", ` + blue + `}`, word, 1, 2000},
	} {
		for n, good := range map[int]bool{c.least - 1: false, c.least: true, c.most: true, c.most + 1: false} {
			input := fmt.Sprintf(c.request, c.field(n))
			if _, err := deploy.ParseRequest(json.RawMessage(input)); (err == nil) != good {
				t.Errorf("%s with %d: %v, want it taken: %t", c.request, n, err, good)
			}
		}
	}
}
