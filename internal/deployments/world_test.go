package deployments_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/deployments"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

var update = flag.Bool("update", false, "write the texts in testdata")

const group = "ec-mqagt-dev-asg"

const minimal = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30}`

// must fails the test when a call did.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// within runs f in a world in which a fleet serves, with a reader of its deployments.
func within(t *testing.T, plan world.Plan, f func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader)) {
	t.Helper()
	r := must[*rehearsal.Rehearsal](t)(rehearsal.New(rehearsal.Options{Seed: 1, Plan: plan}))
	defer r.Close()
	r.Run(func(ctx context.Context) { f(ctx, r, deployments.New(r.Config, "")) })
}

// golden holds a text to the one in testdata, and to the columns of a terminal; only lines that are pasted or cannot be broken are longer.
func golden(t *testing.T, name string, print func(*bytes.Buffer)) {
	t.Helper()
	var out bytes.Buffer
	print(&out)
	for line := range strings.Lines(out.String()) {
		line = strings.TrimRight(line, "\n")
		if len([]rune(line)) > 80 && !strings.HasPrefix(line, "  aws ") && strings.Contains(strings.TrimSpace(strings.TrimPrefix(line, "  ARN")), " ") {
			t.Errorf("%s: %d columns: %s", name, len([]rune(line)), line)
		}
		if line != strings.TrimRight(line, " ") {
			t.Errorf("%s: blanks at the end of %q", name, line)
		}
	}
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Error(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	}
	if out.String() != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, out.String(), want)
	}
}

// fixture is a value as it was read when the texts were written: texts are held to what they are of, whatever the world has come to be like.
func fixture[T any](t *testing.T, name string, read T) T {
	t.Helper()
	path := filepath.Join("testdata", name+".json")
	if *update {
		text, err := json.MarshalIndent(read, "", " ")
		if err == nil {
			err = os.WriteFile(path, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Error(err)
		}
	}
	var kept T
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil {
		t.Error(err)
	}
	return kept
}

// deployed runs a deployment until its end.
func deployed(ctx context.Context, t *testing.T, r *rehearsal.Rehearsal, name, request string) string {
	t.Helper()
	arn, err := r.Start(ctx, name, request)
	if err == nil {
		_, err = r.AwaitEnd(ctx, arn, 3*time.Hour)
	}
	if err != nil {
		t.Error(err)
	}
	return arn
}
