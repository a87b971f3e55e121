package deployments

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"bluegreen/internal/observe"
	"bluegreen/internal/text"
)

// moment is how a time is shown: to the second, with its zone.
const moment = "2006-01-02 15:04:05Z07:00"

// length is a number of seconds as people say it: 48s, 4m21s, 2h03m.
func length(seconds int) string {
	switch {
	case seconds < 60:
		return fmt.Sprintf("%ds", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%dm%02ds", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%dh%02dm", seconds/3600, seconds/60%60)
}

// PrintList writes deployments for people, each with the name that commands take.
func PrintList(out io.Writer, all []Deployment) {
	if len(all) == 0 {
		fmt.Fprintln(out, "nothing was deployed yet")
		return
	}
	for _, d := range all {
		fmt.Fprintf(out, "%s  %-10s  %6s  %-8s  %s\n", d.Began.UTC().Format(moment), d.State, length(d.Seconds), cmp.Or(string(d.Action), "?"), cmp.Or(d.Lineage, "?"))
		last := d.Name
		if d.Error != "" {
			last += " (" + d.Error + ")"
		}
		wrap(out, "    ", "      ", last)
	}
}

// Print writes a deployment for people: what it did, stage by stage and sentence by sentence, how it ended, what to do next.
func Print(out io.Writer, d Deployment) {
	wrap(out, "", "  ", fmt.Sprintf("%s of %s", cmp.Or(string(d.Action), "an execution"), d.Of()))
	fmt.Fprintf(out, "\n  execution  %s\n  ARN        %s\n", d.Name, d.Execution)
	if d.Project != "" {
		fmt.Fprintf(out, "  project    %s\n", d.Project)
	}
	if d.Reason != "" {
		wrap(out, "  reason     ", "             ", d.Reason)
	}
	fmt.Fprintf(out, "  began      %s\n", d.Began.UTC().Format(moment))
	if d.Ended != nil {
		fmt.Fprintf(out, "  ended      %s, after %s\n", d.Ended.UTC().Format(moment), length(d.Seconds))
	}
	if d.Redrives > 0 {
		fmt.Fprintf(out, "  redriven   %d times\n", d.Redrives)
	}
	wrap(out, "  state      ", "             ", d.sentence())
	if len(d.Stages) > 0 {
		fmt.Fprintln(out)
		printStages(out, d.Stages)
	}
	if len(d.Events) > 0 {
		fmt.Fprintln(out, "\nWhat happened")
		PrintEvents(out, d.Began, d.Events)
	}
	list(out, "Warnings", d.Warnings)
	list(out, "What is left", d.Left)
	if d.State != Succeeded {
		commands(out, "What to do next", d.Next)
	}
}

// sentence is how a deployment stands.
func (d Deployment) sentence() string {
	s := string(d.State)
	if d.State == Running {
		s += " for " + length(d.Seconds)
		if d.Stage != "" {
			s += ", at " + d.Stage
		}
	}
	if d.Error != "" {
		s += " (" + d.Error + ")"
	}
	if d.What != "" {
		s += ": " + d.What
	}
	return s
}

func printStages(out io.Writer, stages []Stage) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "Began\tTook\tLooks\t  Stage")
	for _, s := range stages {
		fmt.Fprintf(t, "%s\t%s\t%d\t  %s\n", s.Began.UTC().Format(time.TimeOnly), length(int(s.Seconds+0.5)), s.Visits, s.Name)
	}
	t.Flush()
}

// PrintEvents writes the sentences of a history, each with how long after the beginning it was said.
func PrintEvents(out io.Writer, began time.Time, events []observe.Said) {
	for _, said := range events {
		for _, line := range EventLines(began, said) {
			fmt.Fprintln(out, line)
		}
	}
}

// EventLines are the lines of one sentence, with how long after the beginning it was said.
func EventLines(began time.Time, said observe.Said) []string {
	after := fmt.Sprintf("%7s  ", length(int(said.At.Sub(began).Seconds())))
	return text.Wrap(after, strings.Repeat(" ", len(after)+2), text.Line(said.Text))
}

// PrintStanding writes for people how a lineage stands.
func PrintStanding(out io.Writer, s Standing) {
	wrap(out, "", "  ", s.Lineage+": "+s.Serves)
	fmt.Fprintln(out)
	printFleets(out, s.Fleets)
	if s.Unread != "" {
		fmt.Fprintln(out)
		wrap(out, "The record was not read: ", "  ", s.Unread)
	}
	if d := s.Deployment; d != nil {
		fmt.Fprintln(out)
		which := "Last deployment: "
		if d.State == Running || s.Holder != nil {
			which = "Deployment: "
		}
		wrap(out, which, "  ", fmt.Sprintf("%s %s of %s", d.Name, cmp.Or(string(d.Action), "?"), d.Of()))
		wrap(out, "  began "+d.Began.UTC().Format(moment)+", ", "  ", d.sentence())
		if d.State == Running && len(d.Events) > 0 {
			wrap(out, "  ", "  ", text.Line(d.Events[len(d.Events)-1].Text))
		}
	}
	if h := s.Holder; h != nil && s.Deployment != nil && s.Deployment.State != Running {
		list(out, "What it holds and left", h.Left)
	}
	commands(out, "What to do: "+s.Advice, s.Next)
}

func printFleets(out io.Writer, fleets []Fleet) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "Group\tMin\tDesired\tMax\tInstances\tTargets")
	for _, f := range fleets {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\t%s\n", f.Name, f.Min, f.Desired, f.Max, observe.CountsText(f.Instances, "none"), observe.CountsText(f.Targets, "none"))
	}
	t.Flush()
}

func list(out io.Writer, title string, all []string) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", title)
	for _, one := range all {
		wrap(out, "  - ", "    ", one)
	}
}

// commands writes what to do: commands stay whole, as they are pasted; what stands between them in words is wrapped.
func commands(out io.Writer, title string, all []string) {
	if title = strings.TrimSpace(title); len(all) > 0 {
		title += ":"
	} else if !strings.Contains(title, ":") {
		return
	}
	fmt.Fprintln(out)
	wrap(out, "", "  ", title)
	for _, one := range all {
		if strings.HasPrefix(one, "aws ") || strings.HasPrefix(one, "bluegreen ") {
			fmt.Fprintf(out, "  %s\n", one)
		} else {
			wrap(out, "  ", "    ", one)
		}
	}
}

func wrap(out io.Writer, first, rest, s string) {
	for _, line := range text.Wrap(first, rest, s) {
		fmt.Fprintln(out, line)
	}
}
