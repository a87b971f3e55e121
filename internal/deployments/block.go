package deployments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"bluegreen/internal/deploy"
	"bluegreen/internal/observe"
	"bluegreen/internal/text"
)

// Mark is what a piece of a block says besides its words: a sign stands for it, and a colour may.
type Mark string

// The marks.
const (
	Done  Mark = "✓"
	Now   Mark = "▶"
	Later Mark = "·"
	Bad   Mark = "✗"
)

// Paint puts a mark's colour on a text; nil leaves it as it is.
type Paint func(Mark, string) string

func (p Paint) on(m Mark, s string) string {
	if p == nil {
		return s
	}
	return p(m, s)
}

// ahead are the states that a deployment goes through when all goes well, after which it has succeeded.
var ahead = []string{"DescribeBlue", "Claim", "CreateGreen", "WaitHealthy", "SwitchTraffic", "ScaleInBlue", "CompleteLifecycle"}

// Block is how a deployment stands, in at most twelve lines of a terminal's width: what it is, where it is and what is still to come, what
// the fleets' instances do.
func Block(p Progress, paint Paint) []string {
	lines := []string{cut(fmt.Sprintf("%s of %s: %s", cmp.Or(string(p.Action), "execution"), p.Of(), p.sum()))}
	lines = append(lines, lane(p, paint)...)
	lines = append(lines, fleetLines(p.Fleets)...)
	if p.Trouble != nil {
		lines = append(lines, paint.on(Bad, cut(string(Bad)+" this is not new: "+text.Line(p.Trouble.Error()))))
	}
	return lines[:min(len(lines), 12)]
}

// sum is how it stands, in a few words.
func (p Progress) sum() string {
	if p.State == Running {
		return "running for " + length(p.Seconds)
	}
	return string(p.State) + " after " + length(p.Seconds)
}

// lane are the stages: those that are done, the one that it is at, and those to come while it goes forward.
func lane(p Progress, paint Paint) []string {
	var plain, painted []string
	add := func(m Mark, s string) {
		s = string(m) + " " + s
		plain, painted = append(plain, s), append(painted, paint.on(m, s))
	}
	forward := p.State == Running && p.Action != deploy.ActionRecover && p.Action != deploy.ActionPlan
	for _, s := range p.Stages {
		forward = forward && slices.Contains(ahead, s.Name)
		words := s.Name
		if s.Seconds >= 1 {
			words += " " + length(int(s.Seconds))
		}
		switch {
		case s.Name == p.Stage && p.State == Running:
			add(Now, words)
		case s.Failed, s.Name == p.Stage && slices.Contains([]State{Stranded, Stopped, Failed}, p.State):
			add(Bad, words)
		default:
			add(Done, words)
		}
	}
	if forward {
		for _, name := range ahead[slices.Index(ahead, p.Stage)+1:] {
			add(Later, name)
		}
	}
	return flow(plain, painted)
}

// flow sets pieces one after the other into lines of a terminal's width, by their width unpainted.
func flow(plain, painted []string) []string {
	var lines []string
	line, width := "", 0
	for n, piece := range plain {
		w := utf8.RuneCountInString(piece)
		if width > 0 && width+2+w > text.Columns {
			lines, line, width = append(lines, line), "", 0
		}
		if width > 0 {
			line, width = line+"  ", width+2
		}
		line, width = line+painted[n], width+w
	}
	if width > 0 {
		lines = append(lines, line)
	}
	return lines
}

func fleetLines(fleets []Fleet) []string {
	longest := 0
	for _, f := range fleets {
		longest = max(longest, len(f.Name))
	}
	var lines []string
	for _, f := range fleets {
		lines = append(lines, cut(fmt.Sprintf("  %-*s  %s", longest, f.Name, f.words())))
	}
	return lines
}

// words are what a fleet's instances do.
func (f Fleet) words() string {
	words := fmt.Sprintf("%d wanted: %s", f.Desired, observe.CountsText(f.Instances, "no instances"))
	if len(f.Targets) > 0 {
		words += " (" + observe.CountsText(f.Targets, "") + ")"
	}
	return words
}

// cut is a line of a terminal's width at most.
func cut(line string) string {
	if runes := []rune(line); len(runes) > text.Columns {
		return strings.TrimRight(string(runes[:text.Columns-1]), " ") + "…"
	}
	return line
}

// End is how a deployment ended, or stands, in lines for people: less than Print says, for who has watched it.
func (d Deployment) End() []string {
	after := " after " + length(d.Seconds)
	if d.State == Running {
		after = " for " + length(d.Seconds)
	}
	what := string(d.State) + after
	if d.Error != "" {
		what += " (" + d.Error + ")"
	}
	if d.What != "" {
		what += ": " + d.What
	}
	return text.Wrap("", "  ", what)
}
