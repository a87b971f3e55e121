package search

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// events draws what somebody else does, most of it while the deployment runs.
func (d *draw) events() []Event {
	var all []Event
	for range d.IntN(5) {
		all = append(all, d.event()...)
	}
	slices.SortStableFunc(all, func(a, b Event) int { return int(a.At - b.At) })
	return all
}

func (d *draw) event() []Event {
	at := time.Duration(d.between(0, 600)) * time.Second
	if d.chance(25) {
		at = time.Duration(d.between(0, 3000)) * time.Second
	}
	once := func(c Command) []Event { return []Event{{at, c}} }
	switch d.IntN(12) {
	case 0:
		return once(Command{Name: "start", Arguments: arguments("name", fmt.Sprintf("second-%d", d.IntN(1000))), Input: d.request().input()})
	case 1:
		return d.stop(at)
	case 2:
		return once(Command{Name: "redrive", Arguments: arguments("name", "first")})
	case 3:
		return once(Command{Name: "capacity", Arguments: arguments("n", strconv.Itoa(d.IntN(2)), "zone", d.pick("", "a", "c", "d"), "for", d.seconds(30, 1200))})
	case 4, 5:
		return once(d.resize())
	case 6:
		return d.rollback(at)
	case 7:
		return once(d.hold())
	case 8:
		return once(d.meddle())
	}
	if d.sickGreen {
		return nil
	}
	switch {
	case d.chance(15):
		return d.loseZone(at)
	case d.chance(15):
		return d.flap(at)
	}
	return once(d.strike())
}

// stop stops the execution and, mostly, starts another one a while after.
func (d *draw) stop(at time.Duration) []Event {
	events := []Event{{at, Command{Name: "stop", Arguments: arguments("name", "first")}}}
	again := at + time.Duration(d.between(0, 300))*time.Second
	switch d.IntN(4) {
	case 0:
		return append(events, Event{again, Command{Name: "start", Arguments: arguments("name", "again"), Input: d.request().input()}})
	case 1:
		return append(events, Event{again, Command{Name: "start", Arguments: arguments("name", "recovery"), Input: recoverInput}})
	case 2:
		return append(events, Event{again, Command{Name: "redrive", Arguments: arguments("name", "first")}})
	}
	return events
}

// resize draws new sizes of the fleet that serves; what would launch on blue waits while the image is sick.
func (d *draw) resize() Command {
	if d.sickGreen {
		return Command{Name: "resize", Arguments: arguments("desired", "1")}
	}
	switch d.IntN(3) {
	case 0:
		least := d.between(0, 4)
		if least == d.desired { // while traffic moves a minimum of what is wanted cannot be told from the pin
			least = 0
		}
		return Command{Name: "resize", Arguments: arguments("min", strconv.Itoa(least), "max", strconv.Itoa(d.between(4, 60)))}
	default:
		return Command{Name: "resize", Arguments: arguments("desired", strconv.Itoa(d.between(1, 12)))}
	}
}

// rollback asks for the previous fleet, mostly when there is one.
func (d *draw) rollback(at time.Duration) []Event {
	o := d.request()
	o.Action = "rollback"
	if d.chance(80) {
		at += time.Duration(d.between(600, 1800)) * time.Second
	}
	return []Event{{at, Command{Name: "start", Arguments: arguments("name", fmt.Sprintf("back-%d", d.IntN(1000))), Input: o.input()}}}
}

// hold draws what keeps instances from going: some protect themselves from scale-in, or their agents do not answer.
func (d *draw) hold() Command {
	n := strconv.Itoa(d.between(1, 3))
	if d.drains && d.chance(50) {
		return Command{Name: "lose-agent", Arguments: arguments("group", d.fleet(), "n", n)}
	}
	return Command{Name: "protect", Arguments: arguments("n", n)}
}

// meddle changes of blue what a copy has too, whenever.
func (d *draw) meddle() Command {
	calls := [][2]string{
		{"SuspendProcesses", `{"AutoScalingGroupName": "BLUE", "ScalingProcesses": ["AZRebalance"]}`},
		{"ResumeProcesses", `{"AutoScalingGroupName": "BLUE", "ScalingProcesses": ["AZRebalance"]}`},
		{"UpdateAutoScalingGroup", `{"AutoScalingGroupName": "BLUE", "DefaultCooldown": 77}`},
		{"CreateOrUpdateTags", `{"Tags": [{"ResourceId": "BLUE", "ResourceType": "auto-scaling-group", "Key": "Owner", "Value": "me", "PropagateAtLaunch": true}]}`},
	}
	call := calls[d.IntN(len(calls))]
	return Command{Name: "call", Arguments: []Argument{{"autoscaling", ""}, {call[0], ""}}, Input: call[1]}
}

// loseZone takes every instance of a zone, of both fleets, and lets none launch there for a while.
func (d *draw) loseZone(at time.Duration) []Event {
	zone, all := d.pick("a", "c", "d"), strconv.Itoa(100)
	events := []Event{{at, Command{Name: "capacity", Arguments: arguments("n", "0", "zone", zone, "for", d.seconds(60, 1200))}}}
	for _, group := range []string{"", "BLUE-v001"} {
		for _, state := range []string{"", "Pending"} {
			events = append(events, Event{at, Command{Name: "terminate", Arguments: arguments("group", group, "n", all, "zone", zone, "state", state)}})
		}
	}
	return events
}

// flap lets instances fall sick and recover, again and again.
func (d *draw) flap(at time.Duration) []Event {
	var events []Event
	group, n := d.fleet(), strconv.Itoa(d.between(1, 2))
	sick, well := d.between(5, 60), d.between(5, 60)
	for range d.between(2, 6) {
		events = append(events, Event{at, Command{Name: "sicken", Arguments: arguments("group", group, "n", n, "for", fmt.Sprintf("%ds", sick))}})
		at += time.Duration(sick+well) * time.Second
	}
	return events
}

// fleet draws blue or the first green.
func (d *draw) fleet() string { return d.pick("", "BLUE-v001") }

func (d *draw) strike() Command {
	name := d.pick("terminate", "sicken", "sicken", "impair")
	length := ""
	if name == "sicken" && d.chance(60) {
		length = d.seconds(5, 180)
	}
	state := ""
	if d.chance(30) { // none of which serves yet, or any more
		state = d.pick("Pending", "Pending:Wait", "Terminating", "Terminating:Wait")
	}
	return Command{Name: name, Arguments: arguments("group", d.fleet(), "n", strconv.Itoa(d.between(1, 3)), "for", length, "state", state)}
}
