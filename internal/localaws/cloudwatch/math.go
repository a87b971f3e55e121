package cloudwatch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strconv"
	"strings"
)

// An expression of metric math is read by Go's own parser: what is modelled of it looks the same, but for lists.
var lists = strings.NewReplacer("[", "LIST(", "]", ")")

// expression is metric math that the model can calculate.
type expression struct {
	tree ast.Expr
	uses []string // ids; "" is METRICS()
}

// parseExpression reads numbers, ids, + - * /, parentheses, and SUM, AVG, MIN and MAX of a list or of METRICS(), and
// FILL(id, number). ok is false for everything else.
func parseExpression(text string) (expression, bool) {
	tree, err := parser.ParseExpr(lists.Replace(text))
	if err != nil {
		return expression{}, false
	}
	e := expression{tree: tree}
	return e, e.known(tree)
}

// known reports whether all of a tree is modelled, and notes the ids in it.
func (e *expression) known(tree ast.Expr) bool {
	switch node := tree.(type) {
	case *ast.BasicLit:
		return node.Kind == token.INT || node.Kind == token.FLOAT
	case *ast.Ident:
		e.uses = append(e.uses, node.Name)
		return true
	case *ast.ParenExpr:
		return e.known(node.X)
	case *ast.UnaryExpr:
		return node.Op == token.SUB && e.known(node.X)
	case *ast.BinaryExpr:
		return arithmetic[node.Op] != nil && e.known(node.X) && e.known(node.Y)
	case *ast.CallExpr:
		return e.knownCall(node)
	}
	return false
}

var arithmetic = map[token.Token]func(a, b float64) float64{
	token.ADD: func(a, b float64) float64 { return a + b },
	token.SUB: func(a, b float64) float64 { return a - b },
	token.MUL: func(a, b float64) float64 { return a * b },
	token.QUO: func(a, b float64) float64 { return a / b },
}

// functions reduce the points of a list at one time, those that are there.
var functions = map[string]func(values []float64) float64{
	"SUM": sum,
	"AVG": func(values []float64) float64 { return sum(values) / float64(len(values)) },
	"MIN": func(values []float64) float64 { return reduce(values, math.Min) },
	"MAX": func(values []float64) float64 { return reduce(values, math.Max) },
}

func sum(values []float64) float64 {
	return reduce(values, func(a, b float64) float64 { return a + b })
}

func reduce(values []float64, join func(a, b float64) float64) float64 {
	all := values[0]
	for _, value := range values[1:] {
		all = join(all, value)
	}
	return all
}

func (e *expression) knownCall(call *ast.CallExpr) bool {
	name := called(call)
	switch {
	case name == "FILL" && len(call.Args) == 2:
		return e.known(call.Args[0]) && e.known(call.Args[1])
	case functions[name] == nil || len(call.Args) != 1:
		return false
	}
	list, ok := call.Args[0].(*ast.CallExpr)
	switch {
	case ok && called(list) == "METRICS" && len(list.Args) == 0:
		e.uses = append(e.uses, "")
		return true
	case !ok || called(list) != "LIST" || len(list.Args) == 0:
		return false
	}
	for _, item := range list.Args {
		if !e.known(item) {
			return false
		}
	}
	return true
}

func called(call *ast.CallExpr) string {
	name, _ := call.Fun.(*ast.Ident)
	if name == nil {
		return ""
	}
	return name.Name
}

// at is an expression's value at one time. of gives an id's value, missing where it has none; all are the values of the
// metrics.
func at(tree ast.Expr, of func(id string) float64, all []float64) float64 {
	switch node := tree.(type) {
	case *ast.BasicLit:
		number, _ := strconv.ParseFloat(node.Value, 64) // the parser takes what ParseFloat takes
		return number
	case *ast.Ident:
		return of(node.Name)
	case *ast.ParenExpr:
		return at(node.X, of, all)
	case *ast.UnaryExpr:
		return -at(node.X, of, all)
	case *ast.BinaryExpr:
		value := arithmetic[node.Op](at(node.X, of, all), at(node.Y, of, all))
		if math.IsInf(value, 0) { // a division by zero has no point
			return missing
		}
		return value
	case *ast.CallExpr:
		return callAt(node, of, all)
	}
	return missing
}

func callAt(call *ast.CallExpr, of func(id string) float64, all []float64) float64 {
	if called(call) == "FILL" {
		if value := at(call.Args[0], of, all); !math.IsNaN(value) {
			return value
		}
		return at(call.Args[1], of, all)
	}
	list, values := call.Args[0].(*ast.CallExpr), all
	if called(list) == "LIST" {
		values = nil
		for _, item := range list.Args {
			values = append(values, at(item, of, all))
		}
	}
	var there []float64
	for _, value := range values {
		if !math.IsNaN(value) {
			there = append(there, value)
		}
	}
	if there == nil {
		return missing
	}
	return functions[called(call)](there)
}
