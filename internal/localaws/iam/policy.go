// Package iam models what AWS Identity and Access Management does with the policies of roles: it reads policy documents,
// knows which actions on which resources a request to another service means, and refuses what no policy allows. Who has
// no policy in the model, such as the people at the command line, may do everything.
package iam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Policy is an identity-based policy document, ready to be evaluated. It is never written to: many roles may share it.
type Policy struct{ statements []*statement }

// statement is one statement of a policy.
type statement struct {
	sid        string
	deny       bool
	actions    []pattern // in lower case
	resources  []arnPattern
	conditions []condition
}

// Parse reads a policy document. What the model does not know is an error that names the statement: NotAction and
// NotResource, a principal, policy variables, condition operators and keys that it has no meaning for.
func Parse(document []byte) (*Policy, error) {
	var read struct {
		Version   string
		ID        string `json:"Id"`
		Statement oneOrMore[json.RawMessage]
	}
	if err := strictly(document, &read); err != nil {
		return nil, fmt.Errorf("policy document: %w", err)
	}
	const version = "2012-10-17"
	if read.Version != version {
		return nil, fmt.Errorf("policy document: Version must be %q, not %q", version, read.Version)
	}
	if len(read.Statement) == 0 {
		return nil, fmt.Errorf("policy document: it has no Statement")
	}
	policy := &Policy{}
	for i, raw := range read.Statement {
		s, err := parseStatement(raw)
		if err != nil {
			name := fmt.Sprint(i + 1)
			if s != nil && s.sid != "" {
				name += " (" + s.sid + ")"
			}
			return nil, fmt.Errorf("policy document: statement %s: %w", name, err)
		}
		policy.statements = append(policy.statements, s)
	}
	return policy, nil
}

// Without is the policy without the statements whose Sid is out.
func (p *Policy) Without(out func(sid string) bool) *Policy {
	return &Policy{slices.DeleteFunc(slices.Clone(p.statements), func(s *statement) bool { return out(s.sid) })}
}

// parseStatement returns the statement with an error too, for its Sid.
func parseStatement(raw []byte) (*statement, error) {
	var read struct {
		Sid, Effect                                     string
		Action, Resource                                oneOrMore[string]
		Condition                                       map[string]map[string]oneOrMore[scalar]
		NotAction, NotResource, Principal, NotPrincipal json.RawMessage
	}
	if err := strictly(raw, &read); err != nil {
		return nil, err
	}
	s := &statement{sid: read.Sid, deny: read.Effect == "Deny"}
	for name, value := range map[string]json.RawMessage{
		"NotAction": read.NotAction, "NotResource": read.NotResource, "Principal": read.Principal, "NotPrincipal": read.NotPrincipal,
	} {
		if value != nil {
			return s, fmt.Errorf("the model does not know %s: name what is meant by Action and Resource", name)
		}
	}
	switch {
	case read.Effect != "Allow" && read.Effect != "Deny":
		return s, fmt.Errorf("its Effect must be Allow or Deny, not %q", read.Effect)
	case len(read.Action) == 0:
		return s, fmt.Errorf("it has no Action")
	case len(read.Resource) == 0:
		return s, fmt.Errorf("it has no Resource")
	}
	for _, action := range read.Action {
		if service, name, ok := strings.Cut(action, ":"); action != "*" && (!ok || service == "" || name == "") {
			return s, fmt.Errorf("the Action %q must be service:Name", action)
		}
		s.actions = append(s.actions, newPattern(strings.ToLower(action)))
	}
	for _, resource := range read.Resource {
		p, err := newARNPattern(resource)
		if err != nil {
			return s, fmt.Errorf("the Resource %q %w", resource, err)
		}
		s.resources = append(s.resources, p)
	}
	var err error
	s.conditions, err = parseConditions(read.Condition)
	return s, err
}

func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// oneOrMore is a list that may be written as its only element.
type oneOrMore[T any] []T

func (l *oneOrMore[T]) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '[' {
		return json.Unmarshal(text, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(text, &one); err != nil {
		return err
	}
	*l = []T{one}
	return nil
}

// scalar is a condition's value: text, or true, false and numbers that may be written as such.
type scalar string

func (s *scalar) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, (*string)(s))
	}
	if text[0] == '{' || text[0] == '[' || string(text) == "null" {
		return fmt.Errorf("%s is not a condition's value", text)
	}
	*s = scalar(text)
	return nil
}
