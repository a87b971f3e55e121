package invariant

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
	"bluegreen/internal/rehearsal"
)

// endStates holds promise 4: at the instant at which an execution ends in one of our end states, the world is what that state
// says. What others change meanwhile is theirs, and expected to stay.
type endStates struct {
	base
	live      string                                         // group that serves
	expected  map[string]traits                              // of each group, as others than the deployment want it
	unseen    unseen                                         // sizes that others set and that functions may not know of
	room      map[string]string                              // maximum of a fleet that was brought back, where its own was too small
	unnamed   map[string]traits                              // what fleets launch from where AWS refused other versions
	ran       map[string][]version                           // template versions that a fleet ran when it was scaled in
	began     []version                                      // those that the live fleet ran whenever an execution began
	filled    map[string]bool                                // fleets that were replaced and that others have given a size again
	emptied   map[string]traits                              // sizes of a live fleet from before others took every instance from it by hand
	onGreen   map[string]traits                              // what others have set on groups that a deployment under way has created
	changed   map[string]map[string]time.Time                // when others last changed a trait, by group
	copiedAt  map[string]time.Time                           // when functions created a group
	scaledIn  map[string]time.Time                           // when functions last scaled a group in to nothing
	templates []types.LaunchTemplateSpecification            // that the lineage launches from, with versions as people name them
	before    map[string][]types.LaunchTemplateSpecification // the same of fleets that were live before, by group
	instead   []types.LaunchTemplateSpecification            // that others have blue launch from since it was copied: nothing if the copy goes live
	resolved  map[string][]string                            // by execution: the templates' versions when it began
	ended     map[string]time.Time                           // executions that are over
	deleted   map[string]bool                                // groups that functions have deleted
	gone      map[string]time.Time                           // since when groups of the lineage exist no more
	inputs    map[string]string                              // of executions that are over
	madeOnce  map[string]string                              // names of the launch templates that deployments have made, by id
	launch    map[string]contents                            // what was made for a live fleet to launch from, by group
	versioned bool                                           // others have added a version to a launch template since the last execution began
	configure string                                         // launch configuration that the lineage launches from, as people name it
	wrote     map[string]bool                                // executions whose functions wrote to AWS
	tookOver  map[string]bool                                // executions that took over another's lock, and those that lost theirs so
	named     map[string]r53types.ResourceRecordSet          // of the name by which clients know the fleet, as people want them, by type
	others    map[string]bool                                // record sets of its zone besides, as people want them
	staying   desired                                        // capacity of the live group, where it stays
}

func newEndStates(b base, _ snapshot) invariant {
	e := &endStates{
		base: b, live: b.w.r.World.GroupName, expected: make(map[string]traits), onGreen: make(map[string]traits), changed: make(map[string]map[string]time.Time), copiedAt: make(map[string]time.Time), scaledIn: make(map[string]time.Time), resolved: make(map[string][]string),
		unseen: newUnseen(), room: make(map[string]string), unnamed: make(map[string]traits), ran: make(map[string][]version), filled: make(map[string]bool), emptied: make(map[string]traits),
		deleted: make(map[string]bool), gone: make(map[string]time.Time), madeOnce: make(map[string]string), inputs: make(map[string]string), launch: make(map[string]contents), before: make(map[string][]types.LaunchTemplateSpecification), ended: make(map[string]time.Time), wrote: make(map[string]bool), tookOver: make(map[string]bool),
	}
	for _, name := range b.w.r.AWS.Groups.Names() {
		view, _ := b.w.r.AWS.Groups.View(name)
		e.expected[name] = traitsOf(view)
		if name == e.live {
			e.templates, e.configure = templatesOf(view.Shown), aws.ToString(view.Shown.LaunchConfigurationName)
			e.staying = desired{view.Desired, view.Desired}
		}
	}
	b.w.endStates = e
	e.wantRecords()
	return e
}

// done takes in what others want of the fleets from now on, and what functions did that an end state allows for.
func (e *endStates) done(a *apiCall, was before) {
	if was.groups != nil {
		e.changedByOthers(was.groups)
	}
	if !a.deployment() {
		if _, ok := a.input.(*route53.DeleteHostedZoneInput); ok {
			e.wantRecords()
		}
		if in, ok := a.input.(*route53.ChangeResourceRecordSetsInput); ok {
			e.changeRecords(in)
		}
		if a.operation == "CreateLaunchTemplateVersion" {
			e.versioned = true
		}
		return
	}
	if in, ok := a.input.(*route53.ChangeResourceRecordSetsInput); ok {
		e.likeness(in)
	}
	if created, ok := a.input.(*autoscaling.CreateAutoScalingGroupInput); ok && !slices.Contains(e.w.lineage, *created.AutoScalingGroupName) {
		e.copiedAt[*created.AutoScalingGroupName] = e.w.r.AWS.Account.Now()
	}
	if removed, ok := a.input.(*autoscaling.DeleteAutoScalingGroupInput); ok {
		e.deleted[*removed.AutoScalingGroupName] = true
	}
	if update, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput); ok && update.MaxSize != nil && *update.MaxSize == 0 {
		e.scaledIn[*update.AutoScalingGroupName] = e.w.r.AWS.Account.Now()
	}
	e.unseen.describes(e.w, a)
	e.overwritten(a, was.sizes)
	e.roomMade(a)
	e.launches(a, was.sizes)
	if a.service != "dynamodb" && a.writes() {
		e.wrote[a.execution] = true
	}
}

// look notes which groups have gone, and what others want of the one that is live.
func (e *endStates) look(now snapshot, by *apiCall) {
	if live, exists := now.fleet(e.live); exists {
		e.staying.look(live.Desired, by)
	}
	for _, name := range e.w.lineage {
		if _, exists := now.fleet(name); exists {
			delete(e.gone, name)
		} else if e.gone[name].IsZero() {
			e.gone[name] = e.w.r.AWS.Account.Now()
		}
	}
}

// allTraits are the traits of all groups.
func (w *Watcher) allTraits() map[string]traits {
	all := make(map[string]traits)
	for _, name := range w.r.AWS.Groups.Names() {
		view, _ := w.r.AWS.Groups.View(name)
		all[name] = traitsOf(view)
	}
	return all
}

// changedByOthers takes in what a call of others changed, given what was before it.
func (e *endStates) changedByOthers(before map[string]traits) {
	now := e.w.allTraits()
	for name := range before {
		if now[name] == nil { // others have deleted it
			delete(e.expected, name)
		}
	}
	for name, after := range now {
		was, existed := before[name]
		if !existed {
			e.expected[name] = after
			continue
		}
		if view, _ := e.w.r.AWS.Groups.View(name); aws.ToString(view.Shown.Status) != "" {
			continue // others delete it: what is left of its sizes nobody wants of another
		}
		into := e.expected[name]
		if into == nil { // a deployment under way has created it
			if e.onGreen[name] == nil {
				e.onGreen[name] = make(traits)
			}
			into = e.onGreen[name]
		}
		if name == e.live && (was[traitMax] == "0") != (after[traitMax] == "0") {
			e.empties(name, after)
		}
		if name != e.live && (was[traitMax] == "0") != (after[traitMax] == "0") {
			e.filled[name] = after[traitMax] != "0"
		}
		for _, side := range []traits{was, after} {
			for key := range side {
				if was[key] != after[key] {
					e.unseen.set(e.w.r.AWS.Account.Now(), name, key, into[key])
					e.noteChange(e.w.r.AWS.Account.Now(), name, key)
					switch key {
					case traitTargetGroups:
						e.w.attachedByOthers(listed(was[key]), listed(after[key]))
						fallthrough
					case traitProcesses: // part of them may be the deployment's doing
						into[key] = changedList(into[key], was[key], after[key])
					default:
						into[key] = after[key]
					}
				}
			}
		}
		if was["LaunchTemplate"] != after["LaunchTemplate"] || was["MixedInstancesPolicy"] != after["MixedInstancesPolicy"] {
			delete(e.ran, name) // it is to launch something else
			view, _ := e.w.r.AWS.Groups.View(name)
			switch {
			case name != e.live:
			case e.w.copied():
				e.instead = templatesOf(view.Shown)
			default:
				e.templates = templatesOf(view.Shown)
			}
		}
	}
}

// copied reports whether the deployment under way has its green.
func (w *Watcher) copied() bool {
	lock := w.r.Record().Lock
	if lock == nil {
		return false
	}
	_, exists := w.r.AWS.Groups.View(lock.Deployment.Green)
	return exists
}

func (e *endStates) noteChange(now time.Time, group, trait string) {
	if e.changed[group] == nil {
		e.changed[group] = make(map[string]time.Time)
	}
	e.changed[group][trait] = now
}

// sinceCopied are the traits that others have changed on a group after another was copied from it, or so shortly before
// that no description had to show it. A copy follows blue's sizes, and a target group that joins calls it off; of all else
// people are told (the scenarios hold that).
func (e *endStates) sinceCopied(blue string, copied time.Time) []string {
	var traits []string
	for trait, at := range e.changed[blue] {
		if !slices.Contains([]string{traitMin, traitMax, traitTargetGroups}, trait) && at.After(copied.Add(-longestLag)) {
			traits = append(traits, trait)
		}
	}
	return traits
}

// empties takes in that others take every instance from the live fleet by hand, or give it room again: with that they do
// what a deployment would do next, and want nothing of what replaces it.
func (e *endStates) empties(name string, after traits) {
	delete(e.emptied, name)
	if after[traitMax] == "0" {
		e.emptied[name] = traits{traitMin: e.expected[name][traitMin], traitMax: e.expected[name][traitMax]}
	}
}

// wantedOf is what others want of a fleet, and of what replaces it.
func (e *endStates) wantedOf(name string) (traits, bool) {
	wanted, known := e.expected[name]
	if before := e.emptied[name]; before != nil {
		wanted = maps.Clone(wanted)
		maps.Copy(wanted, before)
	}
	return wanted, known
}

// resolve returns the numbers that the lineage's template versions stand for now.
func (e *endStates) resolve() []string {
	var numbers []string
	for _, spec := range e.templates {
		version, err := e.w.r.AWS.Compute.Template(aws.ToString(spec.LaunchTemplateId), aws.ToString(spec.Version))
		if err != nil {
			numbers = append(numbers, err.Error())
			continue
		}
		numbers = append(numbers, strconv.FormatInt(version.Number, 10))
	}
	return numbers
}

// verdict is what is wrong with the world at an end.
type verdict struct {
	*Watcher
	record ledger.Record
	arn    string // of the execution that ended
	wrong  []string
}

func (v *verdict) check(ok bool, format string, args ...any) {
	if !ok {
		v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
	}
}

// heldByAnother reports whether another deployment than an execution's is under way, or its leavings stand.
func heldByAnother(record ledger.Record, arn string) bool {
	return record.Lock != nil && record.Lock.Execution != arn
}

// executionStarted notes what the lineage's templates stand for now, and what the live fleet runs.
func (e *endStates) executionStarted(arn, _ string) {
	delete(e.ended, arn)
	e.versioned = false
	e.resolved[arn] = e.resolve()
	if live, exists := e.w.r.AWS.Groups.View(e.live); exists {
		e.began = append(e.began, e.launched(live)...)
	}
}

// executionEnded holds the world against the end state. Stranded, and an execution that was stopped or died, promise
// nothing but that a recovery puts things right.
func (e *endStates) executionEnded(arn, end, input string) {
	w := e.w
	e.ended[arn], e.inputs[arn] = w.r.AWS.Account.Now(), input
	if !w.deploys(arn) {
		return
	}
	record := w.r.Record()
	if heldByAnother(record, arn) {
		if end == deploy.EndRejected && e.wrote[arn] && !e.tookOver[arn] {
			e.breaks("%s ended Rejected, but its functions wrote to AWS", rehearsal.ShortName(arn))
		}
		return
	}
	v := &verdict{Watcher: w, record: record, arn: arn}
	switch end {
	case deploy.EndSucceeded, deploy.EndRolledBack, deploy.EndRejected:
		v.outcome(end, input)
		v.world()
		v.leftSources()
		v.records()
		v.leftBalancers()
		v.adopt()
	}
	for _, wrong := range v.wrong {
		e.breaks("%s ended %s, but %s", rehearsal.ShortName(arn), end, wrong)
	}
}

// outcome compares the record with the end state.
func (v *verdict) outcome(end, input string) {
	v.check(v.record.Lock == nil, "the lock is not given back")
	outcome, noted := v.record.Ended(v.arn)
	switch {
	case end == deploy.EndRejected:
		v.check(!noted || v.endStates.tookOver[v.arn], "the record says that it ended %s", outcome.End)
		v.check(!v.endStates.wrote[v.arn] || v.endStates.tookOver[v.arn], "its functions wrote to AWS")
	case rehearsal.ActionOf(input) == deploy.ActionRecover:
	case end == deploy.EndSucceeded && !noted && v.runsAlready(input):
		v.check(!v.endStates.wrote[v.arn] || v.endStates.tookOver[v.arn], "its functions wrote to AWS")
	case rehearsal.ActionOf(input) == deploy.ActionPlan:
		v.check(!noted, "the record says that it ended %s", outcome.End)
		v.check(!v.endStates.wrote[v.arn], "its functions wrote to AWS")
	case rehearsal.ActionOf(input) == deploy.ActionRollback && !noted && v.endStates.tookOver[v.arn]: // it finished the one that another began
		undone := len(v.record.Outcomes) > 0 && v.record.Outcomes[0].End == deploy.EndRolledBack
		v.check(len(v.record.Outcomes) > 0 && v.record.Outcomes[0].End == end || undone, "the record does not say so of what it took over")
	default:
		v.check(noted && outcome.End == end, "the record says %q", outcome.End)
		latest := slices.IndexFunc(v.record.Outcomes, func(o ledger.Outcome) bool { return o.End == deploy.EndSucceeded })
		if noted && end == deploy.EndSucceeded && latest >= 0 && v.record.Outcomes[latest] == outcome { // a redrive may end after a later deployment
			v.check(outcome.Green == v.record.Live, "the record says that %s is live, not %s", v.record.Live, outcome.Green)
		}
	}
}

// world holds every group against what the record says of it: one is live, those that it replaced stand empty, and
// nothing else of the lineage exists.
func (v *verdict) world() {
	live := v.record.Live
	if v.record.Lineage == "" {
		live = v.endStates.live
	}
	replaced, latest := make(map[string]bool), v.r.World.GroupName
	for _, outcome := range slices.Backward(v.record.Outcomes) {
		if outcome.End == deploy.EndSucceeded {
			replaced[outcome.Blue], latest = true, outcome.Green
		}
	}
	v.check(live == latest, "the record says that %s is live, its outcomes that %s is", live, latest)
	view, exists := v.r.AWS.Groups.View(live)
	v.check(exists, "%s, which should serve, does not exist", live)
	if exists {
		v.serves(view)
	}
	for _, name := range v.r.AWS.Groups.Names() {
		view, _ := v.r.AWS.Groups.View(name)
		switch {
		case name == live:
		case replaced[name]:
			v.empty(view)
		case slices.Contains(v.lineage, name):
			v.check(v.keptForPool(view), "%s is left", name)
		default:
			v.wrong = append(v.wrong, v.endStates.expected[name].differences(view, traitsOf(view))...)
		}
	}
	for name := range v.endStates.expected {
		_, stands := v.r.AWS.Groups.View(name)
		v.check(stands || slices.Contains(v.lineage, name), "%s, which is somebody else's, is gone", name)
	}
}

// launchesAs takes in which versions people name for the fleet that is live now: a request's version of their template stays what its
// green names, and a fleet that is brought back names what it named.
func (e *endStates) launchesAs(view localasg.GroupView) {
	if view.Name == e.live {
		return
	}
	e.before[e.live] = e.templates
	if was, known := e.before[view.Name]; known {
		e.templates = was
		return
	}
	if asked := e.asked(view.Tags[deploy.TagExecution]).TemplateVersion; asked != "" && len(e.templates) > 0 {
		e.templates = slices.Clone(e.templates)
		e.templates[0].Version = &asked
	}
}

// adopt takes what is live at an end as what others want.
func (v *verdict) adopt() {
	if view, exists := v.r.AWS.Groups.View(v.record.Live); exists {
		if v.endStates.instead != nil && view.Name == v.endStates.live {
			v.endStates.templates = v.endStates.instead
		}
		if v.stayed(view.Name) {
			v.endStates.templates = templatesOf(view.Shown)
		}
		v.endStates.instead, v.endStates.began = nil, nil
		v.endStates.staying = desired{view.Desired, view.Desired}
		v.endStates.launchesAs(view)
		v.endStates.expected[view.Name], v.endStates.live = traitsOf(view), view.Name
		delete(v.endStates.onGreen, view.Name)
		delete(v.endStates.filled, view.Name)
		delete(v.endStates.ran, view.Name)
		for name := range v.endStates.emptied {
			if name != view.Name { // it may be brought back
				v.endStates.expected[name], _ = v.endStates.wantedOf(name)
			}
		}
		clear(v.endStates.emptied)
	}
}

// atRest holds the world against what the record says when nothing is under way.
func (e *endStates) atRest() []string {
	v := &verdict{Watcher: e.w, record: e.w.r.Record()}
	v.check(v.record.Lock == nil, "the lock is not given back")
	v.world()
	return v.wrong
}

// serves compares the live group with what others want it to be: itself as it was, or the one that it is a copy of.
func (v *verdict) serves(view localasg.GroupView) {
	v.check(!view.Deleting, "%s is being deleted", view.Name)
	if was, known := v.endStates.expected[view.Name]; known {
		was = v.existing(was)
		if room := v.endStates.room[view.Name]; room != "" && room == strconv.Itoa(view.Max) {
			was[traitMax] = room
		}
		was = v.endStates.orPinned(was, view)
		if v.stayed(view.Name) {
			was = v.replaced(was, view)
		}
		v.sized(view)
		v.wrong = append(v.wrong, v.carriedOut(was, view).differences(view, v.existing(traitsOf(view)))...)
		v.runs(view)
	} else {
		v.copies(view)
	}
	v.remembers(view)
}

// existing are a group's traits without the target groups that others have deleted.
func (v *verdict) existing(was traits) traits {
	was = maps.Clone(was)
	for _, arn := range strings.Split(was[traitTargetGroups], ", ") {
		if _, exists := v.r.AWS.Reached(arn); !exists {
			was[traitTargetGroups] = changedList(was[traitTargetGroups], arn, "")
		}
	}
	return was
}

// copies compares the live group with what it is a copy of.
func (v *verdict) copies(view localasg.GroupView) {
	at := slices.IndexFunc(v.record.Outcomes, func(o ledger.Outcome) bool {
		return o.Green == view.Name && o.Execution == view.Tags[deploy.TagExecution]
	})
	if at < 0 {
		v.check(false, "%s is live, which no deployment in the record has made", view.Name)
		return
	}
	outcome := v.record.Outcomes[at]
	v.check(outcome.End == deploy.EndSucceeded, "%s, which is live, is of %s, which ended %s", view.Name, outcome.Execution, outcome.End)
	blue, known := v.endStates.wantedOf(outcome.Blue)
	since := v.endStates.sinceCopied(outcome.Blue, *view.Shown.CreatedTime)
	if !known { // it came since the last end, as a copy itself
		blue, _ = v.endStates.wantedOf(v.endStates.live)
		since = append(since, v.endStates.sinceCopied(v.endStates.live, v.endStates.copiedAt[outcome.Blue])...)
	}
	want := blue.copied()
	if v.apart(view) {
		since = append(since, traitTargetGroups)
	}
	maps.Copy(want, v.endStates.onGreen[outcome.Blue])
	maps.Copy(want, v.endStates.onGreen[view.Name])
	since = slices.DeleteFunc(since, func(trait string) bool {
		_, own := v.endStates.onGreen[view.Name][trait]
		return own
	})
	own := v.endStates.own(view)
	if own || v.endStates.asked(outcome.Execution) != (deploy.Green{}) {
		since = append(since, "LaunchTemplate", "LaunchConfigurationName") // what they launch is looked at
		v.launches(view, outcome)
	}
	v.wrong = append(v.wrong, v.endStates.asPeoples(v.carriedOut(want, view)).differences(view, v.endStates.asPeoples(traitsOf(view).copied()), since...)...)
	if v.endStates.asked(outcome.Execution).TemplateVersion != "" {
		return
	}
	var versions []string
	for place, spec := range templatesOf(view.Shown) {
		if place > 0 || !own {
			versions = append(versions, aws.ToString(spec.Version))
		}
	}
	like := func(numbers []string) bool {
		if own && len(numbers) > 0 {
			numbers = numbers[1:]
		}
		return slices.Equal(versions, numbers)
	}
	v.check(like(v.endStates.resolve()) || like(v.endStates.resolved[outcome.Execution]),
		"%s launches from template versions %v, not from %v", view.Name, versions, v.endStates.resolved[outcome.Execution])
}

// carriedOut is what is wanted of a group with the runs of its scheduled actions that are carried out a moment early.
func (v *verdict) carriedOut(want traits, view localasg.GroupView) traits {
	runs := v.early(v.record, view)
	if len(runs) == 0 {
		return want
	}
	want = maps.Clone(want)
	for trait, got := range map[string]int{traitMin: view.Min, traitMax: view.Max} {
		if heeds(runs, trait, want[trait], got) {
			want[trait] = strconv.Itoa(got)
		}
	}
	return want
}

// remembers checks what the record says of the fleet that the live one replaced.
func (v *verdict) remembers(view localasg.GroupView) {
	at := slices.IndexFunc(v.record.Outcomes, func(o ledger.Outcome) bool { return o.Green == view.Name && o.End == deploy.EndSucceeded })
	if at < 0 || v.record.Outcomes[at].Blue == view.Name { // it stayed
		return
	}
	replaced := v.record.Outcomes[at].Blue
	before, stands := v.r.AWS.Groups.View(replaced)
	blue, known := v.endStates.wantedOf(replaced)
	if previous := v.record.Previous; previous != nil && previous.Name == replaced && known {
		runs := slices.Concat(v.schedules.handed, v.ahead(before))
		v.check(heeds(runs, traitMin, blue[traitMin], previous.Sizes.Min) && heeds(runs, traitMax, blue[traitMax], previous.Sizes.Max),
			"the record says that %s had min %d and max %d, not %s and %s", previous.Name, previous.Sizes.Min, previous.Sizes.Max, blue[traitMin], blue[traitMax])
	} else if stands {
		v.check(previous != nil && previous.Name == replaced, "the record does not say what %s was like", replaced)
	}
}

// left reports whether clients know a fleet by a name, and none comes to it any more. Nobody waits for them where it had no instance that
// could have answered them.
func (v *verdict) left(view localasg.GroupView) bool {
	previous := v.record.Previous
	never := previous != nil && previous.Name == view.Name && previous.Sizes.Desired == 0
	return v.r.World.Record != "" && (never || v.entered(view) == 0)
}

// quieted are the processes that are suspended on a fleet that stands by at size 0.
var quieted = []string{"AlarmNotification", "ScheduledActions"}

// empty checks a fleet that was replaced: at size 0 unless others filled it again, quiet, out of traffic, and otherwise
// as it was.
func (v *verdict) empty(view localasg.GroupView) {
	v.check(v.endStates.filled[view.Name] || view.Min == 0 && view.Max == 0 && view.Desired == 0 && len(view.Instances) == 0,
		"%s is not empty: min %d desired %d max %d, %d instances", view.Name, view.Min, view.Desired, view.Max, len(view.Instances))
	v.check(len(view.Attachments) == 0 || v.left(view), "%s has %d target groups", view.Name, len(view.Attachments))
	for _, process := range quieted {
		v.check(slices.Contains(view.Suspended, process), "%s of %s is not suspended", process, view.Name)
	}
	if expected, known := v.endStates.expected[view.Name]; known {
		expected = v.endStates.orPinned(expected, view)
		v.wrong = append(v.wrong, expected.differences(view, traitsOf(view), traitMin, traitMax, traitProcesses, traitTargetGroups, traitPool)...)
		v.pool(view, expected[traitPool])
	}
}
