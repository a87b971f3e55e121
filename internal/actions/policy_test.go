package actions_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/actions"
)

var scope = actions.Standard("aws", "ap-northeast-1", "000000000000", "ec", "mqagt", "dev")

func policy(t *testing.T, state string, scope actions.Scope) map[string]actions.Statement {
	t.Helper()
	statements, err := actions.Policy(state, scope)
	if err != nil {
		t.Fatal(err)
	}
	bySid := make(map[string]actions.Statement)
	for _, s := range statements {
		if _, twice := bySid[s.Sid]; twice {
			t.Errorf("%s has two statements %s", state, s.Sid)
		}
		bySid[s.Sid] = s
	}
	return bySid
}

// launching are the actions that naming a version of a launch template needs besides the call's own, and naming the states that do so.
var (
	launching = []string{"ec2:RunInstances", "ec2:CreateTags", "iam:PassRole"}
	naming    = []string{"CreateGreen", "RestoreBlue", "ScaleInBlue"}
)

// What a function is allowed are the actions that its operations need, and those that Lambda itself needs: no more, no less.
func TestPolicyIsWhatOperationsNeed(t *testing.T) {
	for _, state := range actions.States() {
		needed := make(map[string]bool)
		for _, action := range launching {
			needed[action] = slices.Contains(naming, state)
		}
		for _, operation := range actions.Of(state) {
			for _, action := range operation.IAM() {
				needed[action] = true
			}
		}
		allowed := make(map[string]bool)
		statements, err := actions.Needed(state, scope)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statements {
			for _, action := range s.Actions {
				allowed[action] = true
				if !s.Runtime && !needed[action] {
					t.Errorf("%s: %s allows %s, which no operation needs", state, s.Sid, action)
				}
				if strings.Contains(action, "*") {
					t.Errorf("%s: %s allows %s: a pattern", state, s.Sid, action)
				}
			}
			if s.Why == "" || len(s.Resources) == 0 {
				t.Errorf("%s: %s has no reason or no resource: %v", state, s.Sid, s)
			}
		}
		for action, needed := range needed {
			if needed && !allowed[action] {
				t.Errorf("%s needs %s, and no statement allows it", state, action)
			}
		}
	}
}

func TestWhatHasNoResourceInAScopeIsLeftOut(t *testing.T) {
	narrow := scope
	narrow.FleetRoles = nil
	statements := policy(t, "CreateGreen", narrow)
	for _, sid := range []string{"PassRolesOfInstances", "PassRolesOfHooks"} {
		if _, there := statements[sid]; there {
			t.Errorf("%s is there, and the fleets have no role", sid)
		}
	}
	if got := statements["PassServiceRole"].Resources; len(got) != 1 || !strings.HasSuffix(got[0], "/AWSServiceRoleForAutoScaling*") {
		t.Errorf("the service's own role is %v", got)
	}
}

// A fleet that is named whole covers its greens.
func TestGreensOfANamedFleet(t *testing.T) {
	narrow := scope
	narrow.Fleets = []string{"payments"}
	want := []string{
		"arn:aws:autoscaling:ap-northeast-1:000000000000:autoScalingGroup:*:autoScalingGroupName/payments",
		"arn:aws:autoscaling:ap-northeast-1:000000000000:autoScalingGroup:*:autoScalingGroupName/payments-v*",
	}
	if got := policy(t, "ScaleInBlue", narrow)["ChangeFleets"].Resources; !slices.Equal(got, want) {
		t.Errorf("resources %v, want %v", got, want)
	}
}

func TestDocument(t *testing.T) {
	document, err := actions.Document([]actions.Statement{policy(t, "CreateGreen", scope)["TagAtLaunch"]})
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(document, &got); err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal([]byte(`{"Version": "2012-10-17", "Statement": [{
		"Sid": "TagAtLaunch", "Effect": "Allow", "Action": ["ec2:CreateTags"],
		"Resource": ["arn:aws:ec2:ap-northeast-1:000000000000:instance/*", "arn:aws:ec2:ap-northeast-1:000000000000:network-interface/*",
			"arn:aws:ec2:ap-northeast-1:000000000000:secondary-interface/*",
			"arn:aws:ec2:ap-northeast-1:000000000000:spot-instances-request/*", "arn:aws:ec2:ap-northeast-1:000000000000:volume/*"],
		"Condition": {"StringEquals": {"ec2:CreateAction": ["RunInstances"]}}}]}`), &want)
	if g, w := indented(got), indented(want); g != w {
		t.Errorf("document %s\nwant %s", g, w)
	}
}

func indented(v any) string {
	text, _ := json.MarshalIndent(v, "", "  ")
	return string(text)
}
