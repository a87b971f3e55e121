// Package templates holds the stacks' templates as they are synthesised, for people to review, and reads from them who
// may do what: rehearsals run under these policies.
package templates

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Deployer is the template of the Deployer stack with the parameters' defaults: project ec, role mqagt, environment dev.
//
//go:embed Deployer.template.json
var Deployer []byte

// Place is where a stack is deployed.
type Place struct{ Partition, Region, Account string }

// Template is a CloudFormation template, to be deployed at a place.
type Template struct {
	at        Place
	resources map[string]resource // by logical id
}

type resource struct {
	Type       string
	Properties map[string]any
}

// Function is a Lambda function of a template.
type Function struct {
	Name string
	Role string // logical id
}

// State is the state whose work the function does: what its name ends in.
func (f Function) State() string { return f.Name[strings.LastIndexByte(f.Name, '-')+1:] }

// Role is a role of a template.
type Role struct {
	ID       string            // logical
	Trust    []byte            // the document that says who may have it
	Managed  []string          // ARNs of managed policies that are not the template's
	Policies map[string][]byte // its own policy documents by name, and the template's managed ones by logical id
}

// Parse reads a template.
func Parse(text []byte, at Place) (*Template, error) {
	var read struct{ Resources map[string]resource }
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return &Template{at: at, resources: read.Resources}, nil
}

// ofType are the logical ids of the resources of a type, in order.
func (t *Template) ofType(kind string) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(t.resources)) {
		if t.resources[id].Type == kind {
			ids = append(ids, id)
		}
	}
	return ids
}

// Functions are the template's functions by their logical ids' order.
func (t *Template) Functions() ([]Function, error) {
	var functions []Function
	for _, id := range t.ofType("AWS::Lambda::Function") {
		name, err := t.text(t.resources[id].Properties["FunctionName"])
		if err != nil {
			return nil, fmt.Errorf("function %s: its name: %w", id, err)
		}
		role, ok := referenced(t.resources[id].Properties["Role"])
		if !ok {
			return nil, fmt.Errorf("function %s: its role is not one of the template's", id)
		}
		functions = append(functions, Function{name, role})
	}
	return functions, nil
}

// Roles are the template's roles by their logical ids' order, with the policies that stand apart from them.
func (t *Template) Roles() ([]Role, error) {
	var roles []Role
	for _, id := range t.ofType("AWS::IAM::Role") {
		role, err := t.role(id)
		if err != nil {
			return nil, fmt.Errorf("role %s: %w", id, err)
		}
		roles = append(roles, role)
	}
	return roles, nil
}

func (t *Template) role(id string) (Role, error) {
	properties := t.resources[id].Properties
	role := Role{ID: id, Policies: make(map[string][]byte)}
	var err error
	if role.Trust, err = t.document(properties["AssumeRolePolicyDocument"]); err != nil {
		return role, err
	}
	for _, arn := range list(properties["ManagedPolicyArns"]) {
		if managed, ok := referenced(arn); ok && t.resources[managed].Type == "AWS::IAM::ManagedPolicy" {
			if role.Policies[managed], err = t.document(t.resources[managed].Properties["PolicyDocument"]); err != nil {
				return role, fmt.Errorf("managed policy %s: %w", managed, err)
			}
			continue
		}
		resolved, err := t.text(arn)
		if err != nil {
			return role, err
		}
		role.Managed = append(role.Managed, resolved)
	}
	policies := list(properties["Policies"])
	for _, apart := range t.ofType("AWS::IAM::Policy") {
		of := list(t.resources[apart].Properties["Roles"])
		if slices.ContainsFunc(of, func(ref any) bool { name, _ := referenced(ref); return name == id }) {
			policies = append(policies, t.resources[apart].Properties)
		}
	}
	for _, policy := range policies {
		p, _ := policy.(map[string]any)
		name, err := t.text(p["PolicyName"])
		if err != nil {
			return role, err
		}
		if role.Policies[name], err = t.document(p["PolicyDocument"]); err != nil {
			return role, fmt.Errorf("policy %s: %w", name, err)
		}
	}
	return role, nil
}

func list(value any) []any {
	all, _ := value.([]any)
	return all
}
