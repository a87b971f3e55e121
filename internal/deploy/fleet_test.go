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
	return deploy.Fleet{Name: "mixed", Sources: []deploy.Source{tg1, tg2}, Instances: []deploy.Instance{
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

// What is attached is the same thing however a group is attached to it; detached it is by how the group itself is.
func TestSourcesOfAFleet(t *testing.T) {
	f := mixed()
	named := deploy.Source{Type: deploy.TargetGroup, ID: "tg2", Named: true}
	f.Sources = []deploy.Source{tg1, named}
	if got := f.Missing([]deploy.Source{tg2, front, tg1}); !slices.Equal(got, []deploy.Source{front}) {
		t.Errorf("missing %v", got)
	}
	if got := f.AttachedTo([]deploy.Source{tg2, front}); !slices.Equal(got, []deploy.Source{named}) {
		t.Errorf("attached to %v", got)
	}
}

func TestWhatBlueIsAttachedToByOthers(t *testing.T) {
	d := &deploy.Deployment{Green: "green"}
	d.Attach([]deploy.Source{tg1, front})
	if !slices.Equal(d.TargetGroups, []string{"tg1"}) || !slices.Equal(d.Attached(), []deploy.Source{tg1, front}) {
		t.Errorf("%+v", d)
	}
	const other = "blue mixed was attached to back by somebody else after green green was copied from it"
	const out = "blue mixed was taken out of tg1, front by somebody else"
	for _, c := range []struct {
		sources  []deploy.Source
		diverged string
		takenOut string
	}{
		{nil, "", out},
		{[]deploy.Source{tg1, front}, "", ""},
		{[]deploy.Source{tg1, {Type: deploy.ClassicBalancer, ID: "front", Named: true}}, "", ""},
		{[]deploy.Source{tg1, front, {Type: deploy.ClassicBalancer, ID: "back"}}, other, ""},
	} {
		f := mixed()
		f.Sources = c.sources
		for _, found := range []struct {
			err  error
			want string
		}{{d.Diverged(f), c.diverged}, {d.TakenOut(f), c.takenOut}} {
			var diverged *fault.Error
			if found.want == "" && found.err == nil {
				continue
			}
			if !errors.As(found.err, &diverged) || diverged.Name != fault.TrafficDiverged || found.want == "" || !strings.HasPrefix(diverged.Message, found.want) {
				t.Errorf("sources %v: %v, want %q", c.sources, found.err, found.want)
			}
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
