package report

import (
	"fmt"
	"html"
	"strings"
	"time"

	"bluegreen/internal/deployments"
)

// chart draws rows over one time axis.
type chart struct {
	b        strings.Builder
	from, to time.Time
	y        int // where the next row begins
}

// The chart's measures, in pixels: the names of rows stand at the left of the axis.
const (
	chartWidth = 1080
	chartLeft  = 200
	chartRight = chartWidth - 16
	rowGap     = 14
	barHeight  = 18
	fleetTall  = 84
)

// Chart is the course of the deployment as an SVG: stages, who takes requests, both fleets, and the requests.
func (r Report) Chart() string {
	c := &chart{from: r.Began.Add(-margin), to: r.Until.Add(margin), y: 30}
	c.stages(r)
	if len(r.Answers) > 1 {
		c.answers(r)
	}
	highest := 1
	for _, f := range r.Fleets {
		for _, count := range f.Counts {
			highest = max(highest, count.Pending+count.InService+count.Terminating)
		}
	}
	for n, f := range r.Fleets {
		c.fleet(f, []string{blue, green}[n], highest)
	}
	for _, t := range r.Traffic {
		c.traffic(t)
	}
	c.axis(r)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="the deployment over time" class="chart">`+"\n%s</svg>\n", chartWidth, c.y, c.b.String())
}

func (c *chart) put(format string, args ...any) { fmt.Fprintf(&c.b, format+"\n", args...) }

// x is where a time stands, within the axis.
func (c *chart) x(at time.Time) int {
	part := float64(at.Sub(c.from)) / float64(c.to.Sub(c.from))
	return chartLeft + int(min(1, max(0, part))*(chartRight-chartLeft))
}

// name writes what a row is of.
func (c *chart) name(text, class string, middle int) {
	c.put(`<text class="row %s" x="%d" y="%d">%s</text>`, class, chartLeft-10, middle+4, html.EscapeString(short(text)))
}

// short is a name that fits beside the axis.
func short(name string) string {
	const most = 28
	if letters := []rune(name); len(letters) > most {
		return "…" + string(letters[len(letters)-most+1:])
	}
	return name
}

// span puts a bar from one time to another, with a text in it where there is room.
func (c *chart) span(class, text string, from, to time.Time) {
	x, end := c.x(from), c.x(to)
	c.put(`<rect class="%s" x="%d" y="%d" width="%d" height="%d"><title>%s</title></rect>`, class, x, c.y, max(1, end-x), barHeight, html.EscapeString(text))
	if 7*len(text) < end-x {
		c.put(`<text class="in" x="%d" y="%d">%s</text>`, (x+end)/2, c.y+13, html.EscapeString(text))
	}
}

// stages is a row with a bar for each stage; one that was visited twice, with others between, has one bar from its first visit on.
func (c *chart) stages(r Report) {
	c.name("stages", "", c.y+barHeight/2)
	for n, s := range r.Stages {
		class := "stage"
		if s.Failed || s.Name == r.Stage && r.State == deployments.Stranded {
			class = "stage bad"
		}
		to := s.Began.Add(time.Duration(s.Seconds * float64(time.Second)))
		if n+1 < len(r.Stages) && r.Stages[n+1].Began.Before(to) {
			to = r.Stages[n+1].Began
		}
		c.span(class, s.Name, s.Began, to)
	}
	c.y += barHeight + rowGap
}

// answers is a row for each fleet, with a bar while it takes requests.
func (c *chart) answers(r Report) {
	for n, fleet := range []string{blue, green} {
		c.name(fleet+" takes requests", fleet, c.y+barHeight/2)
		for i, a := range r.Answers {
			to := c.to
			if i+1 < len(r.Answers) {
				to = r.Answers[i+1].From
			}
			from := a.From
			if i == 0 {
				from = c.from
			}
			switch {
			case []bool{a.Blue, a.Green}[n]:
				c.span(fleet, "", from, to)
			case a.Draining == fleet:
				c.span(fleet+" draining", "ends what it has begun", from, to)
			}
		}
		c.y += barHeight + 4
	}
	c.y += rowGap - 4
}

// fleet is a row with a group's instances by state, one above the other.
func (c *chart) fleet(f Fleet, class string, highest int) {
	base := c.y + fleetTall
	c.name(f.Name, class, c.y+12)
	c.put(`<path class="base" d="M%d %dH%d"/>`, chartLeft, base, chartRight)
	c.put(`<text class="tick" x="%d" y="%d">%d</text><text class="tick" x="%d" y="%d">0</text>`, chartLeft-10, c.y+32, highest, chartLeft-10, base)
	for n, count := range f.Counts {
		to := c.to
		if n+1 < len(f.Counts) {
			to = f.Counts[n+1].From
		}
		x, width := c.x(count.From), c.x(to)-c.x(count.From)
		at := base
		for _, part := range []struct {
			class string
			n     int
		}{{class, count.InService}, {class + " pending", count.Pending}, {"terminating", count.Terminating}} {
			if tall := part.n * (fleetTall - 4) / highest; tall > 0 && width > 0 {
				at -= tall
				c.put(`<rect class="%s" x="%d" y="%d" width="%d" height="%d"/>`, part.class, x, at, width, tall)
			}
		}
	}
	c.y = base + rowGap
}

// traffic is a row with the requests of each minute; those that failed stand on top, and are never too small to be seen.
func (c *chart) traffic(t Traffic) {
	const tall = 48
	base, most := c.y+tall, 1.0
	for _, m := range t.Minutes {
		most = max(most, m.Requests)
	}
	c.name("requests, "+t.Balancer, "", c.y+12)
	c.put(`<path class="base" d="M%d %dH%d"/><text class="tick" x="%d" y="%d">%.0f/min</text>`, chartLeft, base, chartRight, chartLeft-10, c.y+28, most)
	for _, m := range t.Minutes {
		x, width := c.x(m.At), c.x(m.At.Add(time.Minute))-c.x(m.At)-1
		high, failed := int(m.Requests/most*tall), int(min(1, m.Failed/most)*tall)
		if m.Failed > 0 {
			failed = max(3, failed)
		}
		if width > 0 {
			c.put(`<rect class="requests" x="%d" y="%d" width="%d" height="%d"/>`, x, base-high, width, high)
			c.put(`<rect class="failed" x="%d" y="%d" width="%d" height="%d"/>`, x, base-failed, width, failed)
		}
	}
	c.y = base + rowGap
}

// axis writes the time below, and draws the point of no return through all rows.
func (c *chart) axis(r Report) {
	every := time.Minute
	for c.to.Sub(c.from)/every > 12 {
		every = map[time.Duration]time.Duration{time.Minute: 5 * time.Minute, 5 * time.Minute: 15 * time.Minute, 15 * time.Minute: time.Hour}[every]
		if every == 0 {
			every = c.to.Sub(c.from) / 12
		}
	}
	for at := r.Began; at.Before(r.Until.Add(margin)); at = at.Add(every) {
		c.put(`<path class="grid" d="M%d 26V%d"/><text class="time" x="%d" y="%d">%s</text>`, c.x(at), c.y, c.x(at), c.y+14, at.UTC().Format(time.TimeOnly))
	}
	if r.NoReturn != nil {
		c.put(`<path class="noreturn" d="M%d 22V%d"/><text class="noreturn" x="%[1]d" y="16">point of no return</text>`, c.x(*r.NoReturn), c.y)
	}
	c.y += 24
}
