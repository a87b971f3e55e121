package local

import (
	"context"
	"strings"

	"bluegreen/internal/localaws/world"
	"bluegreen/statemachine"
)

// Pipeline is the pipeline that deploys what is committed.
type Pipeline = world.Pipeline

// DeployByCommit puts the pipeline that deploys the fleet into the local AWS, with the request in its repository. With
// approval a person has to approve before it deploys.
func (e *Environment) DeployByCommit(ctx context.Context, request []byte, approval bool) (Pipeline, error) {
	plan := world.DefaultPlan()
	p := e.World.Deploys(strings.Join([]string{plan.Project, plan.Role, plan.Environment, "bluegreen"}, "-"), statemachine.Alias, request)
	p.Approval = approval
	return p, world.Seeder{Config: e.Config, Clock: e.Clock}.Pipeline(ctx, e.World, p)
}
