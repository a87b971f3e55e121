package scenario

import (
	"context"

	"github.com/cockroachdb/datadriven"
)

// statusChange puts the rule there that looks after executions which do not succeed, of the machines that stand:
// recover=start (the default) or tell. It is not there from the start: in most scenarios a person recovers.
func (s *Script) statusChange(ctx context.Context, d *datadriven.TestData) (string, error) {
	machines := []string{s.r.World.MachineARN}
	if s.drainMachine != "" {
		machines = append(machines, s.drainMachine)
	}
	return "", s.r.StatusChange(ctx, argument(d, "recover", "start"), machines...)
}
