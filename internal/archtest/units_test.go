package archtest_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// counted are the files that count instances, with the reason: everywhere else a group's capacity is what counts
// (deploy.Units), which is another number where instances have weights, or where a group counts vCPUs or memory.
var counted = map[string]string{
	"internal/deploy/fleet.go":                  "how many instances a fleet is to have, which is not what its sizes say where they count units",
	"internal/deploy/decide.go":                 "how many of a fleet's instances still drain",
	"internal/fleetreader/reader.go":            "how many instances are not as the model's are",
	"internal/demo/summary.go":                  "whether a group shows any instance by lifecycle state",
	"internal/bench/floor.go":                   "the same",
	"internal/load/requests.go":                 "how many servers requests can reach",
	"lambdas/completelifecycle/alone.go":        "whether one instance is held",
	"internal/jobs/worker.go":                   "whether AWS describes one instance",
	"internal/rehearsal/invariant/capacity.go":  "which fleet has the more instances, once the other is scaled in",
	"internal/rehearsal/invariant/endstates.go": "whether a fleet is empty",
	"internal/rehearsal/invariant/ownership.go": "the same",
	"internal/rehearsal/invariant/schedule.go":  "the same",
	"internal/rehearsal/scenario/converge.go":   "whether the instances that were noted are there",
	"internal/rehearsal/scenario/inject.go":     "whether a fleet has a first instance",
	"internal/rehearsal/sweep/scalein.go":       "a course without weights",
	"lambdas/completelifecycle/fleet.go":        "whether a fleet is empty, and how many instances are left of it",
	"lambdas/completelifecycle/unpin.go":        "whether any of a fleet's instances is in service",
	"lambdas/removegreen/handler.go":            "how many instances end",
	"lambdas/scaleinblue/handler.go":            "the same",
}

// Capacity is counted in what a group counts: len of a fleet's instances is not it.
func TestCapacityIsCountedInUnits(t *testing.T) {
	seen := make(map[string]bool)
	for _, s := range sources(t) {
		if s.test || !within(s.dir, "lambdas") && !within(s.dir, "internal") || within(s.dir, "internal/localaws") {
			continue
		}
		path := s.dir + "/" + s.name
		for _, at := range instanceCounts(s) {
			seen[path] = true
			if counted[path] == "" {
				t.Errorf("%s counts instances: a group's capacity is deploy.Units; where it is the number of instances that matters, list the file with the reason", at)
			}
		}
	}
	for path := range counted {
		if !seen[path] {
			t.Errorf("%s counts no instances any more: take it off the list", path)
		}
	}
}

// instanceCounts are the places where a file takes the length of what is called Instances, or of those that serve.
func instanceCounts(s source) []string {
	var found []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "len" {
			return true
		}
		of := call.Args[0]
		if method, ok := of.(*ast.CallExpr); ok {
			of = method.Fun
		}
		if field, ok := of.(*ast.SelectorExpr); ok && (strings.HasSuffix(field.Sel.Name, "Instances") || slices.Contains([]string{"Serving", "In"}, field.Sel.Name)) {
			found = append(found, s.fset.Position(n.Pos()).String())
		}
		return true
	})
	return found
}
