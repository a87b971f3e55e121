package archtest_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"testing"
)

// oneRegion are the files that name the one Region where a service answers for all.
var oneRegion = map[string]bool{"internal/twin/front.go": true}

// A Region that code names is one that others' fleets are not in. Who needs one takes the account's, or the default's name.
func TestCodeNamesNoRegion(t *testing.T) {
	region := regexp.MustCompile(`\b(af|ap|ca|cn|eu|il|me|mx|sa|us)-(gov-)?(north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9]`)
	defaults, named := 0, make(map[string]bool)
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING || !region.MatchString(literal.Value) {
				return true
			}
			if s.dir == "internal/localaws/account" {
				defaults++
				return true
			}
			if file := s.dir + "/" + s.name; oneRegion[file] {
				named[file] = true
				return true
			}
			t.Errorf("%s: %s: name the account's Region, or account.DefaultRegion", s.fset.Position(n.Pos()), literal.Value)
			return true
		})
	}
	if len(named) != len(oneRegion) {
		t.Errorf("of %v only %v name a Region: take the others off the list", oneRegion, named)
	}
	if defaults == 0 {
		t.Error("no default Region was found: this test looks at nothing")
	}
}
