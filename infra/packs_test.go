package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// otherPacks are the rules of cdk-nag's packs for NIST 800-53 (revision 5) and PCI DSS (3.2.1) that find something in the
// stacks as everybody gets them, each with the stacks that it finds it in.
func otherPacks(t *testing.T) map[string]string {
	t.Helper()
	app := awscdk.NewApp(props(map[string]any{"build": synthesised.build}))
	all, err := stacks(app)
	if err != nil {
		t.Fatal(err)
	}
	pack := &cdknag.NagPackProps{Verbose: jsii.Bool(false)}
	awscdk.Aspects_Of(app).Add(cdknag.NewNIST80053R5Checks(pack), nil)
	awscdk.Aspects_Of(app).Add(cdknag.NewPCIDSS321Checks(pack), nil)
	folder := *app.Synth(nil).Directory()
	rule := regexp.MustCompile(`(?:NIST\.800\.53\.R5|PCI\.DSS\.321)-(\w+)`)
	found := make(map[string]map[string]bool)
	for _, stack := range all {
		id := *stack.ArtifactId()
		lines, err := findings(filepath.Join(folder, id+".metadata.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			for _, match := range rule.FindAllStringSubmatch(line, -1) {
				if found[match[1]] == nil {
					found[match[1]] = make(map[string]bool)
				}
				found[match[1]][id] = true
			}
		}
	}
	in := make(map[string]string)
	for name, stacks := range found {
		in[name] = strings.Join(slices.Sorted(maps.Keys(stacks)), ", ")
	}
	return in
}

// docs/security.md answers each rule of the other packs that finds something, and no other.
func TestOtherPacksAreAnswered(t *testing.T) {
	text, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## What other checks find\n")
	section, _, _ = strings.Cut(section, "\n## ")
	found := otherPacks(t)
	answered := make(map[string]bool)
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([\\w, ]+) \\| (.+) \\|$").FindAllStringSubmatch(section, -1) {
		answered[row[1]] = true
		if row[2] != found[row[1]] {
			t.Errorf("docs/security.md: %s finds something in %q, not in %s", row[1], found[row[1]], row[2])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !answered[name] {
			t.Errorf("docs/security.md has no row %s", fmt.Sprintf("| `%s` | %s | … |", name, found[name]))
		}
	}
}
