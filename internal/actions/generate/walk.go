package main

import (
	"fmt"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"bluegreen/internal/actions"
)

// walk follows the code that a Lambda can reach (rapid type analysis). A function counts that is called or mentioned; one
// that a variable holds counts where the variable is mentioned; a call through an interface reaches those of our own
// types that implement it and whose values the Lambda puts into interfaces.
type walk struct {
	*program
	reached   map[*ssa.Function]bool
	todo      []*ssa.Function
	variables map[*ssa.Global]bool
	held      typeutil.Map // types whose values are in interfaces, each with its methods that we declare
	asked     map[method]bool
	found     map[actions.Operation]bool
	unknown   error // the first operation whose service is not known
}

// method is one of an interface's.
type method struct {
	of *types.Interface
	id string // types.Func.Id
}

// operations are those that the package's function main can reach.
func (p *program) operations(path string) (map[actions.Operation]bool, error) {
	main, ok := p.packages[path]
	if !ok || main.Func("main") == nil {
		return nil, fmt.Errorf("%s has no function main", path)
	}
	w := &walk{
		program: p, reached: make(map[*ssa.Function]bool), variables: make(map[*ssa.Global]bool),
		asked: make(map[method]bool), found: make(map[actions.Operation]bool),
	}
	w.loaded(main.Pkg, make(map[*types.Package]bool))
	w.reach(main.Func("main"))
	for len(w.todo) > 0 {
		f := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		for _, block := range f.Blocks {
			for _, i := range block.Instrs {
				w.instruction(i)
			}
		}
		if f.Blocks == nil {
			w.leaves(f)
		}
	}
	return w.found, w.unknown
}

// loaded reaches the init functions of our packages that are loaded with one.
func (w *walk) loaded(p *types.Package, seen map[*types.Package]bool) {
	if seen[p] || !isOwn(p) {
		return
	}
	seen[p] = true
	for _, imported := range p.Imports() {
		w.loaded(imported, seen)
	}
	for name, member := range w.Package(p).Members {
		if f, ok := member.(*ssa.Function); ok && strings.HasPrefix(name, "init#") {
			w.reach(f)
		}
	}
}

func (w *walk) reach(f *ssa.Function) {
	if !w.reached[f] {
		w.reached[f] = true
		w.todo = append(w.todo, f)
	}
}

// instruction reaches what an instruction calls and mentions.
func (w *walk) instruction(i ssa.Instruction) {
	switch i := i.(type) {
	case *ssa.MakeInterface:
		w.hold(i.X.Type())
	case ssa.CallInstruction:
		if call := i.Common(); call.IsInvoke() {
			w.ask(call.Value.Type().Underlying().(*types.Interface), call.Method)
		}
	}
	for _, operand := range i.Operands(nil) {
		switch value := (*operand).(type) {
		case *ssa.Function:
			w.reach(value)
		case *ssa.Global:
			w.mention(value)
		}
	}
}

// mention reaches what a variable of ours is initialised with: from the instruction that stores it, all instructions that
// share a value.
func (w *walk) mention(variable *ssa.Global) {
	if w.variables[variable] || !isOwn(variable.Pkg.Pkg) {
		return
	}
	w.variables[variable] = true
	var todo []ssa.Instruction
	for _, block := range variable.Pkg.Func("init").Blocks {
		for _, i := range block.Instrs {
			if store, ok := i.(*ssa.Store); ok && store.Addr == variable {
				todo = append(todo, store)
			}
		}
	}
	seen := make(map[ssa.Instruction]bool)
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		w.instruction(i)
		for _, operand := range i.Operands(nil) {
			if made, ok := (*operand).(ssa.Instruction); ok {
				todo = append(todo, made)
			}
		}
		if value, ok := i.(ssa.Value); ok {
			todo = append(todo, *value.Referrers()...)
		}
	}
}

// hold notes that a type's values are in interfaces. Code that is not ours may call any method that it knows them by.
func (w *walk) hold(t types.Type) {
	if w.held.At(t) != nil {
		return
	}
	var own []*types.Selection
	for selection := range types.NewMethodSet(t).Methods() {
		if isOwn(selection.Obj().Pkg()) {
			own = append(own, selection)
		}
	}
	w.held.Set(t, own)
	if len(own) == 0 {
		return
	}
	for _, foreign := range w.foreign {
		for m := range foreign.Methods() {
			w.dispatch(t, own, method{foreign, m.Id()})
		}
	}
	for m := range w.asked {
		w.dispatch(t, own, m)
	}
}

// ask notes that a method of an interface is called.
func (w *walk) ask(of *types.Interface, called *types.Func) {
	w.operation(called)
	m := method{of, called.Id()}
	if w.asked[m] {
		return
	}
	w.asked[m] = true
	w.held.Iterate(func(t types.Type, own any) { w.dispatch(t, own.([]*types.Selection), m) })
}

// dispatch reaches the one of a type's own methods that a call of an interface's may mean.
func (w *walk) dispatch(t types.Type, own []*types.Selection, m method) {
	for _, selection := range own {
		if selection.Obj().Id() == m.id && types.Implements(t, m.of) {
			w.reach(w.MethodValue(selection))
		}
	}
}

// leaves notes which operations of AWS a function that is not ours is, or may call by what it is given.
func (w *walk) leaves(f *ssa.Function) {
	if declared, ok := f.Object().(*types.Func); ok {
		w.operation(declared)
	}
	for given := range f.Signature.Params().Variables() {
		if may, ok := given.Type().Underlying().(*types.Interface); ok {
			for m := range may.Methods() {
				w.operation(m)
			}
		}
	}
}

func (w *walk) operation(called *types.Func) {
	o, ok, err := operation(called)
	if err != nil && w.unknown == nil {
		w.unknown = err
	}
	if ok {
		w.found[o] = true
	}
}
