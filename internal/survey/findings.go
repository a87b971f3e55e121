package survey

import (
	"fmt"
	"strings"
)

// list is the findings in one text.
func list(findings []string) string {
	if len(findings) == 1 {
		return findings[0]
	}
	var b strings.Builder
	for i, finding := range findings {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "(%d) %s", i+1, finding)
	}
	return b.String()
}
