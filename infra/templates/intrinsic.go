package templates

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// document is a JSON document with its intrinsic functions put in.
func (t *Template) document(value any) ([]byte, error) {
	resolved, err := t.resolve(value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(resolved)
}

// text is a text with its intrinsic functions put in.
func (t *Template) text(value any) (string, error) {
	resolved, err := t.resolve(value)
	if err != nil {
		return "", err
	}
	text, ok := resolved.(string)
	if !ok {
		return "", fmt.Errorf("%v is not a text", value)
	}
	return text, nil
}

// resolve puts in what CloudFormation would: Ref, Fn::GetAtt, Fn::Join and Fn::Sub. Other functions are errors.
func (t *Template) resolve(value any) (any, error) {
	switch v := value.(type) {
	case []any:
		resolved := make([]any, len(v))
		for i, element := range v {
			var err error
			if resolved[i], err = t.resolve(element); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	case map[string]any:
		for name, argument := range v {
			if len(v) == 1 && (name == "Ref" || strings.HasPrefix(name, "Fn::")) {
				return t.call(name, argument)
			}
		}
		resolved := make(map[string]any, len(v))
		for name, member := range v {
			var err error
			if resolved[name], err = t.resolve(member); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	}
	return value, nil
}

func (t *Template) call(function string, argument any) (string, error) {
	switch function {
	case "Ref":
		name, _ := argument.(string)
		return t.ref(name)
	case "Fn::GetAtt":
		if of := list(argument); len(of) == 2 && of[1] == "Arn" {
			name, _ := of[0].(string)
			return t.arn(name)
		}
	case "Fn::Join":
		if of := list(argument); len(of) == 2 {
			return t.join(of[0], list(of[1]))
		}
	case "Fn::Sub":
		if text, ok := argument.(string); ok {
			return t.sub(text)
		}
	}
	return "", fmt.Errorf("%s of %v is not one that is known here: it knows Ref, Fn::GetAtt of an Arn, Fn::Join and Fn::Sub of a text", function, argument)
}

func (t *Template) join(separator any, values []any) (string, error) {
	var parts []string
	for _, value := range values {
		part, err := t.text(value)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	between, _ := separator.(string)
	return strings.Join(parts, between), nil
}

var placeholder = regexp.MustCompile(`\$\{([^}]+)\}`)

func (t *Template) sub(text string) (string, error) {
	var failure error
	out := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		name, attribute, _ := strings.Cut(match[2:len(match)-1], ".")
		value, err := "", error(nil)
		switch attribute {
		case "":
			value, err = t.ref(name)
		case "Arn":
			value, err = t.arn(name)
		default:
			err = fmt.Errorf("%s in %q: only Arn is known here", match, text)
		}
		if err != nil {
			failure = err
		}
		return value
	})
	return out, failure
}

// names are the properties that name a resource, and the ARNs that are made of them: service and what precedes the name.
var names = map[string]struct{ property, service, prefix, suffix string }{
	"AWS::DynamoDB::Table":             {"TableName", "dynamodb", "table/", ""},
	"AWS::Lambda::Function":            {"FunctionName", "lambda", "function:", ""},
	"AWS::Logs::LogGroup":              {"LogGroupName", "logs", "log-group:", ":*"},
	"AWS::SNS::Topic":                  {"TopicName", "sns", "", ""},
	"AWS::StepFunctions::StateMachine": {"StateMachineName", "states", "stateMachine:", ""},
}

// ref is what Ref gives: a pseudo parameter's value, or the name of a resource; of a topic and a machine it is the ARN.
func (t *Template) ref(name string) (string, error) {
	switch name {
	case "AWS::Partition":
		return t.at.Partition, nil
	case "AWS::Region":
		return t.at.Region, nil
	case "AWS::AccountId":
		return t.at.Account, nil
	}
	switch r := t.resources[name]; r.Type {
	case "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine":
		return t.arn(name)
	case "AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::Logs::LogGroup":
		return t.text(r.Properties[names[r.Type].property])
	}
	return "", fmt.Errorf("what Ref gives of %s, a %q, is not known here", name, t.resources[name].Type)
}

func (t *Template) arn(id string) (string, error) {
	r := t.resources[id]
	known, ok := names[r.Type]
	if !ok {
		return "", fmt.Errorf("the Arn of %s, a %q, is not known here", id, r.Type)
	}
	name, err := t.text(r.Properties[known.property])
	if err != nil {
		return "", fmt.Errorf("the name of %s: %w", id, err)
	}
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s%s%s", t.at.Partition, known.service, t.at.Region, t.at.Account, known.prefix, name, known.suffix), nil
}

// referenced is the logical id of a resource that Ref or Fn::GetAtt names.
func referenced(value any) (string, bool) {
	v, _ := value.(map[string]any)
	if name, ok := v["Ref"].(string); ok {
		return name, true
	}
	if of := list(v["Fn::GetAtt"]); len(of) == 2 {
		name, ok := of[0].(string)
		return name, ok
	}
	return "", false
}
