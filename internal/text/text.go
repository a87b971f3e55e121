// Package text is about texts that people or AWS supply and other people read, in mails, reports and terminals: what one
// line of them may hold, how any text becomes one line, and how a value stands in a shell command.
package text

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Class is the inside of a regular expression's character class of what one line of text never holds: control characters,
// which begin new lines or move a terminal's cursor; Unicode's own line and paragraph separators; the marks that turn the
// direction of what follows, so that it reads as something else; and what is no character. Every engine reads it alike, for
// it names characters as they are.
const Class = "\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff"

// Unfit reports whether r has no place in one line of text.
func Unfit(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\ufffe', r == '\uffff':
		return true
	}
	return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// Line is s as one line that people can read safely: what breaks a line becomes a space, and what else has no place there
// is shown as JSON escapes it, \u001b.
func Line(s string) string {
	return clean(s, func(r rune) string {
		if unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' {
			return " "
		}
		return escape(r)
	})
}

// Lines is Line of each.
func Lines(all []string) []string {
	if all == nil {
		return nil
	}
	lines := make([]string, len(all))
	for i, s := range all {
		lines[i] = Line(s)
	}
	return lines
}

// Writer writes to a terminal, or to what may be shown on one, what others supply: lines and tabs stay, what else has no place in
// a line is shown as JSON escapes it, so that JSON stays the same JSON.
func Writer(to io.Writer) io.Writer { return writer{to} }

type writer struct{ to io.Writer }

func (w writer) Write(p []byte) (int, error) {
	safe := clean(string(p), func(r rune) string {
		if r == '\n' || r == '\t' {
			return string(r)
		}
		return escape(r)
	})
	if _, err := io.WriteString(w.to, safe); err != nil {
		return 0, err
	}
	return len(p), nil
}

// clean puts instead's text in the place of each unfit character.
func clean(s string, instead func(rune) string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, Unfit) {
		return s
	}
	var b strings.Builder
	for _, r := range s { // what is not UTF-8 becomes U+FFFD
		if Unfit(r) {
			b.WriteString(instead(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func escape(r rune) string { return fmt.Sprintf(`\u%04x`, r) }

// IsASCII reports whether s is of ASCII's printable characters alone.
func IsASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// Short is s in most bytes at most, cut at the end of a character; … shows that it was cut.
func Short(s string, most int) string {
	const mark = "…"
	if len(s) <= most {
		return s
	}
	end := max(most-len(mark), 0)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
