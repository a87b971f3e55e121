package text_test

import (
	"regexp"
	"strings"
	"testing"

	"bluegreen/internal/text"
)

func TestLine(t *testing.T) {
	for given, want := range map[string]string{
		"as it is, 日本語 👩‍🚀":            "as it is, 日本語 👩‍🚀",
		"a\r\nb\tc\u0085d\u2028e":      "a  b c d e",
		"\x1b[31mred\x00":              `\u001b[31mred\u0000`,
		"abc\u202etxt.exe\u2066":       `abc\u202etxt.exe\u2066`,
		"no \xff UTF-8":                "no \ufffd UTF-8",
		"\u009b2J, no character\uffff": `\u009b2J, no character\uffff`,
	} {
		got := text.Line(given)
		if got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
		if text.Line(got) != got {
			t.Errorf("%q changes again", got)
		}
	}
}

// What the class says and what Unfit says is the same, of every character that there is.
func TestClassIsUnfit(t *testing.T) {
	class := regexp.MustCompile("^[" + text.Class + "]$")
	for r := rune(0); r <= 0x10ffff; r++ {
		if 0xd800 <= r && r <= 0xdfff {
			continue
		}
		if class.MatchString(string(r)) != text.Unfit(r) {
			t.Errorf("%U: %t, and by the class %t", r, text.Unfit(r), !text.Unfit(r))
		}
	}
}

func TestShort(t *testing.T) {
	for _, c := range []struct {
		given string
		most  int
		want  string
	}{
		{"abcdef", 6, "abcdef"}, {"abcdefg", 6, "abc…"}, {"ééééé", 8, "éé…"}, {"abc", 2, "…"},
	} {
		if got := text.Short(c.given, c.most); got != c.want {
			t.Errorf("%q in %d: got %q, want %q", c.given, c.most, got, c.want)
		}
	}
}

func TestWriter(t *testing.T) {
	var b strings.Builder
	given := "a\tb\n\x1b[2J\r日本\u202e\u0085"
	n, err := text.Writer(&b).Write([]byte(given))
	if want := "a\tb\n" + `\u001b[2J\u000d日本\u202e\u0085`; err != nil || n != len(given) || b.String() != want {
		t.Errorf("%d bytes, %v: got %q, want %q", n, err, b.String(), want)
	}
}
