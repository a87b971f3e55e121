package guardrails

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bluegreen/internal/form"
)

// AnyLine, as a whole pattern, is any line at all.
const AnyLine = "**"

// part is what a * in a pattern of a line stands for: a part of one word that means nothing to a shell and cannot turn
// into an option, a path or another command. So it begins with a letter, a digit or _ (no -, and no .. of a path), and
// holds no space, quote, /, =, $, ;, | or line's end.
const part = `[0-9A-Za-z_][0-9A-Za-z_.:@+-]*`

// linePattern is a pattern of lines: AnyLine, or text in one line that begins with what is run; a * stands alone.
const linePattern = `^(\*\*|[^\x00-\x20\x7f*]([^\x00-\x1f\x7f*]|\*[^\x00-\x1f\x7f*])*\*?)$`

// lines is a list of patterns of shell lines; none of them: no line is allowed.
func lines(into *[]string) form.Form {
	return form.List[string]{Into: into, Max: 200, Item: func(pattern *string) form.Form {
		return form.Shaped{
			Pattern: linePattern,
			Shape:   `a line of shell that begins with what is run, in which * is a part of a word ("systemctl stop *"), or "**" alone: any line`,
			Parse:   func(s string) error { *pattern = s; return nil },
		}
	}}
}

// covers reports whether a pattern allows a line: the whole of it, as it is.
func covers(pattern, line string) bool {
	if pattern == AnyLine {
		return true
	}
	expression := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, part)
	return regexp.MustCompile(`^` + expression + `$`).MatchString(line)
}

// fewest is how many lines or patterns an error shows; longest is how much of a line: it may hold what is not for mails.
const (
	fewest  = 5
	longest = 60
)

// commands names the lines that no pattern allows, and what would be right. The list is called so.
func commands(called string, given, patterns []string) []string {
	var wrong []string
	for i, line := range given {
		if !slices.ContainsFunc(patterns, func(pattern string) bool { return covers(pattern, line) }) {
			wrong = append(wrong, fmt.Sprintf("%s[%d] is %q", called, i, cut(line)))
		}
	}
	who := "it"
	switch {
	case len(wrong) == 0:
		return nil
	case len(patterns) == 0:
		return []string{called + " is given: it must be left out, since no command may run on instances"}
	case len(wrong) > 1:
		who = "each"
	}
	return []string{some(wrong, ", ") + ": " + who + " must be " + right(patterns)}
}

// right says what lines may be.
func right(patterns []string) string {
	quoted, star := make([]string, len(patterns)), ""
	for i, pattern := range patterns {
		quoted[i] = fmt.Sprintf("%q", pattern)
		if strings.Contains(pattern, "*") {
			star = ", where * is a part of one word"
		}
	}
	return some(quoted, " or ") + star
}

// some joins a few, and counts the rest.
func some(all []string, between string) string {
	if len(all) > fewest {
		all = append(slices.Clone(all[:fewest]), fmt.Sprintf("%d more", len(all)-fewest))
	}
	return strings.Join(all, between)
}

func cut(line string) string {
	if runes := []rune(line); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return line
}
