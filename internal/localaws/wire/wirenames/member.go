package main

import (
	"go/ast"
	"strconv"
	"strings"
)

// member is one member of a struct as a (de)serializer has it.
type member struct {
	structure, field string
	name             string // on the wire
	list             bool
	ec2, response    bool
}

// rule is the wire name that package wire gives the member by itself.
func (m member) rule() string {
	singular := strings.TrimSuffix(m.field, "s")
	switch {
	case !m.ec2:
		return m.field
	case m.response && m.list:
		return strings.ToLower(singular[:1]) + singular[1:] + "Set"
	case m.response:
		return strings.ToLower(m.field[:1]) + m.field[1:]
	case m.list:
		return singular
	}
	return m.field
}

// members are those that function writes or reads, if it is for a struct.
func (f functions) members(function *ast.FuncDecl) []member {
	structure := structName(function)
	if structure == "" {
		return nil
	}
	var found []member
	ec2 := strings.HasPrefix(function.Name.Name, "awsEc2query_")
	ast.Inspect(function.Body, func(node ast.Node) bool {
		m := member{structure: structure, ec2: ec2}
		switch node := node.(type) {
		case *ast.IfStmt: // if v.Field != nil { objectKey := object.Key("Name"); … }
			m.name, m.list = writtenName(node.Body)
			m.field = selected(node.Cond, "v")
		case *ast.CaseClause: // case strings.EqualFold("name", t.Name.Local): … sv.Field = …
			m.response = true
			m.name = readName(node)
			m.field = selected(&ast.BlockStmt{List: node.Body}, "sv")
			item := ""
			m.list, item = f.readsList(node)
			usual := "member"
			if ec2 {
				usual = "item"
			}
			if m.list && m.name != "" && item != usual {
				m.name += "/" + item
			}
		}
		if m.name != "" && m.field != "" {
			found = append(found, m)
		}
		return true
	})
	return found
}

// structName is the struct that a function's first parameter points to, or "".
func structName(function *ast.FuncDecl) string {
	if len(function.Type.Params.List) == 0 {
		return ""
	}
	t := function.Type.Params.List[0].Type
	for {
		star, ok := t.(*ast.StarExpr)
		if !ok {
			break
		}
		t = star.X
	}
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.SelectorExpr:
		return t.Sel.Name
	}
	return ""
}

// writtenName is the name in the object.Key("Name") or object.FlatKey("Name") of a serializer's block.
func writtenName(block *ast.BlockStmt) (name string, flat bool) {
	for _, statement := range block.List {
		assign, ok := statement.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 {
			continue
		}
		call, ok := assign.Rhs[0].(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			continue
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if ok && (method.Sel.Name == "Key" || method.Sel.Name == "FlatKey") {
			return literal(call.Args[0]), method.Sel.Name == "FlatKey"
		}
	}
	return "", false
}

// readName is the name in a deserializer's case strings.EqualFold("name", …).
func readName(clause *ast.CaseClause) string {
	if len(clause.List) != 1 {
		return ""
	}
	call, ok := clause.List[0].(*ast.CallExpr)
	if !ok || len(call.Args) != 2 {
		return ""
	}
	return literal(call.Args[0])
}

// readsList reports whether the clause calls the deserializer of a list, and the name of the list's items.
func (f functions) readsList(clause *ast.CaseClause) (list bool, item string) {
	ast.Inspect(clause, func(node ast.Node) bool {
		identifier, ok := node.(*ast.Ident)
		if !ok || f[identifier.Name] == nil || list {
			return !list
		}
		star, ok := f[identifier.Name].Type.Params.List[0].Type.(*ast.StarExpr)
		if !ok {
			return true
		}
		if _, list = star.X.(*ast.ArrayType); list {
			item = itemName(f[identifier.Name])
		}
		return !list
	})
	return list, item
}

// itemName is the name that the deserializer of a list expects its items to have.
func itemName(function *ast.FuncDecl) string {
	name := ""
	ast.Inspect(function.Body, func(node ast.Node) bool {
		if clause, ok := node.(*ast.CaseClause); ok && name == "" {
			name = readName(clause)
		}
		return name == ""
	})
	return name
}

// selected is the first field that node selects from the variable.
func selected(node ast.Node, variable string) string {
	field := ""
	ast.Inspect(node, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok && field == "" {
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == variable {
				field = selector.Sel.Name
			}
		}
		return field == ""
	})
	return field
}

func literal(expression ast.Expr) string {
	if basic, ok := expression.(*ast.BasicLit); ok {
		text, _ := strconv.Unquote(basic.Value)
		return text
	}
	return ""
}
