package rehearsal

import (
	"context"
	"strings"

	"bluegreen/internal/localaws/world"
	"bluegreen/statemachine"
)

// GracefulShutdown puts the machine that drains at every scale-in into the account, and the rule that starts it for the
// fleet and every copy to come. It returns the machine's ARN.
func (r *Rehearsal) GracefulShutdown(ctx context.Context) (string, error) {
	definition, err := statemachine.GracefulShutdown("aws", func(f statemachine.Function) string {
		return r.AWS.Account.ARN("lambda", "function:"+r.FunctionName(f.State))
	})
	if err != nil {
		return "", err
	}
	return world.Seeder{Config: r.Config, Clock: r.Clock}.GracefulShutdown(ctx, r.World, ShortName(r.ShutdownMachine()), definition)
}

// ShutdownMachine is the ARN of the machine that drains, whether it is there or not.
func (r *Rehearsal) ShutdownMachine() string {
	return strings.TrimSuffix(r.World.MachineARN, "BlueGreen") + "GracefulShutdown"
}
