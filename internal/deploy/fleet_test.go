package deploy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// mixed is a fleet with instances in several states; only s1 serves.
func mixed() deploy.Fleet {
	return deploy.Fleet{Name: "mixed", TargetGroups: []string{"tg1", "tg2"}, Instances: []deploy.Instance{
		{ID: "s1", Lifecycle: deploy.InService, Healthy: true},
		{ID: "sick", Lifecycle: deploy.InService},
		{ID: "new", Lifecycle: "Pending", Healthy: true},
		{ID: "aside", Lifecycle: deploy.Standby, Healthy: true},
	}}
}

func ids(instances []deploy.Instance) string {
	var ids []string
	for _, instance := range instances {
		ids = append(ids, instance.ID)
	}
	return strings.Join(ids, " ")
}

func TestInstancesOfAFleet(t *testing.T) {
	f := mixed()
	for what, c := range map[string]struct{ got, want string }{
		"serving":       {ids(f.Serving()), "s1"},
		"in service":    {ids(f.In(deploy.InService)), "s1 sick"},
		"in two states": {ids(f.In("Pending", deploy.Standby)), "new aside"},
		"in none":       {ids(f.In(deploy.Retained)), ""},
		"all of them":   {ids(f.Instances), "s1 sick new aside"},
		"by state":      {f.Lifecycles(), "2 InService, 1 Pending, 1 Standby"},
		"by no state":   {deploy.Fleet{}.Lifecycles(), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", what, c.got, c.want)
		}
	}
}

func TestTargetGroupsOfAFleet(t *testing.T) {
	f := mixed()
	if got := f.Missing([]string{"tg2", "tg3", "tg1", "tg4"}); !slices.Equal(got, []string{"tg3", "tg4"}) {
		t.Errorf("missing %v", got)
	}
	if got := f.AttachedTo([]string{"tg2", "tg3"}); !slices.Equal(got, []string{"tg2"}) {
		t.Errorf("attached to %v", got)
	}
	d := &deploy.Deployment{Green: "green", TargetGroups: []string{"tg1", "tg2"}}
	for _, c := range []struct {
		sources []string
		want    string
	}{
		{nil, ""},
		{[]string{"tg1", "tg2", "tg1"}, ""},
		{[]string{"tg1", "front"}, "blue mixed was attached to front by somebody else after green green was copied from it"},
	} {
		f.Sources = c.sources
		err := d.Diverged(f)
		var diverged *fault.Error
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &diverged) || diverged.Name != fault.TrafficDiverged || !strings.HasPrefix(diverged.Message, c.want)) {
			t.Errorf("sources %v: %v, want %q", c.sources, err, c.want)
		}
	}
}

func TestActiveProcesses(t *testing.T) {
	for _, c := range []struct{ suspended, active []string }{
		{nil, []string{"AlarmNotification", "ScheduledActions"}},
		{[]string{"ScheduledActions", "AZRebalance"}, []string{"AlarmNotification"}},
		{[]string{"ScheduledActions", "AlarmNotification"}, nil},
	} {
		if got := (deploy.Fleet{Suspended: c.suspended}).Active(); !slices.Equal(got, c.active) {
			t.Errorf("suspended %v: active are %v, want %v", c.suspended, got, c.active)
		}
	}
}

const (
	healthy  = deploy.TargetHealthy
	initial  = deploy.TargetInitial
	draining = deploy.TargetDraining
	unused   = deploy.TargetUnused
)

// A warm pool holds what is prepared beyond what is desired, and no less than its minimum.
func TestPoolWants(t *testing.T) {
	sized := func(n int) *int { return &n }
	for _, c := range []struct {
		name  string
		pool  *deploy.Pool
		sizes deploy.Sizes
		want  int
	}{
		{"none", nil, deploy.Sizes{Max: 8, Desired: 4}, 0},
		{"up to the maximum", &deploy.Pool{}, deploy.Sizes{Max: 8, Desired: 4}, 4},
		{"a size of its own", &deploy.Pool{Min: 1, Prepared: sized(6)}, deploy.Sizes{Max: 8, Desired: 4}, 2},
		{"at its minimum", &deploy.Pool{Min: 3, Prepared: sized(6)}, deploy.Sizes{Max: 8, Desired: 4}, 3},
		{"of a fleet that is scaled in", &deploy.Pool{Min: 1, Prepared: sized(6)}, deploy.Sizes{}, 6},
		{"emptied", &deploy.Pool{Prepared: sized(0)}, deploy.Sizes{Max: 8, Desired: 4}, 0},
		{"being deleted", &deploy.Pool{Min: 2, Deleting: true}, deploy.Sizes{Max: 8}, 0},
	} {
		if got := (deploy.Fleet{Pool: c.pool, Sizes: c.sizes}).PoolWants(); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
