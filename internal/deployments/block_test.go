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
		blocks := func(request string) (all []string) {
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
				all = append(all, block)
			})
			if err != nil {
				t.Error(err)
			}
			return all
		}
		forward := blocks(minimal)
		r.AWS.Account.Lock()
		r.AWS.Compute.MarkImageSick(r.World.GreenImage)
		r.AWS.Account.Unlock()
		back := blocks(`{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "health": {"timeout_seconds": 120}}`)
		golden(t, "block", func(out *bytes.Buffer) {
			for _, block := range []string{forward[1], forward[4], forward[len(forward)-1], back[len(back)/2], back[len(back)-1]} {
				fmt.Fprintf(out, "%s\n\n", block)
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
		look()
		arn := start(ctx, t, r, reader, minimal)
		if _, err := reader.Follow(ctx, r.Clock, arn, 10*time.Second, func(deployments.Progress) { look() }); err != nil {
			t.Error(err)
		}
		look()
		look()
		golden(t, "since", func(out *bytes.Buffer) { fmt.Fprintln(out, strings.Join(said, "\n")) })
	})
}
