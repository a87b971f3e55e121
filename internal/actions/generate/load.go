package main

import (
	"errors"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// moduleName begins the import paths of our own packages.
const moduleName = "bluegreen/"

// program is our own code in SSA form. Of what it depends on, only the types are known: their code is never read, which
// keeps this fast (the SDK's is large), and calls nothing of AWS that its signatures do not show.
type program struct {
	*ssa.Program
	packages map[string]*ssa.Package // our own, by import path
	foreign  []*types.Interface      // those of other packages, and error
}

// load reads the packages with these import paths, and our own that they depend on, from the module that dir is in.
func load(dir string, paths ...string) (*program, error) {
	config := &packages.Config{Dir: dir, Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps}
	roots, err := packages.Load(config, paths...)
	if err != nil {
		return nil, err
	}
	own := make(map[string]bool)
	packages.Visit(roots, nil, func(p *packages.Package) {
		if strings.HasPrefix(p.PkgPath, moduleName) {
			own[p.PkgPath] = true
		}
	})
	config.Mode = packages.LoadSyntax
	read, err := packages.Load(config, slices.Sorted(maps.Keys(own))...)
	if err != nil {
		return nil, err
	}
	if err := problems(read); err != nil {
		return nil, err
	}
	all, ours := ssautil.Packages(read, ssa.InstantiateGenerics|ssa.BareInits)
	all.Build()
	p := &program{Program: all, packages: make(map[string]*ssa.Package)}
	for _, one := range ours {
		p.packages[one.Pkg.Path()] = one
	}
	p.foreign = p.foreignInterfaces()
	return p, nil
}

func problems(read []*packages.Package) error {
	var found []error
	packages.Visit(read, nil, func(p *packages.Package) {
		for _, problem := range p.Errors {
			found = append(found, fmt.Errorf("%s: %w", p.PkgPath, problem))
		}
	})
	return errors.Join(found...)
}

// isOwn reports whether a package is ours.
func isOwn(p *types.Package) bool { return p != nil && strings.HasPrefix(p.Path(), moduleName) }

// foreignInterfaces are those through which code that is not ours may call ours.
func (p *program) foreignInterfaces() []*types.Interface {
	all := []*types.Interface{types.Universe.Lookup("error").Type().Underlying().(*types.Interface)}
	for _, of := range p.AllPackages() {
		if isOwn(of.Pkg) {
			continue
		}
		for _, member := range of.Members {
			if declared, ok := member.(*ssa.Type); ok && types.IsInterface(declared.Type()) {
				all = append(all, declared.Type().Underlying().(*types.Interface))
			}
		}
	}
	return all
}
