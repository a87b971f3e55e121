package sweep

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/asl"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws"
	localasg "bluegreen/internal/localaws/autoscaling"
	"bluegreen/internal/localaws/faults"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/internal/rehearsal/invariant"
)

// Course is a deployment in a world: what a sweep disturbs, one way at a time.
type Course struct {
	Name     string
	Plan     world.Plan
	Settings *localaws.Settings                                // nil: localaws.DefaultSettings
	Request  string                                            // GREEN_IMAGE stands for the image that is deployed, HOSTED_ZONE for the zone of the record
	Start    time.Time                                         // when the world begins; zero: on a Saturday
	Once     bool                                              // asked for again once it was done, the request would ask for something else
	Prepare  func(context.Context, *rehearsal.Rehearsal) error // before the deployment starts; may be nil
	Again    string                                            // how the same request may end besides that is asked for again; empty: in no other way
	End      string                                            // how it ends undisturbed; empty: not known
	Since    ledger.Stage                                      // nothing is disturbed before the record is at it: until then all is as in another course. Empty: from the start
	ScaleIn  bool                                              // no deployment: a person scales the fleet in by one, and the machine that drains works
}

// Outcome is how a course went.
type Outcome struct {
	End       string
	Error     string
	What      string
	Stranded  bool   // the execution ended so, whatever put things right then
	Recovered string // how action recover ended, where the execution itself could not put things right
	Problems  []string

	FirstEnd, FirstWhat string // how the execution itself ended, before anybody recovered it, and what it reported

	// What the undisturbed course is made of: where a sweep can strike. Each in its order.
	Calls   []Call  // that the functions made until the execution ended
	Invokes []Visit // of functions, by name
	Entered []Visit // of states, by name
}

// Call is an AWS call of a function, and how far the deployment had come by the record.
type Call struct {
	faults.Record
	Stage ledger.Stage // right before the call's effect; empty: nobody held the lock
}

// Visit is an invocation of a function, or the entry of a state, and how far the deployment had come by the record.
type Visit struct {
	Name  string
	Stage ledger.Stage // empty: nobody held the lock
}

// courseRun is a course under way.
type courseRun struct {
	course  Course
	r       *rehearsal.Rehearsal
	watch   *invariant.Watcher
	arn     string // of the deployment's execution
	before  localasg.GroupView
	asleep  time.Time // until then a disturbed call may not have woken up
	outcome Outcome

	onInvoke func(function string, nth int) locallambda.Fault // nil: none
	onEntry  func(state string, nth int)                      // nil: none

	stage  ledger.Stage            // of the record as it is
	stages map[string]ledger.Stage // right before the effect of each call of a function, by request id
}

// patience bounds a course: the longest retries, a whole drain and a recovery fit in.
const patience = 12 * time.Hour

// longestFault is how long the longest disturbance lasts: longer than the retries, so that a person has to mend it.
const longestFault = time.Hour

// executionName is what the deployment of a course is called.
const executionName = "course"

// Run takes the course from a fresh world to its end. p is what disturbs it; the zero Point is nothing.
func (c Course) Run(seed uint64, p Point) (Outcome, error) {
	r, err := rehearsal.New(rehearsal.Options{Seed: seed, Start: c.Start, Plan: c.Plan, Settings: c.Settings})
	if err != nil {
		return Outcome{}, err
	}
	defer r.Close()
	run := &courseRun{course: c, r: r, watch: invariant.Watch(r), stages: make(map[string]ledger.Stage)}
	r.Run(func(ctx context.Context) {
		if c.Prepare != nil {
			if err = c.Prepare(ctx, r); err != nil {
				return
			}
		}
		r.AWS.Faults.Keep(-1)
		run.before = run.live(ctx)
		run.listen()
		if p.arm != nil {
			p.arm(run)
		}
		if c.ScaleIn {
			err = run.scaleIn(ctx)
		} else {
			err = run.play(ctx, p.then)
			// Whatever keeps people and programs from hearing of it, the deployment goes on.
			if p.tells && c.End != "" && run.outcome.FirstEnd != c.End {
				run.problems(fmt.Sprintf("it could not tell, and ended %s: %s", run.outcome.FirstEnd, run.outcome.FirstWhat))
			}
		}
	})
	return run.outcome, err
}

// listen notes what is called, invoked and entered, and lets the disturbance answer.
func (run *courseRun) listen() {
	run.r.AWS.Endpoint.Observe(run.noteStage)
	run.r.AWS.Functions.SetFaults(func(inv locallambda.Invocation) locallambda.Fault {
		run.outcome.Invokes = append(run.outcome.Invokes, Visit{inv.FunctionName, run.stage})
		if run.onInvoke == nil {
			return locallambda.Fault{}
		}
		return run.onInvoke(inv.FunctionName, count(run.outcome.Invokes, inv.FunctionName))
	})
	run.r.AWS.Machines.OnEvent(func(arn string, event asl.Event) {
		entered, ok := event.Details.(*asl.StateEnteredDetails)
		if !ok || rehearsal.ShortName(arn) != executionName {
			return
		}
		run.outcome.Entered = append(run.outcome.Entered, Visit{entered.Name, run.stage})
		if run.onEntry != nil {
			run.onEntry(entered.Name, count(run.outcome.Entered, entered.Name))
		}
	})
}

// noteStage follows the record's stage from call to call.
func (run *courseRun) noteStage(call *wire.Call, _ any) func(error) {
	if call.Principal.Function == "" {
		return nil
	}
	run.stages[call.RequestID] = run.stage
	if call.Service != "dynamodb" || !writes(call.Operation) {
		return nil
	}
	return func(error) {
		run.stage = ""
		if lock := run.r.Record().Lock; lock != nil {
			if run.stage = lock.Stage; lock.Stage == ledger.Creating && lock.Asked != nil {
				run.stage = asking
			}
		}
	}
}

// asking is no stage of the record: a person is asked, at the stage of creating.
const asking ledger.Stage = "asking"

func count(all []Visit, name string) int {
	n := 0
	for _, each := range all {
		if each.Name == name {
			n++
		}
	}
	return n
}

// play runs the deployment, lets a person do what the point says once it has ended, and inspects the world.
func (run *courseRun) play(ctx context.Context, then aftermath) error {
	arn, err := run.r.Start(ctx, executionName, run.r.World.Request(run.course.Request))
	if err != nil {
		return err
	}
	run.arn = arn
	if err := run.await(ctx, arn); err != nil {
		return err
	}
	run.outcome.Stranded = run.outcome.End == deploy.EndStranded
	run.outcome.FirstEnd, run.outcome.FirstWhat = run.outcome.End, run.outcome.What
	run.noteCalls()
	if then == nil {
		then = recovered
	}
	if err := then(ctx, run); err != nil {
		return err
	}
	run.rest(ctx)
	return nil
}

func (run *courseRun) noteCalls() {
	for _, call := range run.r.AWS.Faults.Calls() {
		if call.Function != "" {
			run.outcome.Calls = append(run.outcome.Calls, Call{call, run.stages[call.RequestID]})
		}
	}
}

// await waits for an execution's end and notes it.
func (run *courseRun) await(ctx context.Context, arn string) error {
	out, err := run.r.AwaitEnd(ctx, arn, patience)
	if err != nil {
		return err
	}
	var report deploy.Report
	run.outcome.End, report = rehearsal.EndState(out)
	run.outcome.Error, run.outcome.What = report.Error, report.What
	return nil
}

// rest lets the world come to rest and inspects it. Nothing may be written any more.
func (run *courseRun) rest(ctx context.Context) {
	ended := run.r.Clock.Now()
	if run.asleep.After(ended) {
		run.r.Wait(ctx, run.asleep.Sub(ended))
	}
	run.r.Wait(ctx, rehearsal.Settle)
	run.problems(run.watch.Broken()...)
	run.problems(run.watch.Inspect()...)
	run.problems(run.verdict(ctx)...)
	run.problems(run.writesSince(ended)...)
}

func (run *courseRun) problems(found ...string) {
	for _, problem := range found {
		if !slices.Contains(run.outcome.Problems, problem) {
			run.outcome.Problems = append(run.outcome.Problems, problem)
		}
	}
}

// writesSince are the writes of functions that were begun since then and had an effect.
func (run *courseRun) writesSince(then time.Time) []string {
	var late []string
	for _, call := range run.r.AWS.Faults.Calls() {
		if call.Function != "" && writes(call.Operation) && call.Effect && call.Code == "" && !call.Time.Before(then) {
			late = append(late, fmt.Sprintf("%s wrote %s when all was over", call.Function, call.Operation))
		}
	}
	return late
}

// start starts another execution and waits for its end; name tells it from others.
func (run *courseRun) start(ctx context.Context, name, input string) (*sfn.DescribeExecutionOutput, error) {
	arn, err := run.r.Start(ctx, name, input)
	if err != nil {
		return nil, err
	}
	return run.r.AwaitEnd(ctx, arn, patience)
}

// live is the fleet that serves, as it stands.
func (run *courseRun) live(ctx context.Context) localasg.GroupView {
	name := run.r.World.GroupName
	if record, found, err := run.r.ReadRecord(ctx); err == nil && found {
		name = record.Live
	}
	run.r.AWS.Account.Lock()
	defer run.r.AWS.Account.Unlock()
	view, _ := run.r.AWS.Groups.View(name)
	return view
}

// verdict compares the end state with the record: which fleet it says is live. What that fleet is like, and what else
// stands, the invariants tell.
func (run *courseRun) verdict(ctx context.Context) []string {
	live := run.live(ctx).Name
	if run.outcome.Recovered != "" {
		return nil
	}
	end := run.outcome.End
	if end == deploy.EndSucceeded && live == run.before.Name && run.r.World.InPlaceARN == "" || end == deploy.EndRolledBack && live != run.before.Name {
		return []string{fmt.Sprintf("it ended %s, and %s is live", end, live)}
	}
	return nil
}
