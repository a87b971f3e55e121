package iam_test

import (
	"testing"
	"time"

	"bluegreen/internal/localaws/iam"
	"bluegreen/internal/localaws/wire"
)

// What is new is not seen at once, and who listens for denials does not hear of that: the permission is there.
func TestIAMLags(t *testing.T) {
	inAccount(t, func(a *account) {
		heard := 0
		lag := func(lag iam.Lag) {
			a.aws.Account.Lock()
			defer a.aws.Account.Unlock()
			a.aws.Roles.SetLag(lag)
			a.aws.Roles.OnDenied(func(*wire.Call, iam.Request) { heard++ })
		}
		tagged := `{"Effect": "Allow", "Action": "autoscaling:UpdateAutoScalingGroup", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/Project": "web"}}}`
		a.allow(tagged)
		lag(iam.Lag{Tags: time.Hour})
		a.wants("a group's tags", a.calls(updates("web-app-dev-asg")), `"AccessDenied"`)
		lag(iam.Lag{Tags: time.Second})
		a.wants("the tags of an older group", a.calls(updates("web-app-dev-asg")), "done")
		lag(iam.Lag{Roles: time.Second})
		a.allow(tagged)
		a.wants("a role's policy", a.calls(updates("web-app-dev-asg")), `"AccessDenied"`)
		lag(iam.Lag{})
		a.wants("no lag", a.calls(updates("web-app-dev-asg")), "done")
		if heard > 0 {
			t.Errorf("%d denials were heard of what is allowed", heard)
		}
		lag(iam.Lag{Tags: time.Hour})
		a.wants("another project's", a.calls(updates("api-app-dev-asg")), `"AccessDenied"`)
		if heard != 1 {
			t.Errorf("%d denials were heard of what is not allowed, want 1", heard)
		}
	})
}
