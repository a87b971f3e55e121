package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bluegreen/internal/local"
	"bluegreen/internal/text"
)

func TestEndpointTellsOfATakenPort(t *testing.T) {
	e, err := local.Open(local.Options{Address: "127.0.0.1:0", Speed: 20})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	_, errText, code := say("local", "--input", "../../pipeline/state_machine_input.json", "--addr", e.URL[len("http://"):])
	if want := "is taken by another process, perhaps another bluegreen; end it, or choose a free port"; code != 1 || !strings.Contains(errText, want) {
		t.Errorf("code %d, stderr %q; want 1 and %q", code, errText, want)
	}
}

func TestNoOtherMachineIsServed(t *testing.T) {
	for _, c := range [][]string{
		{"--addr", "0.0.0.0:0"}, {"--addr", ":0"}, {"--addr", "[::]:0"},
		{"--xray-daemon", "0.0.0.0:0", "--addr", "127.0.0.1:0"},
	} {
		_, errText, code := say(append([]string{"local", "--input", "../../pipeline/state_machine_input.json"}, c...)...)
		if want := text.Option(c[0], c[1]) + ": want an address of loopback such as 127.0.0.1:"; code != 2 || !strings.Contains(errText, want) {
			t.Errorf("%s: code %d, stderr %q; want 2 and %q", c, code, errText, want)
		}
	}
}

// What is given twice is one inside Step Functions, where the last one counts: who reads the file refuses it.
func TestRequestsWithAMemberGivenTwice(t *testing.T) {
	file := filepath.Join(t.TempDir(), "request.json")
	request := `{"project": "ec", "blue": {"asg_name": "a"}, "blue_after": {"then": "scale_to_zero"}, "blue_after": {"then": "delete"}}`
	if err := os.WriteFile(file, []byte(request), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"local", "--input", file}, {"demo", "--input", file}, {"rehearse", "-f", file}, {"guardrails", "-f", "../../layers/guardrails/guardrails.json", "--request", file}} {
		_, errText, code := say(command...)
		if code == 0 || !strings.Contains(errText, "$.blue_after is given twice: it must be given once") {
			t.Errorf("%s: exit %d: %s", command[0], code, errText)
		}
	}
}
