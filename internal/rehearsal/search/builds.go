package search

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bluegreen/internal/localaws/faults"
)

// builds has the first deployment of one case in twelve make green's image. It has randomness of its own, so that all else of a seed is
// what it would be without.
func (c *Case) builds(drawn *draw) {
	d := &draw{Rand: rand.New(rand.NewPCG(c.Seed, 0x6275696c64730000)), unchecked: drawn.unchecked, outliving: drawn.outliving}
	if slices.Contains(c.World, Argument{"desired", "0"}) { // nothing of it is tried
		d.unchecked = true
	}
	if !d.chance(8) {
		return
	}
	c.World = append(c.World, Argument{"builders", ""})
	for _, timing := range []struct {
		name        string
		least, most int // milliseconds
	}{{"registers", 1000, 120_000}, {"images", 10_000, 5_400_000}, {"reboot", 1000, 180_000}} {
		if d.chance(40) {
			c.World = append(c.World, Argument{timing.name, d.spread(timing.least, timing.most)})
		}
	}
	if !drawn.drains && d.chance(20) {
		c.World = append(without(c.World, "hook-terminate"), arguments("hook-terminate", d.seconds(30, 90))...)
		c.Request.DrainSeconds = d.between(30, 600)
		c.Faults = append(c.Faults, d.drain())
	}
	commands := []string{"make install", "make test", "make warm"}[:d.between(1, 3)]
	c.Setup = append(c.Setup, d.scripts(commands)...)
	if d.sickGreen { // what falls sick and recovers would recover from that too
		c.Events = slices.DeleteFunc(c.Events, func(e Event) bool { return e.Name == "sicken" })
	}
	build := d.build(commands)
	c.Request.Green = image(build, c.Request.Green)
	c.Faults = append(c.Faults, d.buildFaults()...)
	c.Events = d.duringBuild(*c, build)
}

// scripts draws how the commands go on the builder.
func (d *draw) scripts(commands []string) []Command {
	var all []Command
	for _, command := range commands {
		how := arguments("match", "("+command+")", "takes", d.seconds(1, 600))
		switch {
		case d.chance(8):
			how = append(how, arguments("exit", "1")...)
		case d.chance(4):
			how = append(how, Argument{"hang", ""})
		case d.chance(4):
			how = append(how, Argument{"powers-off", ""})
		case !d.unchecked && d.chance(4):
			d.sickGreen, how = true, append(how, Argument{"breaks", ""})
		}
		all = append(all, Command{Name: "commands", Arguments: how, Input: "this is what it says"})
	}
	if d.chance(8) {
		all = append(all, Command{Name: "images", Arguments: arguments("fail", "1")})
	}
	if d.chance(4) {
		all = append(all, Command{Name: "no-agent", Arguments: []Argument{{d.pick("profile", "route"), ""}}})
	}
	return all
}

// build draws what a request gives of a build.
func (d *draw) build(commands []string) string {
	var quoted []string
	for _, command := range commands {
		quoted = append(quoted, strconv.Quote(command))
	}
	fields := []string{`"commands": [` + strings.Join(quoted, ", ") + "]"}
	if d.chance(30) {
		fields = append(fields, `"reboot": false`)
	}
	if d.chance(20) {
		fields = append(fields, `"user_data": true`)
	}
	if d.chance(30) {
		fields = append(fields, `"name": "baked"`)
	}
	if d.chance(30) {
		fields = append(fields, fmt.Sprintf(`"timeout_seconds": %d`, d.between(300, 14400)))
	}
	return strings.Join(fields, ", ")
}

// givenImage is an image among the members of green.
var givenImage = regexp.MustCompile(`"image": \{[^}]*\}(, )?`)

// image adds a build to what a request gives of what green is to launch from, in place of the image there.
func image(build, green string) string {
	built := `"image": {"build": {` + build + "}}"
	if rest := givenImage.ReplaceAllString(green, ""); rest != "" {
		return built + ", " + rest
	}
	return built
}

// buildOperations are calls that only builds make, or that go otherwise for them.
var buildOperations = []string{
	"RunInstances", "CreateLaunchTemplate", "DescribeInstances", "DescribeInstanceInformation", "SendCommand", "ListCommandInvocations",
	"GetCommandInvocation", "CreateImage", "DescribeImages", "TerminateInstances", "DescribeLaunchTemplates", "DeleteLaunchTemplate",
	"DescribeSnapshots", "DeregisterImage", "DeleteSnapshot",
}

// buildFaults draws what goes wrong with the calls of a build.
func (d *draw) buildFaults() []Command {
	kinds := []faults.Kind{faults.Throttle, faults.FailBefore, faults.Unavailable, faults.FailAfter, faults.LoseAnswer, faults.Deny, faults.KillBefore, faults.KillAfter}
	var all []Command
	if !d.outliving && d.chance(10) {
		all = append(all, d.zombie("BuildImage", "BuildImage", "RemoveGreen")...)
	}
	for range d.IntN(3) {
		all = append(all, Command{Name: "fault", Arguments: arguments("kind", kinds[d.IntN(len(kinds))].String(), "function", faults.AnyFunction,
			"operation", d.pick(buildOperations...), "nth", strconv.Itoa(d.between(1, 4)), "times", d.pick("", "", "2", "5"))})
	}
	return all
}

// duringBuild are the events, half of the time so late that they find green rather than the builder, with what befalls a builder, and
// with a deployment of the same commands once more.
func (d *draw) duringBuild(c Case, build string) []Event {
	events := slices.Clone(c.Events)
	if d.chance(50) {
		later := time.Duration(d.between(0, 1800)) * time.Second
		for i := range events {
			events[i].At += later
		}
	}
	if d.chance(10) {
		events = append(events, Event{d.moment(), call("ec2", "TerminateInstances", `{"InstanceIds": ["BUILDER"]}`)})
	}
	if d.chance(10) {
		at := time.Duration(d.between(0, 120)) * time.Second
		events = append(events, Event{at, Command{Name: "capacity", Arguments: arguments("n", "0", "zone", d.pick("", "a", "c"), "for", d.seconds(30, 1200))}})
	}
	if d.chance(30) {
		again := c.Request
		again.Green = image(build+d.pick("", `, "reuse": true`, `, "reuse": true`), "")
		at := time.Duration(d.between(0, 5400)) * time.Second
		events = append(events, Event{at, Command{Name: "start", Arguments: arguments("name", "rebuild"), Input: again.input()}})
	}
	slices.SortStableFunc(events, func(a, b Event) int { return int(a.At - b.At) })
	return events
}
