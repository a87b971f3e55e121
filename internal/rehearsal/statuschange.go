package rehearsal

import (
	"context"
	"strings"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/lambdaentry"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/world"
	"bluegreen/lambdas/statuschange"
	"bluegreen/statemachine"
)

// statusChange puts the rule there that looks after executions which do not succeed, of the machines that stand:
// recover=start (the default) or tell. It is not there from the start: in most scenarios a person recovers.
func (s *Script) statusChange(ctx context.Context, d *datadriven.TestData) (string, error) {
	env := s.r.environment(s.r.World)
	env.Recover = argument(d, "recover", "start")
	code := func(ctx context.Context, inv locallambda.Invocation, payload []byte) ([]byte, *locallambda.Failure) {
		s.r.watch.begun(inv.AccessKeyID, "")
		return []byte("null"), failed(lambdaentry.InvokeEvent(ctx, statuschange.New(inv.AWS, env), payload))
	}
	if err := s.r.define(s.machine(), s.r.World, statemachine.StatusChange, code); err != nil {
		return "", err
	}
	machines := []string{s.r.World.MachineARN}
	if s.drainMachine != "" {
		machines = append(machines, s.drainMachine)
	}
	name := strings.TrimSuffix(s.machine(), "BlueGreen") + "StatusChange"
	function := s.r.AWS.Account.ARN("lambda", "function:"+functionName(s.machine(), statemachine.StatusChange.State))
	return "", world.Seeder{Config: s.r.config, Clock: s.r.clock}.StatusChange(ctx, name, function, machines...)
}
