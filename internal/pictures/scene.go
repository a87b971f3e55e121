package main

import (
	_ "embed"
	"fmt"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"
)

// scene is a film as a picture that moves: an SVG in which things are seen and hidden again, all in one time that begins again at its end.
type scene struct {
	*film
	b             strings.Builder
	width, height int
	speed         int // seconds of the film in one
}

//go:embed scene.css
var style string

func (s *scene) put(format string, args ...any) { fmt.Fprintf(&s.b, format+"\n", args...) }

// when puts something that is seen in those seconds alone for which seen is true.
func (s *scene) when(seen func(second int) bool, format string, args ...any) {
	var values, times []string
	for n := range s.shots {
		if n > 0 && seen(n) == seen(n-1) {
			continue
		}
		values = append(values, map[bool]string{true: "visible", false: "hidden"}[seen(n)])
		times = append(times, decimal(float64(n)/float64(len(s.shots))))
	}
	switch {
	case len(values) > 1:
		s.put(`<g visibility="%s"><animate attributeName="visibility" calcMode="discrete" values="%s" keyTimes="%s" dur="%ss" repeatCount="indefinite"/>`,
			values[0], strings.Join(values, ";"), strings.Join(times, ";"), s.length())
		s.put(format, args...)
		s.put("</g>")
	case values[0] == "visible":
		s.put(format, args...)
	}
}

// length is how many seconds the picture takes.
func (s *scene) length() string { return decimal(float64(len(s.shots)) / float64(s.speed)) }

func decimal(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(f, 'f', 4, 64), "0"), ".")
}

// write puts a frame around what draw puts.
func (s *scene) write(out io.Writer, title string, draw func()) error {
	s.put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">`, s.width, s.height, html.EscapeString(title))
	s.put("<style>\n%s</style>", style)
	s.put(`<rect class="page" width="%d" height="%d" rx="8"/>`, s.width, s.height)
	s.put(`<text class="title" x="24" y="30">%s</text>`, html.EscapeString(title))
	draw()
	s.put("</svg>")
	_, err := io.WriteString(out, s.b.String())
	return err
}

// captions puts what the execution said last, so many sentences below each other.
func (s *scene) captions(y, rows int) {
	for n, l := range s.said {
		end := len(s.shots)
		if n+1 < len(s.said) {
			end = s.said[n+1].second
		}
		if end <= l.second {
			continue // others were said in the same second
		}
		var lines strings.Builder
		for i, said := range s.said[max(0, n+1-rows) : n+1] {
			fmt.Fprintf(&lines, `<text class="said" x="24" y="%d">%s</text>`, y+17*i, html.EscapeString(said.text))
		}
		s.when(between(l.second, end), "%s", lines.String())
	}
}

func between(from, to int) func(int) bool { return func(n int) bool { return n >= from && n < to } }

// timeline puts a bar with a part for each stage, and a mark that runs along it.
func (s *scene) timeline(y int) {
	const left = 24
	wide := s.width - 2*left
	at := func(second int) int { return left + second*wide/len(s.shots) }
	end := len(s.shots) - still
	for n, stage := range s.stages {
		to := end
		if n+1 < len(s.stages) {
			to = s.stages[n+1].second
		}
		s.put(`<rect class="part" x="%d" y="%d" width="%d" height="16"/>`, at(stage.second), y, max(1, at(to)-at(stage.second)))
		if 8*len(stage.text) < at(to)-at(stage.second) {
			s.put(`<text class="part" x="%d" y="%d">%s</text>`, (at(stage.second)+at(to))/2, y+12, stage.text)
		}
		if stage.text == "ScaleInBlue" {
			s.put(`<path class="noreturn" d="M%d %dv28"/><text class="noreturn" x="%[1]d" y="%d">point of no return</text>`, at(stage.second), y-6, y-10)
		}
	}
	for minute := 0; minute*60 < end-still; minute++ {
		s.put(`<text class="minute" x="%d" y="%d">%d min</text>`, at(still+60*minute), y+32, minute)
	}
	s.put(`<rect class="cursor" y="%d" width="2" height="24"><animate attributeName="x" from="%d" to="%d" dur="%ss" repeatCount="indefinite"/></rect>`, y-4, left, left+wide, s.length())
}

// A panel shows a group's instances in boxes, a new one at the right of those before it.
const (
	panelWidth  = 396
	panelHeight = 118
	boxWidth    = 84
	boxPitch    = 92
)

// panel puts a group's instances, each as looks has it.
func (s *scene) panel(group, class string, x, y int, looks []look) {
	s.put(`<rect class="panel %s" x="%d" y="%d" width="%d" height="%d" rx="8"/><text class="group" x="%d" y="%d">%s</text>`,
		class, x, y, panelWidth, panelHeight, x+14, y+24, html.EscapeString(group))
	for slot, id := range s.members(group) {
		for _, l := range looks {
			s.when(func(n int) bool { return s.shows(n, id) && firstLook(looks, s.instance(n, id)) == l.name },
				`<rect class="instance %s %s" x="%d" y="%d" width="%d" height="56" rx="5"/><text class="instance %s" x="%d" y="%d">%s</text>`,
				class, l.class, x+14+boxPitch*slot, y+42, boxWidth, l.class, x+14+boxPitch*slot+boxWidth/2, y+75, l.name)
		}
	}
}

// look is how an instance is shown, by the first of several that fits.
type look struct {
	name, class string
	fits        func(instance) bool
}

func firstLook(looks []look, of instance) string {
	for _, l := range looks {
		if l.fits(of) {
			return l.name
		}
	}
	return ""
}

// groups are those that are seen, in the order in which they come.
func (s *scene) groups() []string {
	var all []string
	for _, shot := range s.shots {
		for _, i := range shot {
			if !slices.Contains(all, i.group) {
				all = append(all, i.group)
			}
		}
	}
	return all
}

// members are the instances that a group has had, in the order in which they came.
func (s *scene) members(group string) []string {
	var all []string
	for _, shot := range s.shots {
		for _, i := range shot {
			if i.group == group && !slices.Contains(all, i.id) {
				all = append(all, i.id)
			}
		}
	}
	return all
}

func (s *scene) shows(second int, id string) bool { return s.instance(second, id).id != "" }

// instance is one as it was at a second; without an id it was not there.
func (s *scene) instance(second int, id string) instance {
	for _, i := range s.shots[second] {
		if i.id == id {
			return i
		}
	}
	return instance{}
}

// any says whether there is an instance at a second that fits.
func (s *scene) any(fits func(instance) bool) func(second int) bool {
	return func(n int) bool { return slices.ContainsFunc(s.shots[n], fits) }
}
