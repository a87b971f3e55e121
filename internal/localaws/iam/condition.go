package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Keys returns the values that a request has for a condition key, in lower case; none: it has no such key.
type Keys func(key string) []string

// condition compares the request's values of one key with some values.
type condition struct {
	key      string // in lower case
	matches  func(requested string) bool
	negated  bool
	ifExists bool // holds when the request has no such key
	forAll   bool // ForAllValues: every value of the request must match
	null     bool // Null: whether the key is there decides
	absent   bool // with null: it must not be there
}

// operators make the comparison of each condition operator that the model knows.
var operators = map[string]func(values []string) (func(string) bool, error){
	"StringEquals": equal, "StringLike": like, "ArnEquals": arnLike, "ArnLike": arnLike, "Bool": boolean,
}

// negations are the operators that hold where another does not.
var negations = map[string]string{"StringNotEquals": "StringEquals", "StringNotLike": "StringLike", "ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike"}

// keys are the condition keys that the model's requests can have, in lower case; one that ends in / takes a tag's key.
var keys = []string{
	"autoscaling:forcedelete", "autoscaling:resourcetag/", "aws:requesttag/", "aws:resourcetag/", "aws:tagkeys", "cloudwatch:alarmactions",
	"cloudwatch:namespace", "ec2:createaction", "ec2:instanceprofile", "ec2:instancetype", "ec2:launchtemplate", "ec2:resourcetag/", "elasticloadbalancing:createaction", "elasticloadbalancing:resourcetag/",
	"events:detail-type", "events:source", "iam:passedtoservice", "ssm:resourcetag/",
	"route53:changeresourcerecordsetsactions", "route53:changeresourcerecordsetsnormalizedrecordnames", "route53:changeresourcerecordsetsrecordtypes",
	"states:statemachinequalifier",
}

func parseConditions(block map[string]map[string]oneOrMore[scalar]) ([]condition, error) {
	var conditions []condition
	for _, operator := range slices.Sorted(maps.Keys(block)) {
		for _, key := range slices.Sorted(maps.Keys(block[operator])) {
			var values []string
			for _, value := range block[operator][key] {
				if strings.Contains(string(value), "${") {
					return nil, fmt.Errorf("the Condition %s: %s: %q has a policy variable, which the model does not know", operator, key, value)
				}
				values = append(values, string(value))
			}
			c, err := newCondition(operator, key, values)
			if err != nil {
				return nil, err
			}
			conditions = append(conditions, c)
		}
	}
	return conditions, nil
}

func newCondition(operator, key string, values []string) (condition, error) {
	c := condition{key: strings.ToLower(key)}
	if !slices.ContainsFunc(keys, func(known string) bool {
		return c.key == known || strings.HasSuffix(known, "/") && strings.HasPrefix(c.key, known)
	}) {
		return c, fmt.Errorf("the Condition key %s is not one that the model's requests have: %s", key, strings.Join(keys, ", "))
	}
	base := operator
	if rest, ok := strings.CutPrefix(base, "ForAllValues:"); ok {
		base, c.forAll = rest, true
	} else if rest, ok := strings.CutPrefix(base, "ForAnyValue:"); ok {
		base = rest
	}
	base, c.ifExists = strings.CutSuffix(base, "IfExists")
	if positive, ok := negations[base]; ok {
		base, c.negated = positive, true
	}
	if base == "Null" {
		c.null = true
		if len(values) != 1 || (values[0] != "true" && values[0] != "false") {
			return c, fmt.Errorf("the Condition Null: %s must be true or false, not %q", key, values)
		}
		c.absent = values[0] == "true"
		return c, nil
	}
	compare, ok := operators[base]
	if !ok {
		return c, fmt.Errorf("the model does not know the Condition operator %s; it knows %s, Null, and those with Not, IfExists, ForAllValues or ForAnyValue",
			operator, strings.Join(slices.Sorted(maps.Keys(operators)), ", "))
	}
	var err error
	if c.matches, err = compare(values); err != nil {
		err = fmt.Errorf("the Condition %s: %s: %w", operator, key, err)
	}
	return c, err
}

func equal(values []string) (func(string) bool, error) {
	return func(requested string) bool { return slices.Contains(values, requested) }, nil
}

func like(values []string) (func(string) bool, error) {
	var patterns []pattern
	for _, value := range values {
		patterns = append(patterns, newPattern(value))
	}
	return func(requested string) bool {
		return slices.ContainsFunc(patterns, func(p pattern) bool { return p.matches(requested) })
	}, nil
}

func arnLike(values []string) (func(string) bool, error) {
	var patterns []arnPattern
	for _, value := range values {
		p, err := newARNPattern(value)
		if err != nil {
			return nil, fmt.Errorf("%q %w", value, err)
		}
		patterns = append(patterns, p)
	}
	return func(requested string) bool {
		return slices.ContainsFunc(patterns, func(p arnPattern) bool { return p.matches(requested) })
	}, nil
}

func boolean(values []string) (func(string) bool, error) {
	if len(values) != 1 || (values[0] != "true" && values[0] != "false") {
		return nil, fmt.Errorf("it must be true or false, not %q", values)
	}
	return equal(values)
}

// holds reports whether the condition holds for a request (IAM user guide, "Conditions with multiple keys or values"): a
// key that is not there matches nothing, so a negated operator holds, and so does ForAllValues.
func (c *condition) holds(of Keys) bool {
	var requested []string
	if of != nil {
		requested = of(c.key)
	}
	switch {
	case c.null:
		return c.absent == (len(requested) == 0)
	case len(requested) == 0:
		return c.ifExists || c.forAll || c.negated
	case c.forAll:
		return !slices.ContainsFunc(requested, func(value string) bool { return c.matches(value) == c.negated })
	}
	return slices.ContainsFunc(requested, func(value string) bool { return c.matches(value) != c.negated })
}
