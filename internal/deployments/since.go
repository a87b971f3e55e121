package deployments

import (
	"cmp"
	"fmt"
	"time"

	"bluegreen/internal/text"
)

// Since says what has changed since a lineage was seen before, in lines of a terminal's width: what was said in its deployment's history,
// each group that is not as it was, and who serves now. The zero standing was seen by nobody: then it is all of it but the history.
func (s Standing) Since(before Standing) []string {
	var lines []string
	say := func(at time.Time, sentence string) {
		lines = append(lines, text.Wrap(at.UTC().Format(time.TimeOnly)+"  ", "            ", text.Line(sentence))...)
	}
	at := s.At
	if d := s.Deployment; d != nil {
		seen := 0
		switch b := before.Deployment; {
		case b != nil && b.Execution == d.Execution:
			seen = len(b.Events)
		case before.Group == "" && d.State != Running:
			seen = len(d.Events) - 1
		default:
			say(at, fmt.Sprintf("%s: %s of %s", d.Name, cmp.Or(string(d.Action), "?"), d.Of()))
		}
		for _, said := range d.Events[max(0, min(seen, len(d.Events))):] {
			say(said.At, d.Name+" "+said.Text)
		}
	}
	if s.Serves != before.Serves {
		say(at, s.Lineage+": "+s.Serves)
	}
	was := make(map[string]string)
	for _, f := range before.Fleets {
		was[f.Name] = f.words()
	}
	for _, f := range s.Fleets {
		if words := f.words(); was[f.Name] != words {
			say(at, f.Name+": "+words)
		}
		delete(was, f.Name)
	}
	for name := range was {
		say(at, name+" is gone")
	}
	return lines
}
