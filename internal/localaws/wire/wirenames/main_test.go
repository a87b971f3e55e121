package main

import (
	"strings"
	"testing"
)

func TestNamesThatNoRuleGives(t *testing.T) {
	code, err := generate("ec2", "ec2", []string{"DescribeInstances", "CreateTags"})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(code)), " ")
	for _, want := range []string{
		`"CreateTagsInput.Resources": "ResourceId",`,
		`"Instance.SecurityGroups": "groupSet",`,
		`"Instance.PublicIpAddress": "ipAddress",`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, code)
		}
	}
	if strings.Contains(got, `"Instance.InstanceId"`) {
		t.Error("a name that follows the rules is in the table")
	}
}
