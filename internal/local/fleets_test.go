package local

import (
	"strings"
	"testing"
)

// A launch configuration has no versions: only a request for such a fleet names the new image, unless it says itself what green is.
func TestRequestNamesTheImage(t *testing.T) {
	e := &Environment{namesImage: true}
	e.World.GreenImage = "ami-2"
	for input, want := range map[string]string{
		`{"project":"ec"}`:                       `{"green":{"image":{"id":"ami-2"}},"project":"ec"}`,
		`{"green":{"instance_type":"t3.small"}}`: `{"green":{"instance_type":"t3.small"}}`,
	} {
		if got, err := e.Request(input); err != nil || got != want {
			t.Errorf("%s: %s (%v), want %s", input, got, err, want)
		}
	}
	if _, err := e.Request("no JSON"); err == nil {
		t.Error("no JSON is no error")
	}
	if got, _ := (&Environment{}).Request("as it is"); got != "as it is" {
		t.Errorf("got %s", got)
	}
}

// A fleet that answers requests may stand behind any type of load balancer, workers behind none.
func TestWhatAFleetStandsBehind(t *testing.T) {
	for _, c := range []struct {
		fleet, balancer string
		classics        int
		wrong           string
	}{
		{"web", "application", 0, ""},
		{"rich", "classic", 1, ""},
		{"workers", "application", 0, ""},
		{"workers", "classic", 0, "no load balancer"},
		{"web", "gateway", 0, "want application or classic"},
	} {
		kind, err := FleetNamed(c.fleet)
		if err == nil {
			kind, err = kind.Behind(c.balancer)
		}
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s behind %s: %v", c.fleet, c.balancer, err)
			}
			continue
		}
		if plan := kind.plan(); err != nil || plan.Classics != c.classics {
			t.Errorf("%s behind %s: %d Classic Load Balancers, %v", c.fleet, c.balancer, plan.Classics, err)
		}
	}
}
