package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"bluegreen/internal/localaws/faults"
	"bluegreen/statemachine"
)

// draw makes a case out of a seed's randomness.
type draw struct {
	*rand.Rand
	seed      uint64
	sickGreen bool // what blue would launch now is sick too, so nothing may happen to blue
	desired   int  // that blue begins with
	unit      int  // what one of its sizes stands for, where it counts memory
	unchecked bool // without a load balancer nothing shows that an application is sick
	outliving bool // functions outlive their tasks
	drains    bool // instances run a command before they go
}

// Draw draws the case of a seed.
func Draw(seed uint64) Case {
	d := &draw{Rand: rand.New(rand.NewPCG(seed, 0x7365617263680000)), seed: seed}
	d.drains = d.chance(20)
	c := Case{Seed: seed, World: d.world(), Request: d.request()}
	c.Faults = d.faults()
	c.Events = d.events()
	c.adorn(d)
	c.known()
	c.bakes()
	c.builds(d)
	return c
}

// known has clients of one fleet in twelve know it by a name, which moves. The seed says so itself: all else of it is what it would be without.
func (c *Case) known() {
	if c.Seed%12 != 5 || slices.ContainsFunc(c.World, func(a Argument) bool { return a.Key == "unbalanced" || a.Key == "classic" }) {
		return
	}
	c.World = append(c.World, arguments("record", "shop.example.com")...)
	c.Request.Moves = true
}

// bakes has blue of one fleet in ten stand by for a while. The seed says so itself too.
func (c *Case) bakes() {
	if c.Seed%10 == 3 && !slices.Contains(c.World, Argument{"unbalanced", ""}) {
		c.Request.BakeSeconds = 60 + int(c.Seed/10%20)*60
	}
}

func (d *draw) chance(percent int) bool { return d.IntN(100) < percent }

// between draws a whole number from least to most, both included.
func (d *draw) between(least, most int) int { return least + d.IntN(most-least+1) }

func (d *draw) seconds(least, most int) string { return fmt.Sprintf("%ds", d.between(least, most)) }

// pick draws one of the words; one that stands twice comes twice as often.
func (d *draw) pick(words ...string) string { return words[d.IntN(len(words))] }

// spread draws a range of times within the bounds, in milliseconds.
func (d *draw) spread(least, most int) string {
	a, b := d.between(least, most), d.between(least, most)
	return fmt.Sprintf("%s-%s", time.Duration(min(a, b))*time.Millisecond, time.Duration(max(a, b))*time.Millisecond)
}

func (d *draw) world() []Argument {
	desired := d.between(1, 6)
	switch {
	case d.chance(10):
		desired = d.between(16, 50)
	case d.chance(30):
		desired = d.between(7, 15)
	}
	d.desired = desired
	all := arguments("desired", strconv.Itoa(desired), "min", strconv.Itoa(d.between(0, desired)),
		"max", strconv.Itoa(d.between(desired, 2*desired+2)))
	all = append(all, d.traffic()...)
	if d.chance(20) {
		all = append(all, arguments("hook-launch", d.seconds(30, 90))...)
	}
	if d.drains || d.chance(20) {
		all = append(all, arguments("hook-terminate", d.seconds(30, 90))...)
	}
	if d.chance(40) {
		all = append(all, arguments("zones", d.pick("1", "2"))...)
	}
	source := d.pick("", "", "", "policy", "configuration")
	all = append(all, arguments("source", source)...)
	if source != "configuration" && d.chance(40) {
		all = append(all, arguments("version", d.pick("$Default", "1"))...)
	}
	if d.chance(30) {
		all = append(all, arguments("tags", strconv.Itoa(d.between(1, 10)))...)
	}
	all = append(all, d.group()...)
	return append(all, d.timings()...)
}

// group draws what else people set on a group, and a copy must have.
func (d *draw) group() []Argument {
	var all []Argument
	if d.chance(10) {
		all = append(all, Argument{"protected", ""})
	}
	if d.chance(15) {
		all = append(all, arguments("termination", d.pick("OldestInstance", "NewestInstance", "OldestLaunchTemplate+ClosestToNextInstanceHour"))...)
	}
	if d.chance(15) {
		all = append(all, arguments("metrics", d.pick("GroupInServiceInstances", "GroupDesiredCapacity+GroupTotalInstances"))...)
	}
	if d.chance(15) {
		all = append(all, arguments("suspended", d.pick("AZRebalance", "AlarmNotification+ScheduledActions", "AZRebalance+InstanceRefresh"))...)
	}
	return all
}

// traffic draws what the fleet stands behind, and how its health is checked. With health checks of type ELB the grace
// must cover the longest boot and the checks until the first good one, or blue itself could never live.
func (d *draw) traffic() []Argument {
	if d.chance(20) {
		d.unchecked = true
		return []Argument{{"unbalanced", ""}}
	}
	all := arguments("target-groups", d.pick("", "", "", "2", "3"), "delay", d.seconds(0, 120))
	if d.chance(20) {
		all = append(all, Argument{"network", ""})
	}
	all = append(all, d.classics()...)
	interval, healthy, boot := 10, 2, 30
	if d.chance(40) {
		interval, healthy = d.between(5, 30), d.between(2, 5)
		all = append(all, arguments("interval", fmt.Sprintf("%ds", interval), "check-timeout", d.seconds(2, interval-1),
			"healthy", strconv.Itoa(healthy), "unhealthy", strconv.Itoa(d.between(2, 5)))...)
	}
	if d.chance(40) {
		least := d.between(1, 90)
		boot = d.between(least, 120)
		all = append(all, arguments("boot", fmt.Sprintf("%ds-%ds", least, boot))...)
	}
	if d.chance(30) {
		all = append(all, arguments("health", "EC2")...)
	}
	cover := boot + 20 + interval*(healthy+2)
	return append(all, arguments("grace", d.seconds(cover, cover+300))...)
}

// classics are the Classic Load Balancers that one fleet in six stands behind, beside its target groups where it has several, and whether it
// has all of that as traffic sources. The seed says so itself: what is drawn after it stays as it is without.
func (d *draw) classics() []Argument {
	if d.seed%6 != 1 {
		return nil
	}
	all := arguments("classic", strconv.FormatUint(1+d.seed/6%2, 10))
	if d.seed%18 == 13 {
		all = append(all, Argument{"traffic-sources", ""})
	}
	return all
}

// timings draws how long things take in the model.
func (d *draw) timings() []Argument {
	var all []Argument
	for _, timing := range []struct {
		name        string
		least, most int // milliseconds
	}{
		{"pending", 1000, 60_000}, {"shutdown", 1000, 120_000}, {"tick", 500, 21_000}, {"proceed", 100, 5000},
		{"lag", 0, 3000}, {"notice", 1000, 60_000}, {"attach", 500, 60_000}, {"delete", 500, 60_000},
		{"registration", 500, 30_000}, {"latency", 5, 800},
	} {
		if d.chance(25) {
			all = append(all, Argument{timing.name, d.spread(timing.least, timing.most)})
		}
	}
	return all
}

func (d *draw) request() RequestOptions {
	var o RequestOptions
	if d.chance(80) {
		o.Wait = d.between(1, 120)
	}
	if d.chance(60) {
		o.TimeoutSeconds = d.between(60, 1200)
	}
	if d.chance(40) {
		o.Consecutive = d.between(1, 6)
	}
	if d.drains && d.chance(90) {
		o.DrainSeconds, o.OnTimeout = d.between(30, 600), d.pick("", "CONTINUE", "ABANDON")
	}
	o.Delete = d.chance(20)
	return o
}

// operations are what the functions call.
var operations = []string{
	"GetItem", "PutItem", "DescribeAutoScalingGroups", "DescribeTargetHealth", "CreateAutoScalingGroup", "UpdateAutoScalingGroup",
	"AttachLoadBalancerTargetGroups", "DetachLoadBalancerTargetGroups", "SuspendProcesses", "DeleteAutoScalingGroup",
	"DescribeLifecycleHooks", "DescribeTargetGroupAttributes", "DescribeExecution", "DescribeLaunchTemplateVersions",
	"ResumeProcesses", "SendCommand", "ListCommandInvocations", "DescribeInstanceInformation", "CompleteLifecycleAction",
	"RecordLifecycleActionHeartbeat", "SetInstanceProtection",
}

func (d *draw) faults() []Command {
	var all []Command
	if d.drains {
		all = append(all, d.drain())
	}
	if !d.unchecked && d.chance(6) {
		d.sickGreen = true
		all = append(all, Command{Name: "sick-image"})
	}
	for i := range d.IntN(4) {
		switch {
		case i == 0 && d.chance(30):
			all = append(all, d.zombie("Claim", "CreateGreen", "WaitHealthy", "SwitchTraffic", "ScaleInBlue", "CompleteLifecycle", "RestoreBlue", "RemoveGreen")...)
		case d.chance(15):
			all = append(all, Command{Name: "invoke-fault", Arguments: arguments("kind", d.pick("refuse", "lose"), "function", d.function(),
				"nth", strconv.Itoa(d.between(1, 8)), "times", strconv.Itoa(d.between(1, 4)))})
		default:
			all = append(all, d.fault())
		}
	}
	return all
}

// drain draws how long the command takes on every instance, and how it ends.
func (d *draw) drain() Command {
	how := arguments("takes", d.seconds(1, 300))
	switch {
	case d.chance(10):
		how = append(how, arguments("exit", "1")...)
	case d.chance(10):
		how = []Argument{{"hang", ""}}
	}
	return Command{Name: "drains", Arguments: how}
}

// zombie lets one of the functions outlive its task and write late. It hangs before the record is read, or while it looks at the
// world: between the fence's read and the write that follows it only time protects, and a function that lives for minutes
// after its timeout is not what Lambda does.
func (d *draw) zombie(functions ...string) []Command {
	d.outliving = true
	function := d.pick(functions...)
	at := arguments("kind", "slow-before", "operation", "GetItem")
	if d.chance(50) {
		at = arguments("kind", d.pick("slow-before", "slow-after"), "operation", d.pick("DescribeAutoScalingGroups", "DescribeTargetHealth"))
	}
	return []Command{
		{Name: "fault", Arguments: append(at, arguments("function", function, "nth", strconv.Itoa(d.between(1, 12)), "delay", d.seconds(61, 900))...)},
		{Name: "invoke-fault", Arguments: arguments("kind", "outlive", "function", function, "times", "-1")},
	}
}

func (d *draw) function() string {
	return statemachine.Functions[d.IntN(len(statemachine.Functions))].State
}

func (d *draw) fault() Command {
	kinds := []faults.Kind{faults.Throttle, faults.FailBefore, faults.Unavailable, faults.FailAfter, faults.LoseAnswer,
		faults.SlowBefore, faults.SlowAfter, faults.Deny, faults.KillBefore, faults.KillAfter}
	kind := kinds[d.IntN(len(kinds))]
	all := arguments("kind", kind.String())
	function, operation := faults.AnyFunction, ""
	if d.chance(60) {
		function = d.function()
	}
	if function == faults.AnyFunction || d.chance(50) {
		operation = d.pick(operations...)
	}
	all = append(all, arguments("function", function, "operation", operation, "nth", strconv.Itoa(d.between(1, 10)))...)
	switch {
	case kind == faults.SlowBefore || kind == faults.SlowAfter:
		longest := 200
		switch {
		case d.outliving:
			longest = 50 // or the function that outlives its task hangs here too
		case kind == faults.SlowBefore:
			longest = 90 // beyond the function's life; no request takes effect minutes after it was sent
		}
		all = append(all, arguments("delay", d.seconds(1, longest))...)
	case d.chance(25):
		all = append(all, arguments("for", d.seconds(30, 3600))...)
	case d.chance(50):
		all = append(all, arguments("times", strconv.Itoa(d.between(1, 12)))...)
	}
	return Command{Name: "fault", Arguments: all}
}
