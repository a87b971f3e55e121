package main

import (
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
