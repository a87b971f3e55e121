package schemas_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every example has its section, with a line for each field that it gives, and is rehearsed; together they give every
// field that there is.
func TestTheExamplesAreCommentedAndRehearsed(t *testing.T) {
	files, err := filepath.Glob(inTree("pipeline/examples/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no examples (%v)", err)
	}
	comments := sections(string(read(t, "pipeline/examples/README.md")))
	rehearsed := string(read(t, "internal/rehearsal/scenario/testdata/examples.txt"))
	shown := make(map[string]bool)
	for _, file := range files {
		name := filepath.Base(file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var request map[string]any
		if err := json.Unmarshal(text, &request); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.Contains(rehearsed, " file=pipeline/examples/"+name+"\n") {
			t.Errorf("no rehearsal deploys %s", name)
		}
		section, ok := comments[name]
		if !ok {
			t.Errorf("pipeline/examples/README.md has no section ## [%[1]s](%[1]s)", name)
		}
		for _, field := range leaves("", request) {
			shown[field] = true
			if field != "$schema" && !strings.Contains(section, "\n| `"+field+"` |") {
				t.Errorf("pipeline/examples/README.md, %s: no line says why %s", name, field)
			}
		}
	}
	for _, field := range known("", requestProperties(t)) {
		if !shown[field] {
			t.Errorf("no example gives %s", field)
		}
	}
}

// sections are the parts of a page by the file that their heading names.
func sections(page string) map[string]string {
	parts := make(map[string]string)
	for _, part := range strings.Split(page, "\n## [")[1:] {
		name, _, _ := strings.Cut(part, "]")
		parts[name] = part
	}
	return parts
}

// leaves are the paths of an object's values.
func leaves(path string, object map[string]any) []string {
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if inner, ok := object[name].(map[string]any); ok {
			paths = append(paths, leaves(path+name+".", inner)...)
			continue
		}
		paths = append(paths, path+name)
	}
	return paths
}

func requestProperties(t *testing.T) map[string]any {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(read(t, requestSchema), &schema); err != nil {
		t.Fatal(err)
	}
	return schema["properties"].(map[string]any)
}

// known are the paths of the values that a schema knows.
func known(path string, properties map[string]any) []string {
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if inner, ok := properties[name].(map[string]any)["properties"].(map[string]any); ok {
			paths = append(paths, known(path+name+".", inner)...)
			continue
		}
		paths = append(paths, path+name)
	}
	return paths
}
