package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bluegreen/internal/actions"
)

const (
	moduleName = "bluegreen"
	internal   = moduleName + "/internal/"
	sdk        = "github.com/aws/aws-sdk-go-v2/service/"
)

// signedFor are the services that requests of the SDK's packages are signed for.
var signedFor = map[string]string{
	"autoscaling": "autoscaling", "cloudwatch": "monitoring", "dynamodb": "dynamodb", "ec2": "ec2",
	"elasticloadbalancing": "elasticloadbalancing", "elasticloadbalancingv2": "elasticloadbalancing",
	"eventbridge": "events", "lambda": "lambda", "route53": "route53", "sfn": "states", "sns": "sns", "sqs": "sqs",
	"ssm": "ssm", "sts": "sts",
}

// module is the Go module, package by package as it is asked for.
type module struct {
	root     string
	packages map[string]*source
}

// source is what a package's files, tests left out, say.
type source struct {
	importPath string
	interfaces map[string]*iface
	functions  map[string]map[string]bool // functions and methods by name, with the names that they call
	calls      map[string]bool            // names that any of them calls
	named      []reference                // what the package names of this module's other packages
	imports    []string                   // this module's own
}

// reference is something that a package declares.
type reference struct{ importPath, name string }

// iface is an interface type.
type iface struct {
	operations []actions.Operation
	embeds     []reference
}

func (s *source) interfaceNames() []string { return slices.Sorted(maps.Keys(s.interfaces)) }

// read parses a package of the module.
func (m *module) read(importPath string) (*source, error) {
	if s, ok := m.packages[importPath]; ok {
		return s, nil
	}
	s := &source{
		importPath: importPath, interfaces: make(map[string]*iface),
		functions: make(map[string]map[string]bool), calls: make(map[string]bool),
	}
	m.packages[importPath] = s
	dir := filepath.Join(m.root, filepath.FromSlash(strings.TrimPrefix(importPath, moduleName+"/")))
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if err := s.add(file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no Go files", dir)
	}
	return s, nil
}

// below are the module's packages that s imports, directly or not.
func (m *module) below(s *source) ([]*source, error) {
	var all []*source
	seen := make(map[string]bool)
	var visit func(*source) error
	visit = func(s *source) error {
		for _, importPath := range s.imports {
			if seen[importPath] {
				continue
			}
			seen[importPath] = true
			imported, err := m.read(importPath)
			if err != nil {
				return err
			}
			all = append(all, imported)
			if err := visit(imported); err != nil {
				return err
			}
		}
		return nil
	}
	return all, visit(s)
}

// add takes in one file.
func (s *source) add(file *ast.File) error {
	imported := make(map[string]string)
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		name := path.Base(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imported[name] = importPath
		if strings.HasPrefix(importPath, internal) {
			s.imports = append(s.imports, importPath)
		}
	}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					if err := s.addType(t, imported); err != nil {
						return err
					}
				}
			}
		case *ast.FuncDecl:
			s.addFunction(d)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if of, ok := selector.X.(*ast.Ident); ok && strings.HasPrefix(imported[of.Name], internal) {
				s.named = append(s.named, reference{imported[of.Name], selector.Sel.Name})
			}
		}
		return true
	})
	return nil
}

func (s *source) addType(t *ast.TypeSpec, imported map[string]string) error {
	declared, ok := t.Type.(*ast.InterfaceType)
	if !ok {
		return nil
	}
	added := &iface{}
	s.interfaces[t.Name.Name] = added
	for _, field := range declared.Methods.List {
		switch kind := field.Type.(type) {
		case *ast.Ident:
			added.embeds = append(added.embeds, reference{s.importPath, kind.Name})
		case *ast.SelectorExpr:
			if of, ok := kind.X.(*ast.Ident); ok && strings.HasPrefix(imported[of.Name], internal) {
				added.embeds = append(added.embeds, reference{imported[of.Name], kind.Sel.Name})
			}
		case *ast.FuncType:
			o, ok, err := operation(field.Names[0].Name, kind, imported)
			if err != nil {
				return err
			}
			if ok {
				added.operations = append(added.operations, o)
			}
		}
	}
	return nil
}

// operation recognises a method of an SDK client: Op(context.Context, *service.OpInput, ...).
func operation(name string, kind *ast.FuncType, imported map[string]string) (actions.Operation, bool, error) {
	if len(kind.Params.List) < 2 {
		return actions.Operation{}, false, nil
	}
	pointer, ok := kind.Params.List[1].Type.(*ast.StarExpr)
	if !ok {
		return actions.Operation{}, false, nil
	}
	input, ok := pointer.X.(*ast.SelectorExpr)
	if !ok || input.Sel.Name != name+"Input" {
		return actions.Operation{}, false, nil
	}
	of, ok := input.X.(*ast.Ident)
	if !ok || !strings.HasPrefix(imported[of.Name], sdk) {
		return actions.Operation{}, false, nil
	}
	client := strings.TrimPrefix(imported[of.Name], sdk)
	service, ok := signedFor[client]
	if !ok {
		return actions.Operation{}, false, fmt.Errorf("%s: it is not known which service the SDK's package %s signs for: add it to signedFor", name, client)
	}
	return actions.Operation{Service: service, Name: name}, true, nil
}

// addFunction notes which names a function, or a method, selects or calls.
func (s *source) addFunction(f *ast.FuncDecl) {
	calls := s.functions[f.Name.Name]
	if calls == nil {
		calls = make(map[string]bool)
		s.functions[f.Name.Name] = calls
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			calls[n.Sel.Name] = true
		case *ast.CallExpr:
			if called, ok := n.Fun.(*ast.Ident); ok {
				calls[called.Name] = true
			}
		}
		return true
	})
	maps.Copy(s.calls, calls)
}
