package templates_test

import (
	"strings"
	"testing"

	"bluegreen/infra/templates"
)

func role(t *testing.T, policy string) (string, error) {
	t.Helper()
	template, err := templates.Parse([]byte(`{"Resources": {
		"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Sub": "${AWS::Region}-topic"}}},
		"Work": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "p-r-e-Work", "Role": {"Fn::GetAtt": ["WorkRole", "Arn"]}}},
		"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
		"WorkRole": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
		"Apart": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "apart", "Roles": [{"Ref": "WorkRole"}], "PolicyDocument": `+policy+`}}}}`),
		templates.Place{Partition: "aws", Region: "eu-west-1", Account: "123456789012"})
	if err != nil {
		t.Fatal(err)
	}
	functions, err := template.Functions()
	if err != nil || len(functions) != 1 || functions[0].State() != "Work" || functions[0].Role != "WorkRole" {
		t.Fatalf("functions %v, %v", functions, err)
	}
	roles, err := template.Roles()
	if err != nil {
		return "", err
	}
	return string(roles[0].Policies["apart"]), nil
}

// A role may do what the template's managed policies say that it names; of others only the ARN is known.
func TestManagedPolicies(t *testing.T) {
	template, err := templates.Parse([]byte(`{"Resources": {
		"More": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"A": {"Ref": "AWS::Region"}}}},
		"WorkRole": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, "ManagedPolicyArns": [
			{"Ref": "More"}, {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"}]}}}}`),
		templates.Place{Partition: "aws", Region: "eu-west-1", Account: "123456789012"})
	if err != nil {
		t.Fatal(err)
	}
	roles, err := template.Roles()
	if err != nil {
		t.Fatal(err)
	}
	if got := string(roles[0].Policies["More"]); got != `{"A":"eu-west-1"}` {
		t.Errorf("the policy that it names is %s", got)
	}
	if got := roles[0].Managed; len(got) != 1 || got[0] != "arn:aws:iam::aws:policy/ReadOnlyAccess" {
		t.Errorf("those of others are %v", got)
	}
}

func TestIntrinsics(t *testing.T) {
	for policy, want := range map[string]string{
		`{"A": {"Ref": "Topic"}}`:                                   `{"A":"arn:aws:sns:eu-west-1:123456789012:eu-west-1-topic"}`,
		`{"A": [{"Fn::GetAtt": ["Work", "Arn"]}, {"Ref": "Work"}]}`: `{"A":["arn:aws:lambda:eu-west-1:123456789012:function:p-r-e-Work","p-r-e-Work"]}`,
		`{"A": {"Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}, "iam", "", {"Ref": "AWS::AccountId"}, "role/r"]]}}`: `{"A":"arn:aws:iam::123456789012:role/r"}`,
		`{"A": {"Fn::Sub": "${Work.Arn}:*"}}`: `{"A":"arn:aws:lambda:eu-west-1:123456789012:function:p-r-e-Work:*"}`,
	} {
		if got, err := role(t, policy); err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", policy, got, err, want)
		}
	}
	for policy, want := range map[string]string{
		`{"A": {"Ref": "Bucket"}}`:                   "AWS::S3::Bucket",
		`{"A": {"Ref": "Nothing"}}`:                  "Nothing",
		`{"A": {"Fn::GetAtt": ["Work", "Version"]}}`: "Fn::GetAtt",
		`{"A": {"Fn::Select": [0, ["a"]]}}`:          "Fn::Select",
		`{"A": {"Fn::Sub": "${Work.Version}"}}`:      "Work.Version",
	} {
		if got, err := role(t, policy); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "role WorkRole") {
			t.Errorf("%s is %s, %v; want an error that names the role and %s", policy, got, err, want)
		}
	}
}
