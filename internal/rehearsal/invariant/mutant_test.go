package invariant_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/actions"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/internal/rehearsal/invariant"
	"bluegreen/lambdas/claim"
	"bluegreen/lambdas/completelifecycle"
	"bluegreen/lambdas/creategreen"
	"bluegreen/lambdas/describeblue"
	"bluegreen/lambdas/removegreen"
	"bluegreen/lambdas/restoreblue"
	"bluegreen/lambdas/scaleinblue"
	"bluegreen/lambdas/switchtraffic"
	"bluegreen/lambdas/waithealthy"
)

// mutation is a deployment that is broken on purpose, in a world where the real one breaks nothing.
type mutation struct {
	name    string
	input   string // empty: the smallest deployment
	mutant  rehearsal.Mutant
	plan    func(*world.Plan)                                 // of the world; nil: the default
	prepare func(context.Context, *rehearsal.Rehearsal) error // the world, before the deployment starts
	during  func(context.Context, *rehearsal.Rehearsal) error // what else happens; nil: nothing
	boot    time.Duration                                     // of an instance; 0: 8 s
	breaks  []int                                             // exactly these promises
}

func work(state string, broken lambdaentry.New) map[string]lambdaentry.New {
	return map[string]lambdaentry.New{state: broken}
}

func may(state string, operations ...string) map[string][]actions.Operation {
	var listed []actions.Operation
	for _, operation := range operations {
		service, name, _ := strings.Cut(operation, ":")
		listed = append(listed, actions.Operation{Service: service, Name: name})
	}
	return map[string][]actions.Operation{state: listed}
}

// mutations are at least one for each promise.
var mutations = []mutation{
	{
		name:   "half of blue goes while green joins",
		mutant: rehearsal.Mutant{Work: work("SwitchTraffic", after(switchtraffic.New, halveBlue))},
		breaks: []int{1},
	},
	{
		name:   "blue leaves as soon as green is attached",
		mutant: rehearsal.Mutant{Work: work("SwitchTraffic", after(switchtraffic.New, detachBlue))},
		breaks: []int{1, 2, 4}, // and green never gets the health checks that blue had
	},
	{
		name: "green joins before it has booted, where a target group fails open early",
		mutant: rehearsal.Mutant{
			Work: map[string]lambdaentry.New{
				"DescribeBlue": changed(describeblue.New, seeNoAttributes), // it would refuse
				"CreateGreen":  after(creategreen.New, attachGreen),
			},
			Actions: may("CreateGreen", "autoscaling:AttachLoadBalancerTargetGroups"),
		},
		during: failOpenEarly,
		boot:   20 * time.Second, // longer than it takes to join
		breaks: []int{2},
	},
	{
		name: "green is deleted by force",
		mutant: rehearsal.Mutant{
			Work:    work("RemoveGreen", before(removegreen.New, deleteByForce)),
			Actions: may("RemoveGreen", "autoscaling:DeleteAutoScalingGroup"),
		},
		prepare: sickGreen,
		breaks:  []int{3},
	},
	{
		name: "an instance of green is terminated past its group",
		mutant: rehearsal.Mutant{
			Work:    work("WaitHealthy", after(waithealthy.New, terminateOne)),
			Actions: may("WaitHealthy", "ec2:TerminateInstances"),
		},
		breaks: []int{3, 5},
	},
	{
		name:    "a hook that is somebody else's is completed",
		mutant:  rehearsal.Mutant{Work: work("CompleteLifecycle", before(completelifecycle.New, completeAll))},
		prepare: terminatingHook,
		breaks:  []int{3},
	},
	{
		name:    "blue's minimum is not restored to what it was",
		mutant:  rehearsal.Mutant{Work: work("RestoreBlue", changed(restoreblue.New, lowerMin))},
		prepare: sickGreen,
		breaks:  []int{4},
	},
	{
		name:   "green does not get the maximum that an operator has given blue meanwhile",
		mutant: rehearsal.Mutant{Work: work("ScaleInBlue", changed(scaleinblue.New, keepMax))},
		during: raiseMax,
		breaks: []int{4},
	},
	{
		name: "green is forgotten on the way back",
		mutant: rehearsal.Mutant{Definition: func(definition string) string {
			return strings.Replace(definition, `"Next": "RemoveGreen"`, `"Next": "ReportRollback"`, 1)
		}},
		prepare: sickGreen,
		breaks:  []int{4},
	},
	{
		name:  "a plan deploys",
		input: `{"project": "ec", "action": "plan", "blue": {"asg_name": "ec-mqagt-dev-asg"}}`,
		mutant: rehearsal.Mutant{Definition: func(definition string) string {
			before, after, _ := strings.Cut(definition, `"StringEquals": "plan"`)
			return before + `"StringEquals": "plan"` + strings.Replace(after, `"Next": "ReportSuccess"`, `"Next": "Claim"`, 1)
		}},
		breaks: []int{4},
	},
	{
		name:   "green is made without the project's tag",
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, withoutProject))},
		breaks: []int{5},
	},
	{
		name: "a foreign group is deleted",
		mutant: rehearsal.Mutant{
			Work: work("CompleteLifecycle", before(completelifecycle.New, deleteForeign)),
		},
		prepare: foreignGroup,
		breaks:  []int{5},
	},
	{
		name: "blue is changed before the record has what it was like",
		mutant: rehearsal.Mutant{
			Work:    work("WaitHealthy", before(waithealthy.New, suspendOnBlue)),
			Actions: may("WaitHealthy", "autoscaling:SuspendProcesses"),
		},
		breaks: []int{5},
	},
	{
		name:   "green is resized without a look at the record",
		mutant: rehearsal.Mutant{Work: work("CreateGreen", after(creategreen.New, resizeGreen))},
		breaks: []int{6},
	},
	{
		name: "green is resized after the lock was given back",
		mutant: rehearsal.Mutant{
			Work:    work("CompleteLifecycle", after(completelifecycle.New, resizeClosed)),
			Actions: may("CompleteLifecycle", "autoscaling:UpdateAutoScalingGroup"),
		},
		breaks: []int{6},
	},
	{
		name: "a second deployment ignores the lock",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{
			"DescribeBlue": changed(describeblue.New, seeNoLock),
			"Claim":        changed(claim.New, seeNoLock),
		}},
		during: secondDeployment,
		breaks: []int{4, 6}, // the first deployment's green is left
	},
	{
		name:   "a function calls what is not in its list",
		mutant: rehearsal.Mutant{Work: work("ScaleInBlue", before(scaleinblue.New, describeLoadBalancers))},
		breaks: []int{7},
	},
	{
		name:   "a role lacks what a launch template's tags take",
		mutant: rehearsal.Mutant{Lacks: map[string]string{"CreateGreen": "TagAtLaunch"}},
		breaks: []int{7},
	},
}

// A checker that sees nothing would let everything pass: each promise has a broken deployment that it, and it alone
// unless the table says more, catches.
func TestMutantsAreCaught(t *testing.T) {
	caught := make(map[int]bool)
	for _, m := range slices.Concat(mutations, scalingMutations, recordMutations, consents, unasked) {
		t.Run(m.name, func(t *testing.T) {
			m.isCaught(t)
			if len(m.breaks) == 1 {
				caught[m.breaks[0]] = true
			}
		})
	}
	for _, promise := range invariant.Promises() {
		if !caught[promise] {
			t.Errorf("no mutant breaks promise %d alone", promise)
		}
	}
}

// isCaught holds the broken deployment against the promises, and the real one where the world is a particular one.
func (m mutation) isCaught(t *testing.T) {
	t.Helper()
	broken := m.rehearse(t, m.mutant)
	if got := promises(broken); !slices.Equal(got, m.breaks) {
		t.Errorf("promises %v are broken, want %v:\n%s", got, m.breaks, strings.Join(broken, "\n"))
	}
	if m.plan != nil || m.prepare != nil || m.during != nil || m.input != "" { // the world alone breaks nothing
		if broken := m.rehearse(t, rehearsal.Mutant{}); len(broken) > 0 {
			t.Errorf("the real deployment breaks promises there:\n%s", strings.Join(broken, "\n"))
		}
	}
}

// rehearse plays the deployment and returns what it broke.
func (m mutation) rehearse(t *testing.T, mutant rehearsal.Mutant) []string {
	t.Helper()
	settings := localaws.DefaultSettings()
	settings.EC2.Boot = account.Constant(cmp.Or(m.boot, 8*time.Second))
	plan := world.DefaultPlan()
	if m.plan != nil {
		m.plan(&plan)
	}
	r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: plan, Settings: &settings, Mutant: mutant})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	watch := invariant.Watch(r)
	r.Run(func(ctx context.Context) {
		if m.prepare != nil {
			if err = m.prepare(ctx, r); err != nil {
				return
			}
		}
		var arn string
		if arn, err = r.Start(ctx, "deployment", r.World.Request(cmp.Or(m.input, minimal))); err != nil {
			return
		}
		if m.during != nil {
			if err = m.during(ctx, r); err != nil {
				return
			}
		}
		_, err = r.AwaitEnd(ctx, arn, 12*time.Hour)
		r.Wait(ctx, 30*time.Minute)
	})
	if err != nil {
		t.Fatal(err)
	}
	return watch.Broken()
}

// promises are the numbers of broken promises, each once.
func promises(broken []string) []int {
	var numbers []int
	for _, text := range broken {
		var number int
		if _, err := fmt.Sscanf(text, "promise %d:", &number); err == nil {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
