package capacity

import (
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// Lead is how long before it is due a run is carried out where the fleet is handed over: to AWS, or from one function to another.
// What falls due while a function works would be nobody's. AWS may carry it out again, to the same end.
const Lead = deploy.FunctionTimeoutSeconds * time.Second

// mostLate is how late AWS carries a run out at most (aws-facts H3).
const mostLate = 2 * time.Minute

// Actions are a group's scheduled actions, as AWS describes them, as the record keeps them. A run that is shown as the next and has long
// been due was missed while the process was suspended, and is lost: nobody says that AWS moves a StartTime on meanwhile.
func Actions(described []types.ScheduledUpdateGroupAction, now time.Time) []ledger.Action {
	var actions []ledger.Action
	size := func(n *int32) *int {
		if n == nil {
			return nil
		}
		return aws.Int(int(*n))
	}
	for _, d := range described {
		a := ledger.Action{
			Name: aws.ToString(d.ScheduledActionName), Recurrence: aws.ToString(d.Recurrence), Zone: aws.ToString(d.TimeZone),
			Min: size(d.MinSize), Max: size(d.MaxSize), Desired: size(d.DesiredCapacity), Next: aws.ToTime(d.StartTime).UTC(),
		}
		if d.EndTime != nil {
			a.End = aws.Time(d.EndTime.UTC())
		}
		if more := true; !a.Next.IsZero() && a.Next.Before(now.Add(-mostLate)) {
			if a.Next, more = NextRun(a.Recurrence, a.Zone, now); !more {
				continue
			}
		}
		actions = append(actions, a)
	}
	return actions
}

// run is one time at which a scheduled action changes sizes.
type run struct {
	at time.Time
	ledger.Action
}

// runs are those of an action up to a time; none of one whose next run nobody has shown yet.
func runs(a ledger.Action, until time.Time) []run {
	if a.Next.IsZero() {
		return nil
	}
	var due []run
	for at, more := a.Next, true; more && !at.After(until) && !over(a, at); {
		due = append(due, run{at, a})
		if more = a.Recurrence != ""; more {
			at, more = NextRun(a.Recurrence, a.Zone, at)
		}
	}
	return due
}

// over reports whether an action has no run at a time any more.
func over(a ledger.Action, at time.Time) bool { return a.End != nil && !at.Before(*a.End) }

// Due reports whether a run of a fleet's scheduled actions is due that nobody has carried out.
func Due(lock *ledger.Lock, of string, until time.Time) bool {
	s := lock.Schedule(of)
	return s != nil && slices.ContainsFunc(s.Actions, func(a ledger.Action) bool { return len(runs(a, until)) > 0 })
}

// Take takes in what others want of a fleet since it was looked at last: what somebody has set, and what its scheduled actions were
// to do until a time, in the order of their times, where the deployment carries those out. described are the actions as AWS shows
// them.
func Take(lock *ledger.Lock, f deploy.Fleet, described []ledger.Action, until time.Time) {
	if lock == nil || emptied(f) {
		return
	}
	settle(lock, f)
	for _, r := range plan(lock, f, described, until) {
		r.carryOut(lock, f)
	}
}

// TakeBack is Take of a fleet whose scheduled actions are given back to AWS. Where that has been done it is AWS that has carried them out:
// what stands is what they and people have made of it, but for what the deployment may have written.
func TakeBack(lock *ledger.Lock, f deploy.Fleet, described []ledger.Action, until time.Time) {
	if lock == nil || emptied(f) || !Resumed(lock, f) {
		Take(lock, f, described, until)
		return
	}
	for _, r := range plan(lock, f, described, until) {
		r.remember(lock, f)
	}
	settle(lock, f)
}

// plan keeps a fleet's actions as they are after a time, and returns the runs that were due until then, in their order.
func plan(lock *ledger.Lock, f deploy.Fleet, described []ledger.Action, until time.Time) []run {
	s := lock.Schedule(f.Name)
	if s == nil {
		return nil
	}
	var due []run
	var planned []ledger.Action
	for _, a := range upToDate(s.Actions, described, until) {
		due = append(due, runs(a, until)...)
		if a, more := after(a, until); more {
			planned = append(planned, a)
		}
	}
	lock.Plan(f.Name, planned)
	slices.SortStableFunc(due, func(a, b run) int { return a.at.Compare(b.at) })
	return due
}

// upToDate are a fleet's actions, each with the run that is its next by what the record has carried out. One that is not described
// any more and was to end about now is over; any other somebody has deleted.
func upToDate(known, described []ledger.Action, until time.Time) []ledger.Action {
	var all []ledger.Action
	for _, d := range described {
		at := slices.IndexFunc(known, func(k ledger.Action) bool { return k.Name == d.Name })
		if at >= 0 && d.Recurrence != "" && same(known[at], d) {
			d.Next = known[at].Next
		}
		all = append(all, d)
	}
	for _, k := range known {
		gone := !slices.ContainsFunc(described, func(d ledger.Action) bool { return k.Name == d.Name })
		ends := k.Recurrence == "" || k.End != nil && !k.End.After(until.Add(Lead))
		if gone && ends && !k.Next.After(until.Add(Lead)) {
			all = append(all, k)
		}
	}
	return all
}

// same reports whether two actions are the same but for their next run.
func same(a, b ledger.Action) bool {
	a.Next = b.Next
	return reflect.DeepEqual(a, b)
}

// after is an action with its next run after a time; false: it has none, or the next description shows it.
func after(a ledger.Action, until time.Time) (ledger.Action, bool) {
	if a.Next.IsZero() {
		a.Next = until
	}
	for more := true; !a.Next.After(until); {
		if a.Next, more = NextRun(a.Recurrence, a.Zone, a.Next); !more {
			return a, false
		}
	}
	return a, !over(a, a.Next)
}

// on are the sizes that a run makes of those that are wanted. As with AWS, a minimum above the desired capacity or a maximum below it
// takes it along, and sizes that contradict each other change nothing.
func (r run) on(was deploy.Sizes) deploy.Sizes {
	want := was
	for _, size := range []struct{ of, wanted *int }{{&want.Min, r.Min}, {&want.Max, r.Max}, {&want.Desired, r.Desired}} {
		if size.wanted != nil {
			*size.of = *size.wanted
		}
	}
	if r.Desired == nil {
		want.Desired = min(max(want.Desired, want.Min), want.Max)
	}
	if want.Min > want.Desired || want.Desired > want.Max {
		return was
	}
	return want
}

// carryOut lets a run's sizes be what people want of a fleet.
func (r run) carryOut(lock *ledger.Lock, f deploy.Fleet) {
	was := wants(lock, f)
	want, pin := r.on(was), Pinned(lock)
	for _, size := range []struct {
		kind             ledger.Kind
		was, want, stand int
		held             int
	}{
		{ledger.KindMin, was.Min, want.Min, f.Sizes.Min, max(want.Min, pin)},
		{ledger.KindMax, was.Max, want.Max, f.Sizes.Max, max(want.Max, pin)},
		{ledger.KindDesired, was.Desired, want.Desired, f.Sizes.Desired, max(want.Desired, f.Sizes.Desired, pin)},
	} {
		if size.was != size.want {
			lock.Want(size.kind, f.Name, strconv.Itoa(size.want), strconv.Itoa(size.was), strconv.Itoa(size.held), strconv.Itoa(size.stand))
		}
	}
}

// remember lets a run that AWS has carried out be what people want of sizes that the deployment may have written.
func (r run) remember(lock *ledger.Lock, f deploy.Fleet) {
	was := wants(lock, f)
	want := r.on(was)
	wanted, stands := sizes(&want), sizes(&f.Sizes)
	for kind, size := range sizes(&was) {
		if c := lock.Change(kind, f.Name); c != nil && c.Restores(strconv.Itoa(*stands[kind])) {
			lock.Want(kind, f.Name, strconv.Itoa(*wanted[kind]), strconv.Itoa(*size))
		}
	}
}
