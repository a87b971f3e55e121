package trace

import (
	"cmp"
	"slices"
)

// Operation is an operation of AWS, and how often functions called it.
type Operation struct {
	Name          string // with its service's: AutoScaling DescribeAutoScalingGroups
	Calls, Failed int
}

// Operations are what the functions of the execution called, the most frequent first.
func (t *Trace) Operations() []Operation {
	counts := make(map[string]*Operation)
	for _, root := range t.roots {
		root.count(counts)
	}
	var all []Operation
	for _, o := range counts {
		all = append(all, *o)
	}
	slices.SortFunc(all, func(a, b Operation) int { return cmp.Or(b.Calls-a.Calls, cmp.Compare(a.Name, b.Name)) })
	return all
}

// count counts the calls below a node; what calls a function is none of them.
func (n *node) count(counts map[string]*Operation) {
	if n.isInvocation() {
		for _, call := range n.unwrap().calls {
			name := call.Name + " " + call.AWS.Operation
			if counts[name] == nil {
				counts[name] = &Operation{Name: name}
			}
			counts[name].Calls++
			if call.marked() {
				counts[name].Failed++
			}
		}
		return
	}
	for _, child := range n.Children {
		child.count(counts)
	}
}
