package strategies_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
	"bluegreen/internal/traffic"
	"bluegreen/internal/traffic/strategies"
)

// Each strategy that a request may name is there, and moves traffic exactly where green waits for it.
func TestEveryStrategyThatARequestMayName(t *testing.T) {
	all := strategies.New(aws.Config{})
	for _, name := range deploy.Strategies() {
		d := &deploy.Deployment{Strategy: name}
		if _, err := all.Of(d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if mover, err := all.Mover(d); err != nil || (mover != nil) != name.Waits() {
			t.Errorf("%s: it moves traffic: %t, and green waits: %t, %v", name, mover != nil, name.Waits(), err)
		}
	}
	if len(all) != len(deploy.Strategies()) {
		t.Errorf("%d strategies, and a request may name %d", len(all), len(deploy.Strategies()))
	}
}

// A strategy of another release is an error that names it.
func TestAStrategyOfAnotherRelease(t *testing.T) {
	d := &deploy.Deployment{Strategy: "teleport"}
	if _, err := strategies.New(aws.Config{}).Of(d); err == nil {
		t.Error("it is known")
	}
}

// A fleet with a traffic source that nobody reads yet is refused by the source's name, whatever moves its traffic. The model of AWS takes none.
func TestATrafficSourceThatIsNotSupported(t *testing.T) {
	lattice := deploy.Source{Type: deploy.LatticeGroup, ID: "arn:aws:vpc-lattice:ap-northeast-1:000000000000:targetgroup/tg-1", Named: true}
	all := strategies.New(aws.Config{})
	for _, name := range deploy.Strategies() {
		if !name.Waits() {
			continue
		}
		d := &deploy.Deployment{Strategy: name, Action: deploy.ActionDeploy}
		strategy, err := all.Of(d)
		if err != nil {
			t.Fatal(err)
		}
		found, err := strategy.Preflight(t.Context(), traffic.Blue{Fleet: deploy.Fleet{Sources: []deploy.Source{lattice}}}, d)
		want := []string{"its traffic source " + lattice.ID + " (vpc-lattice) is not supported yet"}
		if err != nil || !slices.Equal(found.Findings, want) {
			t.Errorf("%s: %q, %v, want %q", name, found.Findings, err, want)
		}
	}
}

// A request that names none gets what fits its fleet.
func TestWhatFitsAFleet(t *testing.T) {
	all := strategies.New(aws.Config{})
	for _, c := range []struct {
		blue deploy.Fleet
		want deploy.Strategy
	}{
		{deploy.Fleet{}, deploy.StrategyNone},
		{deploy.Fleet{Sources: deploy.TargetGroups([]string{"arn:targets"})}, deploy.StrategyAttach},
	} {
		if got := all.For(c.blue); got != c.want {
			t.Errorf("%v: %s, want %s", c.blue.Sources, got, c.want)
		}
	}
}
