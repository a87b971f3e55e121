package text_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/text"
)

func TestWrap(t *testing.T) {
	long := strings.Repeat("x", 90)
	for _, c := range []struct {
		s    string
		want []string
	}{
		{"", []string{"- "}},
		{"a  b\nc", []string{"- a b c"}},
		{strings.Repeat("ab ", 30), []string{"- " + strings.TrimSpace(strings.Repeat("ab ", 26)), "   " + strings.TrimSpace(strings.Repeat("ab ", 4))}},
		{"a " + long + " b", []string{"- a", "   " + long, "   b"}},
		{strings.Repeat("ab ", 25) + "two" + text.Unbroken + "words", []string{"- " + strings.TrimSpace(strings.Repeat("ab ", 25)), "   two words"}},
	} {
		if diff := cmp.Diff(c.want, text.Wrap("- ", "   ", c.s)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", c.s, diff)
		}
	}
}
