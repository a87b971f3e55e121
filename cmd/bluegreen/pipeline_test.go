package main

import (
	"bytes"
	"strings"
	"testing"

	"bluegreen/internal/localaws/world"
)

// What is printed names the file that the repository began with, and with an approval how to give it.
func TestThePipelineIsExplained(t *testing.T) {
	for _, approval := range []bool{false, true} {
		var out bytes.Buffer
		p := world.World{MachineARN: "m"}.Deploys("ec-mqagt-dev-bluegreen", "live", nil)
		p.Approval = approval
		printPipeline(terminal{out: &out}, p, "pipeline/examples/workers.json")
		if text := out.String(); !strings.Contains(text, "--file-path state_machine_input.json --file-content fileb://pipeline/examples/workers.json ") ||
			strings.Contains(text, "put-approval-result") != approval || strings.Contains(text, "%!") {
			t.Errorf("approval %v: %s", approval, text)
		}
	}
}
