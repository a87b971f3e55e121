package archtest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// texts calls look for each file of the tree that people write, with its path from the root and what it says.
func texts(t *testing.T, look func(path, text string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	kinds := regexp.MustCompile(`\.(go|md|txt|json|yml|yaml|sh|js|html)$|/Makefile$`)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "build" || name == "bin" || name == "cdk.out" || name == "node_modules" || (strings.HasPrefix(name, ".") && len(name) > 2)) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !kinds.MatchString(filepath.ToSlash(path)) {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		look(filepath.ToSlash(relative), string(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A seed is a number that random draws follow from, and nothing else; and the project is whole by itself: outside of .ci/ nothing is looked
// for beside the checkout. docs/write-ups.md names the two write-ups by title and address.
func TestTextsStandAlone(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)\b(first|second) ` + `seed\b|\.\./` + `shared/`)
	looked := 0
	texts(t, func(path, text string) {
		looked++
		for _, found := range forbidden.FindAllString(text, -1) {
			t.Errorf("%s says %q: name the write-up by its title, or what it is that is looked for", path, found)
		}
	})
	if looked < 500 {
		t.Errorf("only %d files were looked at", looked)
	}
}

// Where code or a page cites a section of docs/aws-facts.md, it is there.
func TestCitedFactsAreThere(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "aws-facts.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := make(map[string]bool)
	for _, heading := range regexp.MustCompile(`(?m)^##+ ([A-I][0-9]?)\b`).FindAllStringSubmatch(string(page), -1) {
		sections[heading[1]] = true
	}
	cited := 0
	citation := regexp.MustCompile(`aws-facts ([A-I][0-9]?(?:(?:, | and | to )[A-I][0-9]?)*)\b`)
	section := regexp.MustCompile(`[A-I][0-9]?`)
	texts(t, func(path, text string) {
		for _, found := range citation.FindAllStringSubmatch(text, -1) {
			for _, name := range section.FindAllString(found[1], -1) {
				cited++
				if !sections[name] {
					t.Errorf("%s cites aws-facts %s, which docs/aws-facts.md has not", path, name)
				}
			}
		}
	})
	if cited < 100 {
		t.Errorf("only %d citations were found", cited)
	}
}
