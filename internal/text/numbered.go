package text

import (
	"fmt"
	"strings"
)

// Numbered is several sentences in one text; one alone has no number.
func Numbered(sentences []string) string {
	if len(sentences) == 1 {
		return sentences[0]
	}
	var b strings.Builder
	for i, sentence := range sentences {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "(%d) %s", i+1, sentence)
	}
	return b.String()
}
