package iam_test

import (
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/localaws/iam"
)

func document(statements string) string {
	return `{"Version": "2012-10-17", "Statement": ` + statements + `}`
}

func parse(t testing.TB, statements string) *iam.Policy {
	t.Helper()
	policy, err := iam.Parse([]byte(document(statements)))
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// keys are a request's condition keys, as key=value or key=value,value.
func keys(pairs string) iam.Keys {
	values := make(map[string][]string)
	for _, pair := range strings.Fields(pairs) {
		key, value, _ := strings.Cut(pair, "=")
		values[key] = strings.Split(value, ",")
	}
	return func(key string) []string { return values[key] }
}

// What is left of a policy without some of its statements allows what they do, and nothing else.
func TestWithout(t *testing.T) {
	whole := parse(t, `[{"Sid": "A", "Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}, {"Sid": "B", "Effect": "Allow", "Action": "sns:Subscribe", "Resource": "*"}]`)
	left := whole.Without(func(sid string) bool { return sid == "A" })
	for _, c := range []struct {
		policy *iam.Policy
		action string
		want   bool
	}{{whole, "sns:Publish", true}, {whole, "sns:Subscribe", true}, {left, "sns:Publish", false}, {left, "sns:Subscribe", true}} {
		if got := iam.Evaluate(iam.Request{Action: c.action, Resource: "*", Keys: keys("")}, c.policy); got.Allowed != c.want {
			t.Errorf("%s is allowed: %t, want %t", c.action, got.Allowed, c.want)
		}
	}
}

const webGroup = "arn:aws:autoscaling:eu-west-1:000000000000:autoScalingGroup:*:autoScalingGroupName/web-v001"

func TestEvaluate(t *testing.T) {
	const onWeb = `"Resource": "arn:aws:autoscaling:eu-west-1:000000000000:autoScalingGroup:*:autoScalingGroupName/web-*"`
	for _, c := range []struct {
		name, statements, action, resource, keys string
		allowed, denied                          bool
	}{
		{"by name", `{"Effect": "Allow", "Action": "autoscaling:UpdateAutoScalingGroup", ` + onWeb + `}`,
			"autoscaling:UpdateAutoScalingGroup", webGroup, "", true, false},
		{"another action", `{"Effect": "Allow", "Action": "autoscaling:UpdateAutoScalingGroup", ` + onWeb + `}`,
			"autoscaling:DeleteAutoScalingGroup", webGroup, "", false, false},
		{"another name", `{"Effect": "Allow", "Action": "autoscaling:UpdateAutoScalingGroup", ` + onWeb + `}`,
			"autoscaling:UpdateAutoScalingGroup", strings.Replace(webGroup, "web", "api", 1), "", false, false},
		{"actions in any case", `[{"Effect": "Allow", "Action": ["AutoScaling:updateautoscalinggroup"], "Resource": ["*"]}]`,
			"autoscaling:UpdateAutoScalingGroup", webGroup, "", true, false},
		{"action with a wildcard", `{"Effect": "Allow", "Action": "autoscaling:*Scaling?roup", "Resource": "*"}`,
			"autoscaling:UpdateAutoScalingGroup", webGroup, "", true, false},
		{"deny wins", `[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "autoscaling:Update*", ` + onWeb + `}]`,
			"autoscaling:UpdateAutoScalingGroup", webGroup, "", false, true},
		{"a wildcard stays in its part", `{"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:a:topic"}`,
			"sns:Publish", "arn:aws:sns:eu-west-1:a:a:topic", "", false, false},
		{"a wildcard in each part", `{"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:0*:topic"}`,
			"sns:Publish", "arn:aws:sns:eu-west-1:000000000000:topic", "", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			decision := iam.Evaluate(iam.Request{Action: c.action, Resource: c.resource, Keys: keys(c.keys)}, parse(t, c.statements))
			if decision.Allowed != c.allowed || decision.Denied != c.denied {
				t.Errorf("allowed %t, denied %t", decision.Allowed, decision.Denied)
			}
		})
	}
}

// Conditions: all must hold, any value of one does; what is missing matches nothing (IAM user guide).
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		condition, keys string
		want            bool
	}{
		{`"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}`, "iam:passedtoservice=ec2.amazonaws.com", true},
		{`"StringEquals": {"iam:PassedToService": ["a", "b"]}`, "iam:passedtoservice=b", true},
		{`"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}`, "iam:passedtoservice=lambda.amazonaws.com", false},
		{`"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}`, "", false},
		{`"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}`, "", true},
		{`"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}`, "iam:passedtoservice=x", false},
		{`"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}`, "iam:passedtoservice=x", true},
		{`"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}`, "", true},
		{`"StringLike": {"aws:RequestTag/bluegreen:lineage": "web-*"}`, "aws:requesttag/bluegreen:lineage=web-asg", true},
		{`"StringLike": {"aws:RequestTag/bluegreen:lineage": "web-*"}`, "aws:requesttag/bluegreen:lineage=api-asg", false},
		{`"StringNotLike": {"aws:RequestTag/bluegreen:lineage": "web-*"}`, "aws:requesttag/bluegreen:lineage=web-asg", false},
		{`"ArnLike": {"events:source": "arn:aws:sns:*:*:t*"}`, "events:source=arn:aws:sns:r:0:topic", true},
		{`"ArnEquals": {"events:source": "arn:aws:sns:r:0:topic"}`, "events:source=arn:aws:sns:r:0:other", false},
		{`"Bool": {"autoscaling:ForceDelete": false}`, "autoscaling:forcedelete=false", true},
		{`"Bool": {"autoscaling:ForceDelete": "false"}`, "", false},
		{`"BoolIfExists": {"autoscaling:ForceDelete": "false"}`, "autoscaling:forcedelete=true", false},
		{`"Null": {"aws:RequestTag/owner": "false"}`, "aws:requesttag/owner=me", true},
		{`"Null": {"aws:RequestTag/owner": "false"}`, "", false},
		{`"Null": {"aws:RequestTag/owner": "true"}`, "", true},
		{`"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}`, "aws:tagkeys=b,a", true},
		{`"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}`, "aws:tagkeys=a,c", false},
		{`"ForAllValues:StringLike": {"aws:TagKeys": ["a*"]}`, "", true},
		{`"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}`, "aws:tagkeys=c,b", true},
		{`"ForAnyValue:StringLike": {"aws:TagKeys": ["a*"]}`, "", false},
		{`"StringEquals": {"events:source": "s", "events:detail-type": "d"}`, "events:source=s events:detail-type=d", true},
		{`"StringEquals": {"events:source": "s", "events:detail-type": "d"}`, "events:source=s events:detail-type=e", false},
	} {
		policy := parse(t, `{"Effect": "Allow", "Action": "x:Y", "Resource": "*", "Condition": {`+c.condition+`}}`)
		if got := iam.Evaluate(iam.Request{Action: "x:Y", Resource: "*", Keys: keys(c.keys)}, policy).Allowed; got != c.want {
			t.Errorf("%s with %q: %t, want %t", c.condition, c.keys, got, c.want)
		}
	}
}

// What the model has no meaning for is refused when the policy is read, not guessed when it is asked.
func TestParseNamesWhatIsWrong(t *testing.T) {
	for statements, want := range map[string][]string{
		`{"Sid": "All", "Effect": "Allow", "NotAction": "sns:*", "Resource": "*"}`:                                        {"statement 1 (All)", "NotAction"},
		`{"Effect": "Allow", "Action": "sns:Publish", "NotResource": "*"}`:                                                {"NotResource"},
		`{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", "Principal": "*"}`:                                 {"Principal"},
		`{"Effect": "allow", "Action": "sns:Publish", "Resource": "*"}`:                                                   {"its Effect must be Allow or Deny", `"allow"`},
		`{"Effect": "Allow", "Action": "Publish", "Resource": "*"}`:                                                       {`"Publish" must be service:Name`},
		`{"Effect": "Allow", "Resource": "*"}`:                                                                            {"no Action"},
		`{"Effect": "Allow", "Action": "sns:Publish"}`:                                                                    {"no Resource"},
		`{"Effect": "Allow", "Action": "sns:Publish", "Resource": "topic"}`:                                               {`"topic"`, "arn:partition:service:region:account:resource"},
		`{"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:r:0:${aws:username}"}`:                     {"policy variable"},
		`{"Effect": "Allow", "Action": "a:B", "Resource": "*", "Recourse": "*"}`:                                          {"Recourse"},
		`{"Effect": "Allow", "Action": "a:B", "Resource": "*", "Condition": {"NumericLessThan": {"events:source": "1"}}}`: {"NumericLessThan", "StringLike"},
		`{"Effect": "Allow", "Action": "a:B", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceIp": "1"}}}`:     {"aws:SourceIp", "aws:tagkeys"},
		`{"Effect": "Allow", "Action": "a:B", "Resource": "*", "Condition": {"Bool": {"autoscaling:ForceDelete": "no"}}}`: {"must be true or false"},
		`[]`: {"no Statement"},
	} {
		_, err := iam.Parse([]byte(document(statements)))
		if err == nil || slices.ContainsFunc(want, func(part string) bool { return !strings.Contains(err.Error(), part) }) {
			t.Errorf("%s: error %v, want one with %q", statements, err, want)
		}
	}
	if _, err := iam.Parse([]byte(`{"Version": "2008-10-17", "Statement": []}`)); err == nil || !strings.Contains(err.Error(), "2012-10-17") {
		t.Errorf("another version: %v", err)
	}
}
