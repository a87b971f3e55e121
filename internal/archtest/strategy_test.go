package archtest_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"testing"
)

// namesOfStrategies are those that package deploy declares: StrategyAttach, …
var namesOfStrategies = regexp.MustCompile(`^Strategy[A-Z]`)

// What a strategy does is in its folder: code that compares its name would not know the next strategy.
func TestNobodyComparesAStrategysName(t *testing.T) {
	named := 0
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		home := within(s.dir, "internal/deploy") || within(s.dir, "internal/traffic")
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				pkg, ok := n.X.(*ast.Ident)
				switch {
				case !ok || pkg.Name != "deploy" || !namesOfStrategies.MatchString(n.Sel.Name):
				case home:
					named++
				default:
					t.Errorf("%s: deploy.%s: ask the strategy (internal/traffic/strategies), or deploy.Strategy.Waits", s.fset.Position(n.Pos()), n.Sel.Name)
				}
			case *ast.SwitchStmt:
				if member, ok := n.Tag.(*ast.SelectorExpr); ok && !home && member.Sel.Name == "Strategy" {
					t.Errorf("%s tells strategies apart: ask the strategy (internal/traffic/strategies), or deploy.Strategy.Waits", s.fset.Position(n.Pos()))
				}
			case *ast.BinaryExpr:
				if !home && (n.Op == token.EQL || n.Op == token.NEQ) && (strategyWithText(n.X, n.Y) || strategyWithText(n.Y, n.X)) {
					t.Errorf("%s compares a strategy's name: ask the strategy (internal/traffic/strategies), or deploy.Strategy.Waits", s.fset.Position(n.Pos()))
				}
			}
			return true
		})
	}
	if named == 0 {
		t.Error("no strategy is named in internal/traffic")
	}
}

// strategyWithText reports whether a member Strategy stands beside a text that names one. None at all is no name.
func strategyWithText(member, text ast.Expr) bool {
	selector, ok := member.(*ast.SelectorExpr)
	literal, is := text.(*ast.BasicLit)
	return ok && is && selector.Sel.Name == "Strategy" && literal.Kind == token.STRING && literal.Value != `""`
}
