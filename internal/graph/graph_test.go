package graph

import (
	"bytes"
	"strings"
	"testing"
)

// Each state of a machine is drawn, with each way that leads from it, and none that leads nowhere.
func TestMermaid(t *testing.T) {
	for _, machine := range Machines() {
		var out bytes.Buffer
		if err := Mermaid(&out, machine); err != nil {
			t.Fatal(err)
		}
		_, states, err := definition(machine)
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
