// Package rehearsal joins the Lambdas, the state machine and the model of AWS on virtual time. A rehearsal is a
// function of its seed: the same world, the same faults, the same outcome, in a few milliseconds.
package rehearsal

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/actions"
	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/world"
	"bluegreen/statemachine"
)

// start is when a rehearsal begins that names no time: three in the morning.
var start = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// Options say what is rehearsed.
type Options struct {
	Seed     uint64
	Plan     world.Plan         // the fleet; its functions and definition are put in here
	Settings *localaws.Settings // default: localaws.DefaultSettings
	Mutant   Mutant             // a deployment that is broken on purpose

	Guardrails string // file with the operators' policy; empty: there is none

	Start time.Time // when the world begins; zero: on a Saturday
}

// Rehearsal is one world with the state machine in it. Only the goroutine that made it may use it.
type Rehearsal struct {
	AWS   *localaws.AWS
	World world.World

	Clock    Timeline
	Config   aws.Config  // of an operator's clients
	Machines *sfn.Client // an operator's

	Guardrails string // file with the operators' policy; empty: there is none

	log     bytes.Buffer // of the functions
	mutant  Mutant
	scope   actions.Scope // of the deployer
	heard   []func(payload []byte)
	answers bool // the function Answer is there
	invoked []func(accessKeyID, execution string)
}

// Timeline is a world's clock, and who drives it.
type Timeline interface {
	clock.Clock
	Run(func())
	Close()
}

// New seeds a world and waits until its fleet serves. The error says what the seeder could not put there.
func New(options Options) (*Rehearsal, error) {
	begins := options.Start
	if begins.IsZero() {
		begins = start
	}
	virtual := clock.NewVirtual(begins)
	a := localaws.New(localaws.Options{Clock: virtual, Seed: options.Seed, Settings: options.Settings, Region: options.Plan.Region})
	r := &Rehearsal{AWS: a, Clock: virtual, mutant: options.Mutant, Guardrails: options.Guardrails, scope: scope(options.Plan, world.World{})}
	r.Config = a.Endpoint.Config(wire.Caller{AccessKeyID: "AKIAOPERATOR", Seed: options.Seed})
	r.Machines = sfn.NewFromConfig(r.Config)
	var err error
	virtual.Run(func() { err = r.seed(options.Plan) })
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// seedingPause is between two looks at the fleet that starts: a look costs more than virtual time does.
const seedingPause = 20 * time.Second

func (r *Rehearsal) seed(plan world.Plan) error {
	ctx := context.Background()
	seeded, err := world.Seeder{Config: r.Config, Clock: r.Clock, Pause: seedingPause}.Seed(ctx, plan)
	if err != nil {
		return err
	}
	r.scope = scope(plan, seeded)
	if err := r.Subscribe(ctx, seeded); err != nil {
		return err
	}
	machine := statemachine.Name(plan.Project, plan.Role, plan.Environment)
	if err := r.defineFunctions(machine, plan, seeded); err != nil {
		return err
	}
	if err := r.mutant.confine(r.AWS, plan, seeded); err != nil {
		return err
	}
	arn := func(f statemachine.Function) string {
		return r.AWS.Account.ARN("lambda", "function:"+functionName(machine, f.State))
	}
	definition, err := statemachine.Definition("aws", arn)
	if err != nil {
		return err
	}
	if r.mutant.Definition != nil {
		definition = r.mutant.Definition(definition)
	}
	if seeded.MachineARN, err = r.create(ctx, machine, definition); err != nil {
		return err
	}
	if plan.InPlace {
		if definition, err = statemachine.InPlace("aws", arn); err == nil {
			seeded.InPlaceARN, err = r.create(ctx, statemachine.InPlaceName(plan.Project, plan.Role, plan.Environment), definition)
		}
	}
	r.World = seeded
	return err
}

// create makes a state machine, and returns its ARN.
func (r *Rehearsal) create(ctx context.Context, name, definition string) (string, error) {
	created, err := r.Machines.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: &name, Definition: &definition,
		RoleArn: aws.String("arn:aws:iam::" + r.AWS.Account.ID + ":role/" + name),
	})
	if err != nil {
		return "", fmt.Errorf("create the state machine %s: %w", name, err)
	}
	return *created.StateMachineArn, nil
}

// Close ends whatever still waits in the world.
func (r *Rehearsal) Close() {
	r.AWS.Close()
	r.Clock.Close()
}

// Log is what the functions have written to their logs so far.
func (r *Rehearsal) Log() string { return r.log.String() }

// Run runs f in the world's time and returns when f has.
func (r *Rehearsal) Run(f func(ctx context.Context)) { r.Clock.Run(func() { f(context.Background()) }) }

// Wait lets d pass.
func (r *Rehearsal) Wait(ctx context.Context, d time.Duration) { _ = r.Clock.Sleep(ctx, d) }

// Settle is how long a world is left alone before it is inspected: what a deployment set in motion comes to rest.
const Settle = 10 * time.Minute
