package plan

import (
	"fmt"
	"io"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/text"
)

var signs = map[deploy.Effect]string{deploy.EffectCreate: "+", deploy.EffectChange: "~", deploy.EffectRemove: "-"}

// Print writes a plan for people.
func Print(out io.Writer, p deploy.Plan) {
	if p.Blue != "" {
		wrap(out, "", "", fmt.Sprintf("%s of %s, traffic strategy %s", orDeploy(p.Action), p.Blue, orUnknown(string(p.Strategy))))
	}
	for _, thing := range p.Things {
		printThing(out, thing)
	}
	if len(p.Stages) > 0 {
		printStages(out, p)
	}
	if p.Guardrails != "" {
		fmt.Fprintln(out)
		wrap(out, "Guardrails: ", "    ", p.Guardrails)
	}
	list(out, "Warnings", p.Warnings)
	list(out, "In the way", p.Findings)
	fmt.Fprintln(out)
	switch {
	case p.Begins && len(p.Things) == 0:
		wrap(out, "Plan: ", "    ", p.What)
	case p.Begins:
		fmt.Fprintf(out, "Plan: %s.\n", p.What)
	case len(p.Things) > 0:
		fmt.Fprintf(out, "Plan: %s.\nIt would be Rejected as things stand (%s).\n", p.What, p.Error)
	default:
		fmt.Fprintf(out, "It would be Rejected as things stand (%s).\n", p.Error)
	}
}

// PrintSum writes a plan in a few lines, for who is about to start what it plans: the things by name, how long it takes, what to mind.
func PrintSum(out io.Writer, p deploy.Plan) {
	if p.Blue != "" {
		wrap(out, "", "  ", fmt.Sprintf("%s of %s, traffic strategy %s", orDeploy(p.Action), p.Blue, orUnknown(string(p.Strategy))))
	}
	for _, thing := range p.Things {
		about := ""
		if thing.About != "" {
			about = ": " + thing.About
		}
		wrap(out, "  "+signs[thing.Effect]+" ", "      ", thing.Kind+" "+thing.Name+about)
	}
	if len(p.Stages) > 0 {
		var expected, worst span
		for _, s := range p.Stages {
			expected, worst = expected.and(s.Expected), worst.and(s.Worst)
		}
		fmt.Fprintf(out, "  takes %s, at most %s\n", expected, worst)
	}
	list(out, "Warnings", p.Warnings)
	list(out, "In the way", p.Findings)
	switch {
	case !p.Begins:
		fmt.Fprintf(out, "It would be Rejected as things stand (%s).\n", p.Error)
	default:
		wrap(out, "Plan: ", "    ", p.What)
	}
}

func orDeploy(a deploy.Action) string {
	if a == "" {
		return string(deploy.ActionDeploy)
	}
	return string(a)
}

func orUnknown(s string) string {
	if s == "" {
		return "not known yet"
	}
	return s
}

func printThing(out io.Writer, t deploy.Planned) {
	fmt.Fprintln(out)
	about := ""
	if t.About != "" {
		about = ": " + t.About
	}
	wrap(out, "  "+signs[t.Effect]+" ", "      ", t.Kind+" "+t.Name+about)
	for _, f := range t.Fields {
		value := f.Was + " → " + f.Becomes
		switch f.Effect {
		case deploy.EffectCreate:
			value = f.Becomes
		case deploy.EffectRemove:
			value = f.Was
		}
		wrap(out, "      "+signs[f.Effect]+" ", "          ", f.Name+": "+value)
	}
	if len(t.Kept) > 0 {
		whole := strings.ReplaceAll(strings.Join(t.Kept, ",\n"), " ", text.Unbroken)
		wrap(out, "      = ", "          ", fmt.Sprintf("%d kept as on blue: %s", len(t.Kept), strings.ReplaceAll(whole, "\n", " ")))
	}
}

func printStages(out io.Writer, p deploy.Plan) {
	fmt.Fprintf(out, "\nTimeline              expected  at most\n")
	var expected, worst span
	for _, s := range p.Stages {
		expected, worst = expected.and(s.Expected), worst.and(s.Worst)
		wrap(out, fmt.Sprintf("  %-20s %7s  %7s  ", s.Name, length(s.Expected), length(s.Worst)), strings.Repeat(" ", 41), s.Why)
	}
	fmt.Fprintf(out, "  %-20s %7s  %7s\n", "all", expected, worst)
	if c := p.Cost; c != nil {
		kind := ""
		if c.Type != "" {
			kind = " of type " + c.Type
		}
		fmt.Fprintln(out)
		said := fmt.Sprintf("%s%s more than now until blue is empty: %.1f instance hours expected, %.1f at most",
			deploy.Counted(c.Instances, "instance"), kind, c.ExpectedHours, c.WorstHours)
		if c.Balancers > 0 {
			said += fmt.Sprintf("; %s more: %.1f hours expected until then, %.1f at most, and from then on for as long as blue's stays",
				deploy.Counted(c.Balancers, "load balancer"), c.ExpectedBalancerHours, c.WorstBalancerHours)
		}
		wrap(out, "Cost: ", "    ", said)
	}
}

// span is a sum of lengths of time, of which some may not be known.
type span struct {
	seconds int
	more    bool
}

func (s span) and(seconds int) span { return span{s.seconds + seconds, s.more || seconds == 0} }

func (s span) String() string { return length(s.seconds) + map[bool]string{true: "+"}[s.more] }

// length is a number of seconds as people say it; 0 is not known.
func length(seconds int) string {
	if seconds == 0 {
		return "?"
	}
	return strings.TrimSuffix((time.Duration(seconds)*time.Second).String(), "m0s") + map[bool]string{true: "m"}[seconds%60 == 0]
}

func list(out io.Writer, title string, all []string) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s (%d)\n", title, len(all))
	for _, one := range all {
		wrap(out, "  * ", "    ", one)
	}
}

func wrap(out io.Writer, first, rest, s string) {
	for _, line := range text.Wrap(first, rest, s) {
		fmt.Fprintln(out, line)
	}
}
