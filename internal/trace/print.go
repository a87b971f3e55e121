package trace

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Options say how much is shown.
type Options struct {
	All bool // every state and every call, each on a line of its own
}

// Print writes the trace: what it is, what went wrong, and the tree with times from the execution's start. States that
// do nothing but decide are left out, and equal calls in a row share a line, unless options say otherwise.
func (t *Trace) Print(out io.Writer, options Options) {
	p := &printer{options: options, zero: t.roots[0].Start}
	for _, root := range t.roots {
		p.root(root)
	}
	t.head(out, p)
	for _, line := range p.lines {
		fmt.Fprintln(out, line)
	}
}

// head says what the trace is of, and sums it up.
func (t *Trace) head(out io.Writer, p *printer) {
	e := t.Execution
	end, took := "is under way", ""
	if e.StopDate != nil {
		end, took = "ended "+string(e.Status), ", after "+e.StopDate.Sub(*e.StartDate).Round(100*time.Millisecond).String()
	}
	fmt.Fprintf(out, "execution  %s\n           began %s, %s%s\n", aws.ToString(e.ExecutionArn), e.StartDate.UTC().Format(time.RFC3339), end, took)
	if e.Error != nil {
		fmt.Fprintf(out, "           %s\n", strings.TrimSuffix(*e.Error+": "+said(aws.ToString(e.Cause)), ": "))
	}
	fmt.Fprintf(out, "trace      %s\n", t.ID)
	if t.Limited {
		fmt.Fprintln(out, "           INCOMPLETE: X-Ray takes no more than 100 to 500 KB of a trace; the execution's history has the rest")
	}
	if p.whose != "" {
		fmt.Fprintf(out, "of         %s\n", p.whose)
	}
	fmt.Fprintf(out, "holds      %s, %s\n", count(p.invocations, "invocation"), count(p.calls, "AWS call"))
	wrong := "nothing"
	if len(p.wrong) > 0 {
		wrong = strings.Join(p.wrong, "\n           ")
	}
	fmt.Fprintf(out, "wrong      %s\n\n  from start       took\n", wrong)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// said is what a cause says: of a report the sentence that says what happened.
func said(cause string) string {
	var report struct {
		What string `json:"what"`
	}
	if json.Unmarshal([]byte(cause), &report) == nil && report.What != "" {
		return report.What
	}
	return shortened(cause)
}

// printer makes the lines of a tree.
type printer struct {
	options     Options
	zero        float64 // start of the trace, Unix time
	lines       []string
	wrong       []string // what went wrong, each with its place
	whose       string
	invocations int
	calls       int
}

// line writes one node: when, how long, and whether something is wrong.
func (p *printer) line(depth int, n *node, seconds float64, text string) {
	mark, took := " ", fmt.Sprintf("%7.2f s", seconds)
	if n.marked() {
		mark = "!"
	}
	if n.InProgress {
		took = "under way"
	}
	p.lines = append(p.lines, fmt.Sprintf("%s %s  %9s  %s%s", mark, p.since(n), took, strings.Repeat("  ", depth), text))
}

// since is when a node began, from the start of the trace.
func (p *printer) since(n *node) string {
	tenths := int((n.Start-p.zero)*10 + 0.5)
	return fmt.Sprintf("%2d:%02d:%02d.%d", tenths/36000, tenths/600%60, tenths/10%60, tenths%10)
}

func (p *printer) root(n *node) {
	if n.Origin != originMachine {
		p.node(0, n)
		return
	}
	if n.marked() {
		p.blame(n, "the execution", n)
	}
	for _, state := range n.Children {
		p.state(0, state)
	}
}

// nothing is how long a state may take that does nothing, seconds.
const nothing = 0.01

// state writes one visit of a state.
func (p *printer) state(depth int, n *node) {
	decides := len(n.Children) == 0 && !n.marked() && !n.InProgress && n.seconds() < nothing
	if decides && !p.options.All {
		return
	}
	if len(n.Children) == 1 && n.Children[0].isInvocation() {
		p.invocation(depth, n, n.Children[0], n.Name)
		return
	}
	text := n.Name
	if len(n.Children) == 0 {
		text += why(n)
	}
	p.line(depth, n, n.seconds(), text)
	for i, child := range n.Children {
		switch {
		case child.isInvocation():
			p.invocation(depth+1, n, child, fmt.Sprintf("attempt %d", i+1))
		case child.isCall():
			p.call(depth+1, n.Name, child, 1, child.seconds())
		default:
			p.state(depth+1, child)
		}
	}
}

// invocation writes one call of a state's function with the calls that it made; title begins its line.
func (p *printer) invocation(depth int, state, n *node, title string) {
	p.invocations++
	in := n.unwrap()
	if in.cold > 0 {
		title += fmt.Sprintf(" (cold start %.2f s)", in.cold)
	}
	if in.verdict != "" {
		title += ": " + in.verdict
		if in.message != "" {
			title += ", " + shortened(in.message)
		}
	}
	because := n
	if in.because != nil {
		because = in.because
	}
	if n.marked() {
		title += why(because)
		p.blame(n, state.Name, because)
	}
	if p.whose == "" {
		n.walk(func(below *node) { p.own(below) })
	}
	p.line(depth, n, n.seconds(), title)
	for i := 0; i < len(in.calls); {
		same, seconds := 1, in.calls[i].seconds()
		for !p.options.All && i+same < len(in.calls) && alike(in.calls[i], in.calls[i+same]) {
			seconds += in.calls[i+same].seconds()
			same++
		}
		p.call(depth+1, state.Name, in.calls[i], same, seconds)
		i += same
	}
}

// own notes whose trace it is, from the annotations of a stage.
func (p *printer) own(n *node) {
	var parts []string
	for _, key := range []string{"project", "lineage", "deployment"} {
		value, ok := n.Annotations[key]
		if !ok {
			return
		}
		parts = append(parts, fmt.Sprintf("%s %v", key, value))
	}
	p.whose = strings.Join(parts, ", ")
}

// alike says that two calls can share a line.
func alike(a, b *node) bool {
	return !a.marked() && !b.marked() && a.Name == b.Name && a.AWS.Operation == b.AWS.Operation && a.AWS.Retries+b.AWS.Retries == 0
}

// call writes a call to AWS, or several that are alike.
func (p *printer) call(depth int, state string, n *node, same int, seconds float64) {
	p.calls += same
	text := n.Name + " " + n.AWS.Operation
	if same > 1 {
		text += fmt.Sprintf(" × %d", same)
	}
	if n.AWS.Retries > 0 {
		text += fmt.Sprintf(", tried %d times", n.AWS.Retries+1)
	}
	if n.marked() {
		p.blame(n, state+" › "+text, n)
	}
	p.line(depth, n, seconds, text+why(n))
}

// node writes what is none of the above, with all below it.
func (p *printer) node(depth int, n *node) {
	text := n.Name
	if n.Origin != "" && n.Origin != originLambda && n.Origin != originFunction {
		text += " (" + n.Origin + ")"
	}
	if n.marked() {
		p.blame(n, n.Name, n)
	}
	p.line(depth, n, n.seconds(), text+why(n))
	for _, child := range n.Children {
		if child.isCall() {
			p.call(depth+1, n.Name, child, 1, child.seconds())
		} else {
			p.node(depth+1, child)
		}
	}
}

// mostWrong is how many things that went wrong are listed before the tree, which marks them all.
const mostWrong = 8

// blame notes something that went wrong in a place.
func (p *printer) blame(n *node, place string, because *node) {
	if len(p.wrong) == mostWrong {
		p.wrong = append(p.wrong, "… (marked ! below)")
	}
	if len(p.wrong) > mostWrong {
		return
	}
	p.wrong = append(p.wrong, strings.TrimSpace(p.since(n))+"  "+place+why(because))
}

// why says what is wrong with a node, if anything.
func why(n *node) string {
	var words []string
	if n.Throttle {
		words = append(words, "THROTTLED")
	}
	if n.Error && !n.Throttle {
		words = append(words, "ERROR")
	}
	if n.Fault {
		words = append(words, "FAULT")
	}
	for _, e := range n.Cause.Exceptions {
		message := e.Message
		if strings.HasPrefix(message, "{") {
			message = "" // a report, and not all of it: the head says more
		}
		words = append(words, shortened(strings.TrimSuffix(e.Type+": "+message, ": ")))
	}
	if len(words) == 0 {
		return ""
	}
	return "  " + strings.Join(words, " ")
}

// shortened is a text that fits beside others.
func shortened(text string) string {
	const longest = 240
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest]) + "…"
}
