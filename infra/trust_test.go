package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// unnamed are the services that are not known to tell for whom they ask when they assume a role or use a resource, by
// where they are let in, and what bounds them instead. A condition on what they do not tell would lock them out.
var unnamed = map[string]string{
	"AWS::IAM::Role lambda.amazonaws.com":                                  "only who may pass the role in this account gives it to a function",
	"AWS::IAM::Role ec2.amazonaws.com":                                     "only who may pass the role in this account gives it to an instance",
	"AWS::S3::BucketPolicy logdelivery.elasticloadbalancing.amazonaws.com": "it writes below AWSLogs/<account> alone, and Elastic Load Balancing puts each load balancer's own account there",
	"AWS::KMS::Key cloudwatch.amazonaws.com":                               "whose alarms may publish is the topic's policy",
}

// No service acts for another account with a role or a resource of ours (the confused deputy): each is let in for this
// account, or for a resource of it.
func TestServicesActForThisAccountAlone(t *testing.T) {
	used := make(map[string]bool)
	for _, stack := range synthesised.stacks {
		for id, r := range named(t, stack) {
			if r.Type == "AWS::Lambda::Permission" && r.Properties["SourceArn"] == nil && r.Properties["SourceAccount"] == nil {
				t.Errorf("%s: %s lets %v in for any account", stack, id, r.Properties["Principal"])
			}
			for _, s := range letIn(t, r) {
				key := r.Type + " " + s.service
				switch {
				case unnamed[key] != "":
					used[key] = true
				case !s.ours():
					t.Errorf("%s: %s lets %s in for any account: %s", stack, id, s.service, s.conditions)
				}
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(unnamed)) {
		if !used[key] {
			t.Errorf("nothing lets %s in: its line is of no use", key)
		}
	}
}

// The roles of state machines and rules are assumed for those alone (Step Functions developer guide, "Prevent cross-service
// confused deputy issue"; EventBridge user guide, "Cross-service confused deputy prevention": the rule's ARN).
func TestRolesAreAssumedForTheirOwn(t *testing.T) {
	for _, c := range []struct{ stack, role, source string }{
		{"Deployer", "BlueGreenRole", ":stateMachine:ec-mqagt-dev-BlueGreen"},
		{"Deployer", "GracefulShutdownRole", ":stateMachine:ec-mqagt-dev-GracefulShutdown"},
		{"Deployer", "DrainAtScaleInRole", ":rule/ec-mqagt-dev-DrainAtScaleIn"},
		{"Pipeline", "StartRole", ":rule/ec-mqagt-dev-SourceChanged"},
		{"Network", "FlowLogRole", ":vpc-flow-log/*"},
	} {
		all := named(t, c.stack)
		role := all[only(t, idsOf(all, "AWS::IAM::Role", c.role))]
		conditions := at(t, role.Properties, "AssumeRolePolicyDocument", "Statement", 0, "Condition")
		if !strings.Contains(conditions, c.source+`"]]}`) || !strings.Contains(conditions, `"aws:SourceAccount":{"Ref":"AWS::AccountId"}`) {
			t.Errorf("%s: %s is assumed for %s, want %s of this account", c.stack, c.role, conditions, c.source)
		}
	}
	for _, r := range []struct{ stack, name string }{{"Deployer", "ec-mqagt-dev-DrainAtScaleIn"}, {"Pipeline", "ec-mqagt-dev-SourceChanged"}} {
		if !slices.ContainsFunc(resources(t, r.stack, "AWS::Events::Rule"), func(rule resource) bool { return rule.Properties["Name"] == r.name }) {
			t.Errorf("%s: no rule is called %s", r.stack, r.name)
		}
	}
}

// admitted is a service that a statement lets in, with its conditions as JSON.
type admitted struct{ service, conditions string }

// ours reports whether a condition names this account, or a resource of the same stack.
func (a admitted) ours() bool {
	for _, key := range []string{"aws:SourceAccount", "aws:SourceArn"} {
		_, value, found := strings.Cut(a.conditions, `"`+key+`":`)
		if found && (strings.Contains(value, `{"Ref":"AWS::AccountId"}`) || strings.Contains(value, `"Fn::GetAtt"`)) {
			return true
		}
	}
	return false
}

// letIn are the services that a resource's own policy, or a role's, lets in.
func letIn(t *testing.T, r resource) []admitted {
	t.Helper()
	var found []admitted
	for _, property := range []string{"AssumeRolePolicyDocument", "PolicyDocument", "KeyPolicy"} {
		text, err := json.Marshal(r.Properties[property])
		if err != nil {
			t.Fatal(err)
		}
		var document struct {
			Statement []struct {
				Effect    string
				Principal any
				Condition json.RawMessage
			}
		}
		if err := json.Unmarshal(text, &document); err != nil {
			t.Fatalf("%s: %v", property, err)
		}
		for _, s := range document.Statement {
			principal, _ := s.Principal.(map[string]any)
			if service := principal["Service"]; service != nil && s.Effect == "Allow" {
				found = append(found, admitted{fmt.Sprint(service), string(s.Condition)})
			}
		}
	}
	return found
}
