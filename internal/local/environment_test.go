package local

import (
	"net"
	"strings"
	"testing"

	"bluegreen/internal/localaws/world"
)

// must fails the test when a call did.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// open puts up a local AWS in which nothing stands yet, for as long as the test lasts.
func open(t *testing.T, speed float64) *Environment {
	t.Helper()
	e := must[*Environment](t)(Open(Options{Address: "127.0.0.1:0", Speed: speed, Seed: 1}))
	t.Cleanup(e.Close)
	return e
}

func TestFunctionsThatAreNotBuilt(t *testing.T) {
	err := open(t, 20).Seed(t.Context(), t.TempDir(), FleetKinds()[0])
	if err == nil || !strings.Contains(err.Error(), `the function of DescribeBlue: `) || !strings.Contains(err.Error(), `run "make build"`) {
		t.Errorf("got %v", err)
	}
}

func TestEnvironmentServesNothingOnceClosed(t *testing.T) {
	e := must[*Environment](t)(Open(Options{Address: "127.0.0.1:0", Speed: 100, Seed: 1}))
	w := must[world.World](t)(world.Seeder{Config: e.Config, Clock: e.Clock}.Seed(t.Context(), world.DefaultPlan()))
	address, ok := e.Plane.Address(w.ListenerARN)
	if !ok {
		t.Error("the load balancer has no address")
	}
	e.Close()
	if connection, err := net.Dial("tcp", address); err == nil {
		connection.Close()
		t.Error("the load balancer still takes connections")
	}
}
