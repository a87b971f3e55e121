package rehearsal

import (
	"context"
	"strings"

	"bluegreen/internal/lambdaentry"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/world"
	"bluegreen/lambdas/statuschange"
	"bluegreen/statemachine"
)

// StatusChange puts the rule there that looks after executions of the machines, by ARN, which do not succeed. recover is
// what its function does then: start a recovery, or tell a person.
func (r *Rehearsal) StatusChange(ctx context.Context, recover string, machines ...string) error {
	env := r.environment(r.World)
	env.Recover = recover
	code := func(ctx context.Context, inv locallambda.Invocation, payload []byte) ([]byte, *locallambda.Failure) {
		r.invoke(inv.AccessKeyID, "")
		return []byte("null"), failed(lambdaentry.InvokeEvent(ctx, statuschange.New(inv.AWS, env), payload))
	}
	if err := r.define(r.Machine(), r.World, statemachine.StatusChange, code); err != nil {
		return err
	}
	name := strings.TrimSuffix(r.Machine(), "BlueGreen") + "StatusChange"
	function := r.AWS.Account.ARN("lambda", "function:"+r.FunctionName(statemachine.StatusChange.State))
	return world.Seeder{Config: r.Config, Clock: r.Clock}.StatusChange(ctx, name, function, machines...)
}
