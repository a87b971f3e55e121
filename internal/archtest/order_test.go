package archtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An import points down the list of docs/design.md, and every package stands on it.
func TestImportsPointDownTheList(t *testing.T) {
	list := codeList(t)
	all := sources(t)
	for _, dir := range list {
		if stands, err := os.Stat(filepath.Join("..", "..", dir)); err != nil || !stands.IsDir() {
			t.Errorf("docs/design.md lists %s, which is not there", dir)
		}
	}
	for _, s := range all {
		own := rank(list, s.dir)
		if own < 0 {
			t.Errorf("%s/%s: docs/design.md lists no folder that holds it: add one, where its imports are below", s.dir, s.name)
		}
		if s.test {
			continue
		}
		for _, imported := range s.imports {
			if other := rank(list, imported); other >= 0 && other < own {
				t.Errorf("%s/%s imports %s, which stands higher in docs/design.md (%s above %s)", s.dir, s.name, imported, list[other], list[own])
			}
		}
	}
}

// codeList are the folders of the list in docs/design.md ("Where code lives"), from above to below.
func codeList(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "design.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## Where code lives\n")
	if !found {
		t.Fatal(`docs/design.md has no section "Where code lives"`)
	}
	var list []string
	for line := range strings.Lines(section) {
		words := strings.Fields(line)
		if !strings.HasPrefix(line, "    ") || len(words) == 0 {
			continue
		}
		dir, folder := strings.CutSuffix(words[0], "/")
		if !folder {
			t.Errorf("docs/design.md: %s: a line of the list begins with a folder and /", words[0])
		}
		list = append(list, dir)
	}
	return list
}

// rank is the place in the list of the innermost folder that holds dir, -1: none does.
func rank(list []string, dir string) int {
	innermost := -1
	for i, listed := range list {
		if within(dir, listed) && (innermost < 0 || len(listed) > len(list[innermost])) {
			innermost = i
		}
	}
	return innermost
}
