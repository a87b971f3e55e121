package deployments_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/deployments"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// A block says where a deployment is and what is still to come, in a terminal's width; a colour changes none of its words.
func TestBlock(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		looks := func(request string) (all []deployments.Progress) {
			arn := start(ctx, t, r, reader, request)
			_, err := reader.Follow(ctx, r.Clock, arn, 20*time.Second, func(p deployments.Progress) {
				block := strings.Join(deployments.Block(p, nil), "\n")
				colour := func(_ deployments.Mark, s string) string { return "\x1b[1m" + s + "\x1b[0m" }
				if painted := strings.Join(deployments.Block(p, colour), "\n"); strings.NewReplacer("\x1b[1m", "", "\x1b[0m", "").Replace(painted) != block {
					t.Errorf("%q is painted as %q", block, painted)
				}
				if lines := strings.Count(block, "\n") + 1; lines > 12 {
					t.Errorf("%d lines:\n%s", lines, block)
				}
				all = append(all, p)
			})
			if err != nil {
				t.Error(err)
			}
			return all
		}
		forward := looks(minimal)
		r.AWS.Account.Lock()
		r.AWS.Compute.MarkImageSick(r.World.GreenImage)
		r.AWS.Account.Unlock()
		back := looks(`{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "health": {"timeout_seconds": 120}}`)
		golden(t, "block", func(out *bytes.Buffer) {
			shown := []deployments.Progress{forward[1], forward[4], forward[len(forward)-1], back[len(back)/2], back[len(back)-1]}
			for _, p := range fixture(t, "block", shown) {
				fmt.Fprintf(out, "%s\n\n", strings.Join(deployments.Block(p, nil), "\n"))
			}
			p := deployments.Progress{Deployment: deployments.Deployment{Action: "deploy", Blue: "web", State: deployments.Running}, Trouble: errors.New("no answer " + strings.Repeat("at all ", 20))}
			fmt.Fprintln(out, strings.Join(deployments.Block(p, nil), "\n"))
		})
	})
}

// Of a lineage only what has changed is said, each thing once.
func TestOnlyWhatHasChangedIsSaid(t *testing.T) {
	within(t, world.DefaultPlan(), func(ctx context.Context, r *rehearsal.Rehearsal, reader deployments.Reader) {
		var seen deployments.Standing
		var said []string
		look := func() {
			s, err := reader.Status(ctx, group, r.Clock.Now())
			if err != nil {
				t.Error(err)
			}
			said = append(said, s.Since(seen)...)
			seen = s
		}
		look()
		first := len(said)
		look()
		if first != 2 || len(said) != first {
			t.Errorf("before any deployment: %q", said)
		}
		arn := start(ctx, t, r, reader, minimal)
		if _, err := reader.Follow(ctx, r.Clock, arn, 10*time.Second, func(deployments.Progress) { look() }); err != nil {
			t.Error(err)
		}
		look()
		last := len(said)
		look()
		if len(said) != last {
			t.Errorf("nothing has changed, and it says %q", said[last:])
		}
		all := strings.Join(strings.Fields(strings.Join(said, "\n")), " ")
		for _, want := range []string{" started ", ": deploy of ec-mqagt-dev-asg ", " serves, and ec-mqagt-dev-asg-v001 joins it ", " serves, and ec-mqagt-dev-asg leaves ",
			" ScaleInBlue: the point of no return is passed", " ended Succeeded ", " ec-mqagt-dev-asg: 0 wanted: no instances"} {
			if n := strings.Count(all+" ", want); n != 1 {
				t.Errorf("it says %d times %q:\n%s", n, want, strings.Join(said, "\n"))
			}
		}
		for _, line := range said {
			if len([]rune(line)) > 80 {
				t.Errorf("%d columns: %s", len([]rune(line)), line)
			}
		}
	})
}
