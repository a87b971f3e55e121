package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/world"
)

// Course is a deployment in a world: what a sweep disturbs, one way at a time.
type Course struct {
	Name    string
	Plan    world.Plan
	Request string
	Prepare func(*Rehearsal) // before the deployment starts; may be nil
}

// Outcome is how a course went.
type Outcome struct {
	Execution string // ARN
	End       string
	Error     string
	What      string
	Recovered string          // how action recover ended, where the execution itself could not put things right
	Calls     []faults.Record // that the functions made, of the undisturbed course
	Problems  []string        // promises broken; a world that is not what the end state says
}

// patience bounds a course: the longest retries, a whole drain and a recovery fit in.
const patience = 12 * time.Hour

// Run takes the course from a fresh world to its end. disturb, if not nil, is called right before the deployment starts.
func (c Course) Run(seed uint64, disturb func(context.Context, *Rehearsal)) (Outcome, error) {
	r, err := New(Options{Seed: seed, Plan: c.Plan})
	if err != nil {
		return Outcome{}, err
	}
	defer r.Close()
	var outcome Outcome
	r.Run(func(ctx context.Context) {
		if c.Prepare != nil {
			c.Prepare(r)
		}
		r.AWS.Faults.Keep(-1)
		if disturb != nil {
			disturb(ctx, r)
		}
		outcome, err = c.deploy(ctx, r)
	})
	return outcome, err
}

func (c Course) deploy(ctx context.Context, r *Rehearsal) (Outcome, error) {
	before := r.snapshot()
	arn, err := r.Start(ctx, "course", c.Request)
	if err != nil {
		return Outcome{}, err
	}
	out, err := r.AwaitEnd(ctx, arn, patience)
	if err != nil {
		return Outcome{Execution: arn, Problems: []string{err.Error()}}, nil
	}
	state, report := EndState(out)
	outcome := Outcome{Execution: arn, End: state, Error: report.Error, What: report.What}
	for _, call := range r.AWS.Faults.Calls() {
		if call.Function != "" {
			outcome.Calls = append(outcome.Calls, call)
		}
	}
	if !slices.Contains([]string{deploy.EndSucceeded, deploy.EndRolledBack, deploy.EndRejected}, state) {
		if err := c.recover(ctx, r, &outcome); err != nil {
			return outcome, err
		}
	}
	r.Wait(ctx, settle)
	outcome.Problems = append(outcome.Problems, r.Broken()...)
	outcome.Problems = append(outcome.Problems, r.inspect(ctx, before, outcome)...)
	return outcome, nil
}

// settle is how long a world is left alone before it is inspected: what the deployment set in motion comes to rest.
const settle = 10 * time.Minute

// recover does what a person, or the rule that watches executions, does after an end that is none of ours.
func (c Course) recover(ctx context.Context, r *Rehearsal, outcome *Outcome) error {
	r.Wait(ctx, longestFault) // until what was denied is allowed again
	arn, err := r.Start(ctx, "recovery", fmt.Sprintf(`{"project": %q, "action": "recover", "blue": {"asg_name": %q}}`, c.Plan.Project, r.World.GroupName))
	if err != nil {
		return err
	}
	out, err := r.AwaitEnd(ctx, arn, patience)
	if err != nil {
		outcome.Problems = append(outcome.Problems, err.Error())
		return nil
	}
	state, report := EndState(out)
	outcome.Recovered = state
	if state != deploy.EndSucceeded {
		outcome.Problems = append(outcome.Problems, fmt.Sprintf("the recovery ended %s: %s", state, report.What))
	}
	return nil
}

// snapshot is blue as it stands.
func (r *Rehearsal) snapshot() localasg.GroupView {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	view, _ := r.AWS.Groups.View(r.World.GroupName)
	return view
}

// inspect compares the world with what the end state says of it (promise 4).
func (r *Rehearsal) inspect(ctx context.Context, before localasg.GroupView, outcome Outcome) []string {
	l := ledger.Ledger{Table: r.World.LedgerTable, Items: dynamodb.NewFromConfig(r.config)}
	record, found, err := l.Get(ctx, r.World.GroupName)
	if err != nil {
		return []string{err.Error()}
	}
	problems := &findings{}
	problems.check(record.Lock == nil, "the lock is not given back")
	live := r.World.GroupName
	if found {
		live = record.Live
	}
	succeeded := outcome.End == deploy.EndSucceeded
	if outcome.Recovered != "" && len(record.Outcomes) > 0 {
		succeeded = record.Outcomes[0].End == deploy.EndSucceeded
	}
	problems.check(succeeded == (live != r.World.GroupName), "the record says that %s is live", live)
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	for _, name := range r.AWS.Groups.Names() {
		view, _ := r.AWS.Groups.View(name)
		switch {
		case name == live:
			r.inspectLive(problems, before, view)
		case succeeded && name == before.Name:
			problems.check(view.Min == 0 && view.Max == 0 && view.Desired == 0 && len(view.Instances) == 0 && len(view.Attachments) == 0,
				"%s is not empty: min %d desired %d max %d, %d instances", name, view.Min, view.Desired, view.Max, len(view.Instances))
		default:
			problems.check(false, "%s is left", name)
		}
	}
	return problems.all
}

// inspectLive checks that the fleet that serves has blue's shape and serves.
func (r *Rehearsal) inspectLive(problems *findings, before, view localasg.GroupView) {
	problems.check(view.Min == before.Min && view.Max == before.Max && view.Desired >= before.Desired,
		"%s has min %d desired %d max %d, blue had min %d desired %d max %d",
		view.Name, view.Min, view.Desired, view.Max, before.Min, before.Desired, before.Max)
	problems.check(slices.Equal(view.Suspended, before.Suspended), "%s has %v suspended", view.Name, view.Suspended)
	problems.check(view.HealthCheckType == before.HealthCheckType, "%s has health checks of type %s", view.Name, view.HealthCheckType)
	problems.check(len(view.Attachments) == len(before.Attachments), "%s has %d target groups", view.Name, len(view.Attachments))
	problems.check(slices.Equal(view.Hooks, before.Hooks), "%s has lifecycle hooks %v", view.Name, view.Hooks)
	serving := 0
	for _, instance := range view.Instances {
		if instance.State != "InService" {
			continue
		}
		health, registered := r.AWS.Balancers.Health(r.World.TargetGroupARN, instance.ID)
		if r.World.TargetGroupARN == "" || (registered && health.State == "healthy") {
			serving++
		}
	}
	problems.check(serving >= before.Desired, "%d instances of %s serve, blue had %d", serving, view.Name, before.Desired)
}

// findings collects what is wrong.
type findings struct{ all []string }

func (f *findings) check(ok bool, format string, args ...any) {
	if !ok {
		f.all = append(f.all, fmt.Sprintf(format, args...))
	}
}
