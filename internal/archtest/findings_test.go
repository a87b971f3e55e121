package archtest_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each finding names the tests that hold it, and each of these exists.
func TestFindingsNameTestsThatExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "findings.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	name := regexp.MustCompile("`([^`]+)`")
	findings := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 4 || strings.HasPrefix(cells[1], "---") || strings.Contains(cells[1], "what was wrong") {
			continue
		}
		findings++
		names := name.FindAllStringSubmatch(cells[2], -1)
		if len(names) == 0 {
			t.Errorf("no test is named for %q", strings.TrimSpace(cells[1]))
		}
		for _, found := range names {
			if !tests[found[1]] {
				t.Errorf("%s is neither a test nor a scenario: %q names it", found[1], strings.TrimSpace(cells[1]))
			}
		}
	}
	if findings == 0 {
		t.Error("docs/findings.md has no row of the form | what was wrong | `Test…` |")
	}
}

// testNames are the names of all Go tests and scenarios of the tree.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		for _, declaration := range s.file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names[f.Name.Name] = true
			}
		}
	}
	scenarios, err := filepath.Glob(filepath.Join("..", "rehearsal", "scenario", "testdata", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range scenarios {
		names[strings.TrimSuffix(filepath.Base(path), ".txt")] = true
	}
	return names
}
