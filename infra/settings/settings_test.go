package settings_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"bluegreen/infra/settings"
)

func read(values map[string]any) (settings.Settings, error) {
	return settings.Read(func(key string) any { return values[key] })
}

func TestDefaultsAreTheSeeds(t *testing.T) {
	s, err := read(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Prefix() != "ec-mqagt-dev" || len(s.Fleets) != 1 || s.Fleets[0] != "ec-mqagt-dev-*" || s.Table() != "ec-mqagt-dev-ledger" {
		t.Errorf("got %+v", s)
	}
}

// Every bad value is told at once, by its key and with what would be right.
func TestBadValues(t *testing.T) {
	for _, c := range []struct {
		values map[string]any
		want   []string
	}{
		{map[string]any{"project": "EC", "recover": "maybe"}, []string{`project: "EC": give small letters`, `recover: "maybe": give one of start, tell`}},
		{map[string]any{"operator_email": "nobody"}, []string{`operator_email: "nobody": give an address like`}},
		{map[string]any{"fleets": "ec-a-*,ec-b"}, []string{`fleets: "ec-b": give names of groups that end in "*"`}},
		{map[string]any{"fleets": manyFleets()}, []string{`fleets, fleet_roles, hosted_zones: what CreateGreen may do does not fit into a role`, `name the 200 fleets and 2 roles by fewer, wider patterns`}},
		{map[string]any{"fleet_roles": "arn:aws:iam::123456789012:role/team/shop"}, []string{`fleet_roles: "arn:aws:iam::123456789012:role/team/shop": give names of IAM roles with their paths`}},
		{map[string]any{"fleets": []any{"a*", 3}}, []string{`fleets: the list holds 3`}},
		{map[string]any{"approval": 1.0}, []string{`approval: 1 is a float64: give a string`}},
		{map[string]any{"project": strings.Repeat("p", 40)}, []string{`would be too long for AWS: at most 39`}},
		{map[string]any{"vpc": "vpc-0123456789abcdef0", "subnets": "subnet-01234567"}, []string{`subnets: an existing VPC takes at least two`}},
		{map[string]any{"subnets": "subnet-01234567"}, []string{`vpc: it is not set, but subnets are`}},
		{map[string]any{"source": "connection"}, []string{`connection: source is connection: give the ARN`, `repository: source is connection: give owner/name`}},
		{map[string]any{"input": "/etc/passwd"}, []string{`input: "/etc/passwd": give a path inside the source`}},
		{map[string]any{"log_key": "alias/logs"}, []string{`log_key: "alias/logs": give the ARN of a KMS key`}},
		{map[string]any{"certificate": "shop"}, []string{`certificate: "shop": give the ARN of a certificate`}},
		{map[string]any{"permissions_boundary": "Boundary"}, []string{`permissions_boundary: "Boundary": give the ARN of a managed policy`}},
		{map[string]any{"function_subnets": "subnet-01234567"}, []string{`functions in a VPC take both, at least one each, not 1 and 0`}},
		{map[string]any{"starts": "version"}, []string{`starts: "version": give one of alias, machine`}},
		{map[string]any{"source": "s3", "repository": "a/b"}, []string{`key: source is s3`, `repository: owner/name is for source connection`}},
	} {
		_, err := read(c.values)
		if err == nil {
			t.Errorf("%v is taken", c.values)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v: %q does not say %q", c.values, err, want)
			}
		}
	}
}

// A role is named with its path, as the console shows it or as IAM's ARNs have it.
func TestRolesWithAPath(t *testing.T) {
	s, err := read(map[string]any{"fleet_roles": "team/shop-instance, /team/web/hook, plain"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.Scope().FleetRoles, " "); got != "team/shop-instance team/web/hook plain" {
		t.Errorf("the roles are %s", got)
	}
}

func manyFleets() string {
	var names []string
	for i := range 200 {
		names = append(names, fmt.Sprintf("payments-production-%d-*", i))
	}
	return strings.Join(names, ",")
}

// docs/aws.md says what each parameter is.
func TestEachIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/aws.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range settings.Keys() {
		if !strings.Contains(string(text), "\n| `"+key+"` |") {
			t.Errorf("docs/aws.md has no line for the parameter %s", key)
		}
	}
}

// A misspelt parameter is no silent default; what is CDK's is left alone.
func TestUnknownParameters(t *testing.T) {
	err := settings.Unknown([]string{"project", "operator_emial", "aws:cdk:bundling-stacks", "@aws-cdk/core:checkSecretUsage"})
	if err == nil || !strings.HasPrefix(err.Error(), "operator_emial: there is no such parameter: did you mean operator_email?") {
		t.Errorf("got %v", err)
	}
}
