package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"bluegreen/infra/settings"
)

// resource is one of a template's.
type resource struct {
	Type                string
	Properties          map[string]any
	UpdatePolicy        map[string]any
	DeletionPolicy      string
	UpdateReplacePolicy string
	DependsOn           []string
}

// resources are those of a type in a stack as everybody gets it.
func resources(t *testing.T, stack, kind string) []resource {
	t.Helper()
	return ofType(t, synthesised.templates[stack], kind)
}

func ofType(t *testing.T, text []byte, kind string) []resource {
	t.Helper()
	var template struct{ Resources map[string]resource }
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	var found []resource
	for _, r := range template.Resources {
		if r.Type == kind {
			found = append(found, r)
		}
	}
	return found
}

// only is the one of them.
func only[T any](t *testing.T, all []T) T {
	t.Helper()
	if len(all) != 1 {
		t.Fatalf("there are %d, want one: %v", len(all), all)
	}
	return all[0]
}

// variant synthesises one stack with other parameters; cdk-nag finds nothing in it either, and IAM
// knows all that its policies name.
func variant(t *testing.T, context map[string]any, stack func(awscdk.App, settings.Settings) awscdk.Stack) []byte {
	t.Helper()
	s, err := settings.Read(func(key string) any { return context[key] })
	if err != nil {
		t.Fatal(err)
	}
	app := awscdk.NewApp(props(context))
	id := *stack(app, s).ArtifactId()
	awscdk.Aspects_Of(app).Add(checks(), nil)
	folder := *app.Synth(nil).Directory()
	found, err := findings(filepath.Join(folder, id+".metadata.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range found {
		t.Error(finding)
	}
	text, err := os.ReadFile(filepath.Join(folder, id+".template.json"))
	if err != nil {
		t.Fatal(err)
	}
	authorized(t, id, text)
	return text
}

// at is what lies at a path of keys, as JSON; lists are gone through by their only element, or by number.
func at(t *testing.T, value any, path ...any) string {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			of, ok := value.(map[string]any)
			if !ok {
				t.Fatalf("nothing at %v of %v: %v is no object", step, path, value)
			}
			value = of[step]
		case int:
			of, ok := value.([]any)
			if !ok || step >= len(of) {
				t.Fatalf("nothing at %v of %v: %v", step, path, value)
			}
			value = of[step]
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(string(text), `"`)
}
