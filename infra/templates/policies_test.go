package templates_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bluegreen/infra/templates"
	"bluegreen/internal/actions"
	"bluegreen/internal/localaws/iam"
)

var place = templates.Place{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}

// scope is what the template's parameters say that its functions may touch.
func scope() actions.Scope {
	s := actions.Standard(place.Partition, place.Region, place.Account, "ec", "mqagt", "dev")
	s.FleetRoles = []string{"ec-mqagt-dev-instance-" + place.Region, "ec-mqagt-dev-instance"} // of the sample fleet
	return s
}

// The Deployer as it is synthesised allows each function what internal/actions says, and nobody anything else.
func TestPolicies(t *testing.T) {
	for _, problem := range problems(t, templates.Deployer) {
		t.Error(problem)
	}
}

// The test above sees what it should: a template that is changed in any of these ways does not pass it.
func TestPoliciesCanFail(t *testing.T) {
	for name, c := range map[string]struct {
		change func(template map[string]any)
		want   string // a part of one problem
	}{
		"a statement is removed": {func(template map[string]any) {
			policy := workOf(template, "CreateGreen")
			policy["Statement"] = slices.DeleteFunc(policy["Statement"].([]any), func(s any) bool { return s.(map[string]any)["Sid"] == "TagAtLaunch" })
		}, "CreateGreen lacks TagAtLaunch"},
		"an unused statement is added": {func(template map[string]any) {
			policy := workOf(template, "WaitHealthy")
			policy["Statement"] = append(policy["Statement"].([]any), map[string]any{
				"Sid": "Unused", "Effect": "Allow", "Action": "autoscaling:DetachInstances", "Resource": "arn:aws:autoscaling:*:*:autoScalingGroup:*:*"})
		}, "WaitHealthy has Unused"},
		"an action is added to a statement": {func(template map[string]any) {
			s := statementOf(template, "RestoreBlue", "ChangeFleets")
			s["Action"] = append(s["Action"].([]any), "autoscaling:SetDesiredCapacity")
		}, "RestoreBlue: ChangeFleets"},
		"a resource is widened": {func(template map[string]any) {
			statementOf(template, "ScaleInBlue", "ChangeFleets")["Resource"] = "*"
		}, "* is no resource of autoscaling:SuspendProcesses"},
		"a condition is dropped": {func(template map[string]any) {
			delete(statementOf(template, "CreateGreen", "PassRolesOfInstances"), "Condition")
		}, "passes roles to any service"},
		"two functions share a role": {func(template map[string]any) {
			function(template, "RemoveGreen")["Role"] = function(template, "RestoreBlue")["Role"]
		}, "is shared by RemoveGreen and RestoreBlue"},
		"a managed policy is attached": {func(template map[string]any) {
			roleOf(template, "Report")["ManagedPolicyArns"] = []any{"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}
		}, "managed policies"},
		"somebody else may have a role": {func(template map[string]any) {
			trust := roleOf(template, "Report")["AssumeRolePolicyDocument"].(map[string]any)["Statement"].([]any)[0].(map[string]any)
			trust["Principal"] = map[string]any{"AWS": "*"}
		}, "trusts"},
	} {
		t.Run(name, func(t *testing.T) {
			var template map[string]any
			if err := json.Unmarshal(templates.Deployer, &template); err != nil {
				t.Fatal(err)
			}
			c.change(template)
			text, err := json.Marshal(template)
			if err != nil {
				t.Fatal(err)
			}
			found := problems(t, text)
			if !slices.ContainsFunc(found, func(p string) bool { return strings.Contains(p, c.want) }) {
				t.Errorf("problems %q, want one with %q", found, c.want)
			}
		})
	}
}

// problems are what is wrong with the roles of a Deployer template.
func problems(t *testing.T, text []byte) []string {
	t.Helper()
	template, err := templates.Parse(text, place)
	if err != nil {
		t.Fatal(err)
	}
	functions, err := template.Functions()
	if err != nil {
		t.Fatal(err)
	}
	roles, err := template.Roles()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	states := make(map[string]string) // whose each role is
	for _, f := range functions {
		if of, taken := states[f.Role]; taken {
			first, second := min(of, f.State()), max(of, f.State())
			found = append(found, fmt.Sprintf("role %s is shared by %s and %s", f.Role, first, second))
		}
		states[f.Role] = f.State()
	}
	for _, role := range roles {
		found = append(found, anyRole(t, role)...)
		if state, ours := states[role.ID]; ours {
			found = append(found, functionRole(t, role, state)...)
		}
	}
	for _, state := range actions.States() {
		if !slices.ContainsFunc(functions, func(f templates.Function) bool { return f.State() == state }) {
			found = append(found, "there is no function of "+state)
		}
	}
	return found
}

// statement is an IAM statement, its lists in order.
type statement struct {
	Sid       string
	Effect    string
	Action    many
	Resource  many
	Condition map[string]map[string]many `json:",omitempty"`
}

// many is a list that may be written as its only element.
type many []string

func (m *many) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*m = many{one}
		return nil
	}
	if err := json.Unmarshal(text, (*[]string)(m)); err != nil {
		return err
	}
	slices.Sort(*m)
	return nil
}

func statements(t *testing.T, document []byte) []statement {
	t.Helper()
	var read struct{ Statement []statement }
	if err := json.Unmarshal(document, &read); err != nil {
		t.Fatal(err)
	}
	return read.Statement
}

// everywhere are the actions of roles that are no function's and know no resource level, each with its reason.
var everywhere = map[string]string{
	"logs:CreateLogDelivery":        "the delivery of a machine's log (Step Functions developer guide, Logging)",
	"logs:GetLogDelivery":           "the same",
	"logs:UpdateLogDelivery":        "the same",
	"logs:DeleteLogDelivery":        "the same",
	"logs:ListLogDeliveries":        "the same",
	"logs:PutResourcePolicy":        "the same",
	"logs:DescribeResourcePolicies": "the same",
	"logs:DescribeLogGroups":        "the same",
	"xray:PutTraceSegments":         "a machine's trace (Step Functions developer guide, X-Ray)",
	"xray:PutTelemetryRecords":      "the same",
	"xray:GetSamplingRules":         "the same",
	"xray:GetSamplingTargets":       "the same",
}

// anyRole finds what no role may have: a * for an action that knows resources, a role that can be passed to anybody, what
// the model of IAM does not understand.
func anyRole(t *testing.T, role templates.Role) []string {
	var found []string
	unscoped := actions.Unscoped()
	for name, document := range role.Policies {
		for _, s := range statements(t, document) {
			for _, action := range s.Action {
				if strings.Contains(action, "*") {
					found = append(found, fmt.Sprintf("%s: %s: %s is a pattern of actions", role.ID, s.Sid, action))
				}
				if slices.Contains(s.Resource, "*") && unscoped[action] == "" && everywhere[action] == "" {
					found = append(found, fmt.Sprintf("%s: %s: * is no resource of %s", role.ID, s.Sid, action))
				}
				if action == "iam:PassRole" && len(s.Condition["StringEquals"]["iam:PassedToService"]) == 0 {
					found = append(found, fmt.Sprintf("%s: %s passes roles to any service", role.ID, s.Sid))
				}
			}
		}
		if _, err := iam.Parse(document); err != nil {
			found = append(found, fmt.Sprintf("%s: %s: %v", role.ID, name, err))
		}
	}
	slices.Sort(found)
	return found
}

// functionRole finds where the role of a function differs from what internal/actions says.
func functionRole(t *testing.T, role templates.Role, state string) []string {
	var found []string
	if len(role.Managed) > 0 || len(role.Policies) != 1 {
		found = append(found, fmt.Sprintf("%s has managed policies %v and %d policies of its own, want one of its own", state, role.Managed, len(role.Policies)))
	}
	const lambda = `{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}],"Version":"2012-10-17"}`
	if string(role.Trust) != lambda {
		found = append(found, fmt.Sprintf("%s's role trusts %s, want %s", state, role.Trust, lambda))
	}
	wanted, err := actions.Policy(state, scope())
	if err != nil {
		t.Fatal(err)
	}
	document, err := actions.Document(wanted)
	if err != nil {
		t.Fatal(err)
	}
	var got []statement
	for _, work := range role.Policies {
		got = append(got, statements(t, work)...)
	}
	for _, want := range statements(t, document) {
		at := slices.IndexFunc(got, func(s statement) bool { return s.Sid == want.Sid })
		if at < 0 {
			found = append(found, fmt.Sprintf("%s lacks %s", state, want.Sid))
			continue
		}
		if diff := cmp.Diff(want, got[at]); diff != "" {
			found = append(found, fmt.Sprintf("%s: %s is not what internal/actions says (-want +got):\n%s", state, want.Sid, diff))
		}
		got = slices.Delete(got, at, at+1)
	}
	for _, s := range got {
		found = append(found, fmt.Sprintf("%s has %s, which internal/actions does not know: %v on %v", state, s.Sid, s.Action, s.Resource))
	}
	return found
}

// The parts of a template that the changes above are made to.

func function(template map[string]any, state string) map[string]any {
	for _, r := range template["Resources"].(map[string]any) {
		properties, _ := r.(map[string]any)["Properties"].(map[string]any)
		if r.(map[string]any)["Type"] == "AWS::Lambda::Function" && strings.HasSuffix(properties["FunctionName"].(string), "-"+state) {
			return properties
		}
	}
	panic("no function of " + state)
}

func roleOf(template map[string]any, state string) map[string]any {
	id := function(template, state)["Role"].(map[string]any)["Fn::GetAtt"].([]any)[0].(string)
	return template["Resources"].(map[string]any)[id].(map[string]any)["Properties"].(map[string]any)
}

func workOf(template map[string]any, state string) map[string]any {
	return roleOf(template, state)["Policies"].([]any)[0].(map[string]any)["PolicyDocument"].(map[string]any)
}

func statementOf(template map[string]any, state, sid string) map[string]any {
	for _, s := range workOf(template, state)["Statement"].([]any) {
		if s.(map[string]any)["Sid"] == sid {
			return s.(map[string]any)
		}
	}
	panic("no statement " + sid)
}
