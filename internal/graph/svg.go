package graph

import (
	_ "embed"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"unicode"
)

// Visit is what an execution did at a state.
type Visit struct {
	Times  int      // it was entered
	Text   string   // stands below its name; e.g. how long it took
	Failed bool     // its last call did
	Now    bool     // the execution is there
	To     []string // states with a place that it went on to
}

// Visits are those of an execution by state; nil: the machine itself is drawn, and no execution of it.
type Visits map[string]Visit

// went is 1 where an execution went along a line, else 0.
func (v Visits) went(l line) int {
	if slices.Contains(v[l.from].To, l.to) {
		return 1
	}
	return 0
}

//go:embed style.css
var style string

// SVG draws a machine. Of an execution, the states that it did not visit are pale.
func SVG(out io.Writer, name string, visits Visits) error {
	m, startAt, states, err := named(name)
	if err != nil {
		return err
	}
	l := m.layout
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="the state machine %s" class="machine">`+"\n", l.width, l.height, name)
	fmt.Fprintf(&b, "<style>\n%s</style>\n%s", style, arrowheads())
	fmt.Fprintf(&b, `<rect class="page" width="%d" height="%d" rx="8"/>`+"\n", l.width, l.height)
	for _, lane := range l.lanes {
		fmt.Fprintf(&b, `<rect class="lane %s" x="%d" y="%d" width="%d" height="%d" rx="8"/><text class="title" x="%d" y="%d">%s</text>`+"\n",
			lane.kind, margin, lane.y, l.width-margin-12, lane.height, lane.x, lane.y-5, html.EscapeString(lane.title))
	}
	if l.noReturn > 0 {
		fmt.Fprintf(&b, `<path class="noreturn" d="M%d 24V%d"/>`+"\n", l.noReturn, l.height-24)
	}
	first, _ := l.steps(startAt, states)
	l.drawStart(&b, first)
	lines := slices.Clone(l.lines)
	slices.SortStableFunc(lines, func(a, b line) int { return visits.went(a) - visits.went(b) }) // what is pale lies below
	for _, line := range lines {
		l.drawLine(&b, line, visits)
	}
	for _, n := range l.notes {
		fmt.Fprintf(&b, `<text class="note %s" x="%d" y="%d">%s</text>`+"\n", n.kind, n.at.x, n.at.y, html.EscapeString(n.text))
	}
	for _, name := range l.order() {
		l.drawState(&b, name, states[name], visits)
	}
	l.drawLegend(&b, states)
	b.WriteString("</svg>\n")
	_, err = io.WriteString(out, b.String())
	return err
}

// order is the states from top to bottom and from left to right.
func (l layout) order() []string {
	names := make([]string, 0, len(l.places))
	for name := range l.places {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		p, q := l.places[a], l.places[b]
		if p.y != q.y {
			return p.y - q.y
		}
		return p.x - q.x
	})
	return names
}

// pale is the class of what an execution did not go along.
const pale = "pale"

// arrowheads are one for each kind of line, in its colour.
func arrowheads() string {
	var b strings.Builder
	b.WriteString("<defs>")
	for _, kind := range []string{plain, faulty, taken, resume, pale} {
		fmt.Fprintf(&b, `<marker id="to-%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head %[1]s" d="M0 0L8 4L0 8z"/></marker>`, kind)
	}
	b.WriteString("</defs>\n")
	return b.String()
}

func (l layout) drawStart(b *strings.Builder, first string) {
	to := l.at(first, anchor{left, 0})
	fmt.Fprintf(b, `<circle class="start" cx="%d" cy="%d" r="6"/><path class="line way" marker-end="url(#to-way)" d="M%d %[2]dH%[4]d"/>`+"\n", to.x-26, to.y, to.x-20, to.x)
}

// at is an anchor's point on a state's box.
func (l layout) at(state string, a anchor) point {
	p := l.places[state]
	switch a.side {
	case left:
		return point{p.x - boxWidth/2, p.y + a.shift}
	case right:
		return point{p.x + boxWidth/2, p.y + a.shift}
	case top:
		return point{p.x + a.shift, p.y - boxHeight/2}
	default:
		return point{p.x + a.shift, p.y + boxHeight/2}
	}
}

// drawLine draws a line, pale where an execution did not go along it.
func (l layout) drawLine(b *strings.Builder, of line, visits Visits) {
	class, head := "line "+of.kind, of.kind
	if visits != nil && visits.went(of) == 0 {
		class, head = class+" pale", pale
	}
	fmt.Fprintf(b, `<path class="%s" marker-end="url(#to-%s)" d="%s"/>`+"\n", class, head, path(l.points(of)))
}

// points are a line's corners, its ends among them.
func (l layout) points(of line) []point {
	from, to := l.at(of.from, of.out), l.at(of.to, of.in)
	all := []point{from}
	upright := of.out.side == top || of.out.side == bottom
	at := from
	for _, v := range of.via {
		if upright {
			at.y = v
		} else {
			at.x = v
		}
		all = append(all, at)
		upright = !upright
	}
	if upright {
		at.y = to.y
	} else {
		at.x = to.x
	}
	if at != to {
		all = append(all, at)
	}
	return append(all, to)
}

// path is the corners as SVG writes them, each a little round.
func path(points []point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", points[0].x, points[0].y)
	for i := 1; i < len(points)-1; i++ {
		before, after := towards(points[i], points[i-1]), towards(points[i], points[i+1])
		fmt.Fprintf(&b, "L%d %dQ%d %d %d %d", before.x, before.y, points[i].x, points[i].y, after.x, after.y)
	}
	last := points[len(points)-1]
	fmt.Fprintf(&b, "L%d %d", last.x, last.y)
	return b.String()
}

// towards is a point a few pixels from one corner on the way to another.
func towards(corner, to point) point {
	const radius = 7
	step := func(from, to int) int { return from + max(-radius, min(radius, to-from)) }
	return point{step(corner.x, to.x), step(corner.y, to.y)}
}

// drawState draws a state's box and its name, and the loop of one that is looked at again.
func (l layout) drawState(b *strings.Builder, name string, s state, visits Visits) {
	p := l.places[name]
	visit := visits[name]
	class := "state " + l.kind(p) + " " + strings.ToLower(s.Type)
	switch {
	case visits != nil && visit.Times == 0:
		class += " pale"
	case visit.Failed:
		class += " failed"
	case visit.Now:
		class += " now"
	case visits != nil:
		class += " visited"
	}
	round := 6
	if s.ends() {
		round = boxHeight / 2
	}
	fmt.Fprintf(b, `<g class="%s">`, class)
	if slices.Contains(l.loops, name) {
		fmt.Fprintf(b, `<path class="loop" marker-end="url(#to-way)" d="M%d %dv-6q0 -6 6 -6h12q6 0 6 6v6"/>`, p.x+20, p.y-boxHeight/2)
	}
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" rx="%d"/>`, p.x-boxWidth/2, p.y-boxHeight/2, boxWidth, boxHeight, round)
	if s.strands() {
		fmt.Fprintf(b, `<circle class="strands" cx="%d" cy="%d" r="4"/>`, p.x-boxWidth/2+3, p.y-boxHeight/2+3)
	}
	lines := words(name)
	if visit.Text != "" {
		lines = append(lines, visit.Text)
	}
	for i, line := range lines {
		size := "name"
		if visit.Text != "" {
			size = "name small"
		}
		fmt.Fprintf(b, `<text class="%s" x="%d" y="%d">%s</text>`, size, p.x, p.y+5+(2*i-len(lines)+1)*lineHeight(len(lines))/2, html.EscapeString(line))
	}
	b.WriteString("</g>\n")
}

// lineHeight is how far apart the lines in a box are, so many of them.
func lineHeight(lines int) int {
	if lines > 2 {
		return 14
	}
	return 18
}

// kind is that of the lane that a point is in.
func (l layout) kind(p point) string {
	for _, lane := range l.lanes {
		if p.y > lane.y && p.y < lane.y+lane.height {
			return lane.kind
		}
	}
	return ""
}

// words are a state's name in two lines: the last word of it is the second.
func words(name string) []string {
	last := strings.LastIndexFunc(name, unicode.IsUpper)
	if last <= 0 || len(name) < 11 {
		return []string{name}
	}
	return []string{name[:last], name[last:]}
}

// drawLegend says what the signs mean that this machine has.
func (l layout) drawLegend(b *strings.Builder, states map[string]state) {
	x, y := titleLeft, l.height-12
	say := func(sign, text string) {
		fmt.Fprintf(b, sign, x, y-4)
		fmt.Fprintf(b, `<text class="note legend" x="%d" y="%d">%s</text>`+"\n", x+32, y, text)
		x += 32 + 6*len(text) + 24
	}
	if len(l.loops) > 0 {
		say(`<path class="loop" marker-end="url(#to-way)" d="M%d %dv-2q0 -6 6 -6h12q6 0 6 6v4"/>`, "looks again")
	}
	for name := range l.places {
		if states[name].strands() {
			say(`<circle class="strands" cx="%d" cy="%d" r="4" transform="translate(18 0)"/>`, l.uncaught)
			break
		}
	}
}
