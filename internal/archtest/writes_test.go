package archtest_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unfenced are the interfaces with methods that write to AWS which are held without the fence (step.Write), with the reason.
var unfenced = map[string]string{
	"lambdas/completelifecycle.actions":  "to drain what a hook holds does no harm; one look at the record stands for many of these calls",
	"lambdas/completelifecycle.commands": "the same",
	"lambdas/statuschange.executions":    "the execution that it starts takes the lock by itself",
	"internal/ledger.items":              "the record is the lock; it is written on condition of its version",
	"internal/announce.bus":              "it tells, and writes nothing of a lineage",
	"internal/announce.topic":            "the same",
}

// reading begins the names of operations that change nothing.
var reading = regexp.MustCompile(`^(Describe|Get|List|Query|Scan|Search)`)

// A package that declares an interface of SDK methods that write holds it as a step.Writes, which calls it behind the fence.
func TestWritesStandBehindTheFence(t *testing.T) {
	seen, all := make(map[string]bool), sources(t)
	for _, s := range all {
		if s.test || !within(s.dir, "lambdas") && !within(s.dir, "internal/ledger") && !within(s.dir, "internal/announce") && !within(s.dir, "internal/fleet") && !within(s.dir, "internal/balancer") && !within(s.dir, "internal/twin") && !within(s.dir, "internal/traffic") && !within(s.dir, "internal/builder") && !within(s.dir, "internal/clone") && !within(s.dir, "internal/survey") && !within(s.dir, "internal/plan") {
			continue
		}
		for name, written := range writers(s.file) {
			seen[s.dir+"."+name] = true
			if _, known := unfenced[s.dir+"."+name]; known {
				continue
			}
			for _, at := range heldPlainly(s, name, all) {
				t.Errorf("%s holds %s.%s, which writes (%s), without the fence: hold it as step.Writes[%s]", at, s.dir, name, strings.Join(written, ", "), name)
			}
		}
	}
	for _, s := range all {
		if s.test || !within(s.dir, "lambdas") && !within(s.dir, "internal/step") && !within(s.dir, "internal/balancer") && !within(s.dir, "internal/twin") && !within(s.dir, "internal/traffic") && !within(s.dir, "internal/builder") && !within(s.dir, "internal/clone") && !within(s.dir, "internal/survey") && !within(s.dir, "internal/plan") {
			continue
		}
		for _, at := range heldWhole(s) {
			t.Errorf("%s holds a whole client of AWS, or an interface without a name that writes: name an interface, and hold it as step.Writes", at)
		}
	}
	for name := range unfenced {
		if !seen[name] {
			t.Errorf("%s has no method that writes any more: take it off the list", name)
		}
	}
	if len(seen) <= len(unfenced) {
		t.Error("no interface with methods that write was found")
	}
}

// writers are a file's interfaces with methods that take the SDK's input of an operation that writes, with those operations.
func writers(file *ast.File) map[string][]string {
	found := make(map[string][]string)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if declared, ok := spec.Type.(*ast.InterfaceType); ok {
			if written := written(declared); len(written) > 0 {
				found[spec.Name.Name] = written
			}
		}
		return true
	})
	return found
}

// written are the operations of an interface's methods that write.
func written(declared *ast.InterfaceType) []string {
	var operations []string
	for _, method := range declared.Methods.List {
		f, ok := method.Type.(*ast.FuncType)
		if !ok || len(method.Names) == 0 || len(f.Params.List) < 2 {
			continue
		}
		pointer, ok := f.Params.List[1].Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		if input, ok := pointer.X.(*ast.SelectorExpr); ok && strings.HasSuffix(input.Sel.Name, "Input") && !reading.MatchString(method.Names[0].Name) {
			operations = append(operations, method.Names[0].Name)
		}
	}
	return operations
}

// heldWhole are the fields, parameters and results of a file that have the type of a whole client, or of an interface without a
// name that writes.
func heldWhole(s source) []string {
	var places []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok {
			return true
		}
		held := false
		switch t := field.Type.(type) {
		case *ast.StarExpr:
			client, ok := t.X.(*ast.SelectorExpr)
			held = ok && client.Sel.Name == "Client"
		case *ast.InterfaceType:
			held = len(written(t)) > 0
		}
		if held {
			places = append(places, s.fset.Position(field.Pos()).String())
		}
		return true
	})
	return places
}

// heldPlainly are the places of a package where something has an interface's type: a field, a parameter, a result, a variable, an
// embedding. What is between the brackets of step.Writes or step.Guard, or assigned to the blank variable, is not held.
func heldPlainly(declaring source, name string, all []source) []string {
	var places []string
	for _, s := range all {
		if s.dir != declaring.dir || s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			var types []ast.Expr
			switch n := n.(type) {
			case *ast.Field:
				types = []ast.Expr{n.Type}
			case *ast.ValueSpec:
				if !slices.ContainsFunc(n.Names, func(i *ast.Ident) bool { return i.Name == "_" }) {
					types = []ast.Expr{n.Type}
				}
			case *ast.ArrayType:
				types = []ast.Expr{n.Elt}
			case *ast.MapType:
				types = []ast.Expr{n.Key, n.Value}
			case *ast.TypeAssertExpr:
				types = []ast.Expr{n.Type}
			case *ast.CallExpr: // a conversion
				types = []ast.Expr{n.Fun}
			}
			for _, t := range types {
				if i, ok := t.(*ast.Ident); ok && i.Name == name {
					places = append(places, s.fset.Position(i.Pos()).String())
				}
			}
			return true
		})
	}
	return places
}
