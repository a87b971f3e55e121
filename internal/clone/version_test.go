package clone_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

func TestPins(t *testing.T) {
	names := func(versions ...string) []deploy.Template {
		var all []deploy.Template
		for place, version := range versions {
			all = append(all, deploy.Template{ID: []string{"lt-1", "lt-2", "lt-1"}[place], Version: version})
		}
		return all
	}
	fleet := func(versions ...string) deploy.Fleet {
		return deploy.Fleet{Name: "b", Sizes: deploy.Sizes{Desired: 1}, Launches: names(versions...)}
	}
	empty, other := fleet("$Latest", "$Default", "$Latest"), fleet("$Latest", "$Default", "$Latest")
	empty.Sizes.Desired, other.Launches[1].ID = 0, "lt-3"
	for _, c := range []struct {
		name string
		blue deploy.Fleet
		want []deploy.Template
		was  map[string]string // of the changes, by place
	}{
		{"every place", fleet("$Latest", "$Default", "$Latest"), names("5", "6", "7"), map[string]string{"b": "$Latest", "override 1 of b": "$Default", "override 2 of b": "$Latest"}},
		{"a number stays", fleet("$Latest", "4", "$Default"), names("5", "4", "7"), map[string]string{"b": "$Latest", "override 2 of b": "$Default"}},
		{"numbers", fleet("5", "4", "3"), nil, nil},
		{"no instances", empty, nil, nil},
		{"another template since", other, nil, nil},
		{"one template less since", fleet("$Latest", "$Default"), nil, nil},
		{"a launch configuration since", fleet(), nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			pins := clone.Pins(deploy.Deployment{Ran: deploy.InPlaces(names("5", "6", "7"))}, c.blue)
			if diff := cmp.Diff(c.want, pins.Places()); diff != "" {
				t.Errorf("pins differ (-want +got):\n%s", diff)
			}
			var lock ledger.Lock
			clone.NotePins(&lock, c.blue, pins)
			var was map[string]string
			for _, change := range lock.Changes {
				if was == nil {
					was = make(map[string]string)
				}
				was[change.Of] = change.Was
			}
			if diff := cmp.Diff(c.was, was); diff != "" {
				t.Errorf("changes differ (-want +got):\n%s", diff)
			}
		})
	}
}
