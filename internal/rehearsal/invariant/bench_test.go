package invariant_test

import (
	"context"
	"os"
	"runtime/debug"
	"testing"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/internal/rehearsal/invariant"
)

// TestMain lets the garbage collector run less often, as it does for all rehearsals.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

const minimal = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30}`

// BenchmarkRehearsal is the undisturbed deployment of four instances, checkers on.
func BenchmarkRehearsal(b *testing.B) {
	for seed := range uint64(b.N) {
		r, err := rehearsal.New(rehearsal.Options{Seed: seed + 1, Plan: world.DefaultPlan()})
		if err != nil {
			b.Fatal(err)
		}
		watch := invariant.Watch(r)
		r.Run(func(ctx context.Context) {
			arn, err := r.Start(ctx, "benchmark", minimal)
			if err != nil {
				b.Fatal(err)
			}
			out, err := r.AwaitEnd(ctx, arn, time.Hour)
			if err != nil {
				b.Fatal(err)
			}
			if state, report := rehearsal.EndState(out); state != deploy.EndSucceeded {
				b.Fatalf("seed %d: %s: %s", seed+1, state, report.What)
			}
		})
		if broken := watch.Broken(); len(broken) > 0 {
			b.Fatalf("seed %d: %v", seed+1, broken)
		}
		r.Close()
	}
}
