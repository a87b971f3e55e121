package form

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"bluegreen/internal/text"
)

// Text is one line of text with a length in characters, both bounds included: it goes into mails, reports and terminals, where
// what begins a new line could pass for words of ours.
type Text struct {
	Into     *string
	Min, Max int
	Tabs     bool // a tab may stand in it, as in a line of a shell script
}

func (f Text) wants() string {
	return fmt.Sprintf("a string of %d to %d characters", f.Min, f.Max)
}

func (f Text) read(at *place, value any, p *Problems) {
	s, ok := value.(string)
	if n := utf8.RuneCountInString(s); !ok || n < f.Min || n > f.Max {
		mismatch(at, value, f, p)
		return
	}
	if i := strings.IndexFunc(s, f.unfit); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		p.Add("%s has %s (%U) as its character %d: it must be one line without control characters",
			at, kindOf(r), r, utf8.RuneCountInString(s[:i])+1)
		return
	}
	*f.Into = s
}

func (f Text) unfit(r rune) bool { return text.Unfit(r) && !(f.Tabs && r == '\t') }

// pattern is a whole regular expression that says the same, as Shaped's do.
func (f Text) pattern() string {
	class := text.Class
	if f.Tabs {
		class = strings.Replace(class, `\x00-\x1f`, `\x00-\x08\x0a-\x1f`, 1)
	}
	return "^[^" + class + "]*$"
}

func kindOf(r rune) string {
	switch {
	case r == '\n', r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
		return "a line break"
	case r == '\t':
		return "a tab"
	case r >= '\u2000' && r < '\ufffe':
		return "a mark that turns the direction of text"
	}
	return "a control character"
}
