package actions_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/actions"
	"bluegreen/internal/deploy"
)

// scope is that of a deployer that may do all that there is.
var scope = func() actions.Scope {
	s := actions.Standard("aws", "ap-northeast-1", "000000000000", "ec", "mqagt", "dev")
	s.Records = []deploy.Record{{Zone: "Z1", Name: "shop.example.com"}, {Zone: "Z1", Name: "*.shop.example.com"}, {Zone: "Z2", Name: "shop.example.org"}}
	s.BuildImages, s.InPlaceTemplates = true, []string{"lt-0123456789abcdef0"}
	return s
}()

// A function moves the records that are named, each in its own zone, and nothing else.
func TestRecordsAreMovedByName(t *testing.T) {
	statements := policy(t, "SwitchTraffic", scope)
	for sid, want := range map[string][]string{
		"MoveRecords": {"arn:aws:route53:::hostedzone/Z1", "shop.example.com", `\052.shop.example.com`}, "MoveRecords2": {"arn:aws:route53:::hostedzone/Z2", "shop.example.org"},
	} {
		s := statements[sid]
		if got := append(slices.Clone(s.Resources), s.Conditions[0].Values...); !slices.Equal(got, want) {
			t.Errorf("%s is of %v, not %v", sid, got, want)
		}
		if got := fmt.Sprint(s.Conditions[1:]); got != "[{ForAllValues:StringEquals route53:ChangeResourceRecordSetsRecordTypes [A AAAA]} "+
			"{ForAllValues:StringEquals route53:ChangeResourceRecordSetsActions [CREATE DELETE]}]" {
			t.Errorf("%s has the conditions %s", sid, got)
		}
	}
}

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
	naming    = []string{"CreateGreen", "RestoreBlue", "ScaleInBlue", "LaunchInstances", "JoinGroup", "EndPrevious", "RestoreGroup"}
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
