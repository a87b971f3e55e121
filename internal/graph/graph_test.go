package graph

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the pictures that are expected")

// Each state machine that there is can be drawn: who adds one gives it a layout.
func TestMachines(t *testing.T) {
	files, err := filepath.Glob("../../statemachine/*.asl.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no definition was found", err)
	}
	for _, file := range files {
		if !slices.ContainsFunc(machines, func(m machine) bool { return m.file == filepath.Base(file) }) {
			t.Errorf("%s is not drawn: it has no line in machines, and no layout", filepath.Base(file))
		}
	}
	for _, m := range machines {
		if _, err := os.Stat(filepath.Join("../../statemachine", m.file)); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
}

// Every task and every end has a place, in a lane and apart from the others, and no place is of a state that does not exist.
func TestPlaces(t *testing.T) {
	for _, m := range machines {
		_, states, err := m.definition()
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range states {
			if _, placed := m.layout.places[name]; !placed && (s.Type == "Task" || s.ends()) {
				t.Errorf("%s: %s has no place", m.name, name)
			}
		}
		for name, p := range m.layout.places {
			if states[name].Type == "" {
				t.Errorf("%s: %s has a place, and is no state", m.name, name)
			}
			if m.layout.kind(p) == "" || p.x < boxWidth/2 || p.x > m.layout.width-boxWidth/2 {
				t.Errorf("%s: %s is in no lane", m.name, name)
			}
			for other, q := range m.layout.places {
				if name < other && max(p.x-q.x, q.x-p.x) < boxWidth && max(p.y-q.y, q.y-p.y) < boxHeight {
					t.Errorf("%s: %s stands on %s", m.name, name, other)
				}
			}
		}
	}
}

// Each line is a way through the definition, each loop too, and each way is drawn or left out on purpose.
func TestLines(t *testing.T) {
	for _, m := range machines {
		startAt, states, err := m.definition()
		if err != nil {
			t.Fatal(err)
		}
		_, steps := m.layout.steps(startAt, states)
		accounted := make(map[step]int)
		for _, l := range m.layout.lines {
			accounted[step{l.from, l.to}]++
		}
		for _, name := range m.layout.loops {
			accounted[step{name, name}]++
		}
		for _, o := range m.layout.leftOut {
			if o.why == "" {
				t.Errorf("%s: nobody says why ways to %s are left out", m.name, o.to)
			}
			for _, from := range o.from {
				accounted[step{from, o.to}]++
			}
		}
		for _, s := range steps {
			if accounted[s] == 0 {
				t.Errorf("%s: the way from %s to %s is neither drawn nor left out", m.name, s.from, s.to)
			}
		}
		for s, times := range accounted {
			if !slices.Contains(steps, s) {
				t.Errorf("%s: no way leads from %s to %s", m.name, s.from, s.to)
			}
			if times > 1 {
				t.Errorf("%s: the way from %s to %s is there %d times", m.name, s.from, s.to, times)
			}
		}
	}
}

// No line runs through the box of a state that it does not end at.
func TestLinesPassBoxes(t *testing.T) {
	for _, m := range machines {
		for _, l := range m.layout.lines {
			points := m.layout.points(l)
			for i := range len(points) - 1 {
				a, b := points[i], points[i+1]
				if a.x != b.x && a.y != b.y {
					t.Errorf("%s: the line from %s to %s is not straight at %v", m.name, l.from, l.to, a)
				}
				for name, p := range m.layout.places {
					if min(a.x, b.x) < p.x+boxWidth/2 && max(a.x, b.x) > p.x-boxWidth/2 && min(a.y, b.y) < p.y+boxHeight/2 && max(a.y, b.y) > p.y-boxHeight/2 {
						t.Errorf("%s: the line from %s to %s runs through %s", m.name, l.from, l.to, name)
					}
				}
			}
		}
	}
}

// The machines' pictures are those in docs, which make pictures writes; an execution's is golden.
func TestSVG(t *testing.T) {
	visits := Visits{
		"DescribeBlue": {Times: 1, Text: "5s", To: []string{"Claim"}}, "Claim": {Times: 1, Text: "2s", To: []string{"CreateGreen"}},
		"CreateGreen": {Times: 1, Text: "6s", Failed: true, To: []string{"RestoreTraffic"}}, "RestoreTraffic": {Times: 3, Text: "41s", To: []string{"RestoreTraffic", "RestoreBlue"}}, "RestoreBlue": {Times: 1, Now: true},
	}
	for file, draw := range map[string]func(io.Writer) error{
		"../../docs/pictures/deploy.svg":   func(out io.Writer) error { return SVG(out, "deploy", nil) },
		"../../docs/pictures/in-place.svg": func(out io.Writer) error { return SVG(out, "in-place", nil) },
		"../../docs/pictures/drain.svg":    func(out io.Writer) error { return SVG(out, "drain", nil) },
		"testdata/visited.svg":             func(out io.Writer) error { return SVG(out, "deploy", visits) },
	} {
		var out bytes.Buffer
		if err := draw(&out); err != nil {
			t.Fatal(err)
		}
		wellFormed(t, file, out.Bytes())
		if *update {
			if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), want) {
			t.Errorf("%s is not what is drawn now: look at it, and write it with make pictures, or go test ./internal/graph -update", file)
		}
	}
	if err := SVG(io.Discard, "deply", nil); err == nil {
		t.Error("a machine that does not exist was drawn")
	}
}

func wellFormed(t *testing.T, file string, text []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s is no XML: %v", file, err)
		}
	}
}

// Each state of a machine is drawn, with each way that leads from it, and none that leads nowhere.
func TestMermaid(t *testing.T) {
	for _, machine := range Machines() {
		var out bytes.Buffer
		if err := Mermaid(&out, machine); err != nil {
			t.Fatal(err)
		}
		_, _, states, err := named(machine)
		if err != nil {
			t.Fatal(err)
		}
		drawn := make(map[string]bool)
		for line := range strings.Lines(out.String()) {
			from, to, found := strings.Cut(strings.TrimSpace(line), " --> ")
			if !found {
				continue
			}
			drawn[from] = true
			if to, _, _ = strings.Cut(to, ":"); to != "[*]" && states[to].Type == "" {
				t.Errorf("%s leads to %s, which is no state", from, to)
			}
		}
		for name := range states {
			if !drawn[name] {
				t.Errorf("%s: nothing leads from %s", machine, name)
			}
		}
	}
	var out bytes.Buffer
	_ = Mermaid(&out, "deploy")
	for _, want := range []string{"stateDiagram-v2\n    [*] --> ", "    DescribeBlue --> ReportRejection: error\n", "    Succeeded --> [*]\n", "<<choice>>"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, out.String())
		}
	}
}
