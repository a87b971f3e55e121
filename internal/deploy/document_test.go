package deploy_test

import (
	"testing"

	"bluegreen/internal/deploy"
)

func TestPinned(t *testing.T) {
	template := &deploy.Template{ID: "lt-1", Version: "1", Specifier: "$Latest", Overrides: []deploy.Template{
		{ID: "lt-2", Version: "1", Specifier: "$Default"}, {ID: "lt-1", Version: "2", Specifier: "2"},
	}}
	for _, c := range []struct {
		template    *deploy.Template
		id, version string
		want        string // its specifier; empty: none
	}{
		{template, "lt-1", "1", "$Latest"},
		{template, "lt-2", "1", "$Default"},
		{template, "lt-1", "2", "2"},
		{template, "lt-2", "2", ""},
		{template, "lt-3", "1", ""},
		{nil, "lt-1", "1", ""},
	} {
		got := c.template.Pinned(c.id, c.version)
		if c.want == "" && got != nil || c.want != "" && (got == nil || got.Specifier != c.want) {
			t.Errorf("%s version %s: %+v, want %q", c.id, c.version, got, c.want)
		}
	}
	twice := &deploy.Template{ID: "lt-1", Version: "2", Specifier: "$Latest", Overrides: []deploy.Template{
		{ID: "lt-2", Version: "1", Specifier: "1"}, {ID: "lt-1", Version: "2", Specifier: "$Default"},
	}}
	for place, want := range []string{"$Latest", "$Latest", "$Default", "$Latest"} {
		if got := twice.PinnedAt(place, "lt-1", "2"); got == nil || got.Specifier != want {
			t.Errorf("in place %d: %+v, want %s", place, got, want)
		}
	}
	if got := (*deploy.Template)(nil).PinnedAt(1, "lt-1", "2"); got != nil {
		t.Errorf("of none: %+v", got)
	}
	for named, want := range map[string]bool{"1": true, "42": true, "$Latest": false, "$Default": false, "": false} {
		if deploy.IsVersion(named) != want {
			t.Errorf("%q is a number: %t", named, !want)
		}
	}
}

// An execution that works on another's deployment does what it was itself asked for.
func TestResume(t *testing.T) {
	held := deploy.Deployment{Action: deploy.ActionDeploy, Then: "", WaitSeconds: 30, Green: "green", Execution: "first"}
	current := deploy.Deployment{Action: deploy.ActionRecover, Then: deploy.ThenEnd, WaitSeconds: 5, Green: "other", Execution: "second"}
	got := held.Resume(current)
	if got.Action != deploy.ActionRecover || got.Then != deploy.ThenEnd || got.WaitSeconds != 5 || got.Green != "green" || got.Execution != "first" {
		t.Errorf("got %+v", got)
	}
}

// A drain's key becomes part of a script: of the action's token no more is kept than letters, digits and hyphens.
func TestKeyIsSafeInAScript(t *testing.T) {
	action := &deploy.Lifecycle{Token: "09az-AZ/:@[`{ $(x);é"}
	if got := action.DrainKey(true); got != "09az-AZx" {
		t.Errorf("key %q", got)
	}
	if got := (*deploy.Lifecycle)(nil).DrainKey(true); got != "" {
		t.Errorf("without an action: %q", got)
	}
}
