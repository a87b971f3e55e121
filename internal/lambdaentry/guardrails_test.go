package lambdaentry

import (
	"os"
	"path/filepath"
	"testing"
)

// Guardrails that are named must be there; those of a layer are used if there is a layer.
func TestWhichGuardrails(t *testing.T) {
	dir := t.TempDir()
	layer, missing := filepath.Join(dir, "guardrails.json"), filepath.Join(dir, "other.json")
	if err := os.WriteFile(layer, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ named, layer, want string }{
		{"", missing, ""},
		{"", layer, layer},
		{missing, layer, missing},
		{"", filepath.Join(layer, "not-a-folder"), filepath.Join(layer, "not-a-folder")}, // who knows what it would have said
	} {
		if got := guardrails(test.named, test.layer); got != test.want {
			t.Errorf("named %q, layer %q: got %q, want %q", test.named, test.layer, got, test.want)
		}
	}
}
