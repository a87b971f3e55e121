package ssm

import (
	"context"
	"maps"
	"regexp"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
)

// Executor runs scripts on instances.
type Executor interface {
	// Run runs a shell script on an instance and returns its exit code and what it wrote. It takes the clock's time.
	// When ctx ends, because the script's time is up, the command was cancelled or the instance ends, the script is
	// killed and what Run returns counts only as output. It is called without the account's lock, in a task of its own.
	Run(ctx context.Context, instanceID, script string) (exit int, stdout, stderr string)
}

// Behaviour is how the built-in executor lets a script run go.
type Behaviour struct {
	Duration account.Duration // how long it takes
	Exit     int
	Output   string // to stdout
	Errors   string // to stderr
	Hang     bool   // it never ends by itself

	// What a run that ends by itself does to its instance.
	Leaves   map[string]string // puts onto its disk: contents by name
	Breaks   bool              // the application does not answer any more, nor does that of an image made of the instance
	PowerOff bool              // its system shuts down

	// Decide, if set, chooses the behaviour of a run by its script and by what the instance's disk holds, which it may
	// change. The lock is held.
	Decide func(script string, disk map[string]string) Behaviour
}

// DefaultBehaviour is how scripts go of which nobody has said anything: they succeed within a second.
func DefaultBehaviour() Behaviour {
	return Behaviour{Duration: account.Duration{Min: 100 * time.Millisecond, Max: time.Second}}
}

// Run is one run of a script on an instance.
type Run struct {
	CommandID string
	Script    string
	At        time.Time
	Ended     time.Time // zero while it runs
	Exit      int
	Finished  bool // the script ended by itself: nobody cut it short
	Guarded   bool // its guard found an earlier run, so that it did no work itself
}

// SetBehaviour sets how the built-in executor runs scripts on an instance from now on; "" is every instance that has no
// behaviour of its own. Without any, scripts succeed within a second.
func (c *Commands) SetBehaviour(instanceID string, b Behaviour) { c.acting.behaviours[instanceID] = b }

// Ran are the runs of scripts on an instance, the oldest first; of an instance that has ended, too.
func (c *Commands) Ran(instanceID string) []Run {
	found := make([]Run, 0, len(c.runs[instanceID]))
	for _, run := range c.runs[instanceID] {
		found = append(found, *run)
	}
	return found
}

// acting is the state of the built-in executor.
type acting struct {
	behaviours map[string]Behaviour         // by instance id; "" is the default
	disks      map[string]map[string]string // by instance id
	images     map[string]map[string]string // disks as they were when images were made, by image id
	guards     map[guard]*guarded
}

func newActing() acting {
	return acting{
		behaviours: map[string]Behaviour{"": DefaultBehaviour()},
		disks:      map[string]map[string]string{},
		images:     map[string]map[string]string{},
		guards:     map[guard]*guarded{},
	}
}

// guardLine is a line by which a script says that it guards itself against running twice on an instance: it takes a lock
// by the id, and leaves its exit code for those that wait.
var guardLine = regexp.MustCompile(`(?m)^# bluegreen-guard:(\S+)\s*$`)

type guard struct{ instanceID, id string }

// guarded is the run that has a guard.
type guarded struct {
	ended  clock.Event // by itself; what follows is set by then
	exit   int
	output string
	errors string
}

// actor is the built-in executor: it runs nothing, and takes the time and gives the answers that rehearsals set.
type actor Commands

// Run implements Executor. Of scripts with the line "# bluegreen-guard:<id>" only the first that begins on an instance
// works; others with this id wait for it, and end as it did. If it was cut short they wait in vain: it left its lock
// behind, and nothing that says how it ended.
func (x *actor) Run(ctx context.Context, instanceID, script string) (exit int, stdout, stderr string) {
	c := (*Commands)(x)
	c.account.Lock()
	match := guardLine.FindStringSubmatch(script)
	if match == nil {
		behaviour, duration := c.choose(instanceID, script)
		c.account.Unlock()
		return c.act(ctx, instanceID, behaviour, duration)
	}
	key := guard{instanceID, match[1]}
	if first := c.acting.guards[key]; first != nil {
		ctx.Value(runKey{}).(*Run).Guarded = true
		c.account.Unlock()
		if first.ended.Wait(ctx) != nil {
			return 0, "", ""
		}
		return first.exit, first.output, first.errors
	}
	first := &guarded{ended: c.account.Clock.NewEvent()}
	c.acting.guards[key] = first
	behaviour, duration := c.choose(instanceID, script)
	c.account.Unlock()
	first.exit, first.output, first.errors = c.act(ctx, instanceID, behaviour, duration)
	if ctx.Err() == nil {
		first.ended.Set()
	}
	return first.exit, first.output, first.errors
}

// choose returns how a run goes, and how long it takes.
func (c *Commands) choose(instanceID, script string) (Behaviour, time.Duration) {
	behaviour, ok := c.acting.behaviours[instanceID]
	if !ok {
		behaviour = c.acting.behaviours[""]
	}
	if behaviour.Decide != nil {
		behaviour = behaviour.Decide(script, c.disk(instanceID))
	}
	return behaviour, c.account.Draw(behaviour.Duration)
}

// disk is what an instance's disk holds, which is at first what its image's did.
func (c *Commands) disk(instanceID string) map[string]string {
	if c.acting.disks[instanceID] == nil {
		held := map[string]string{}
		if i, ok := c.compute.Instance(instanceID); ok {
			maps.Copy(held, c.acting.images[i.ImageID])
		}
		c.acting.disks[instanceID] = held
	}
	return c.acting.disks[instanceID]
}

// Disk is what the built-in executor's runs have left on an instance's disk: contents by name. It may not be changed.
func (c *Commands) Disk(instanceID string) map[string]string { return c.disk(instanceID) }

// imaged keeps an instance's disk as that of an image.
func (c *Commands) imaged(i *localec2.Instance, imageID string) {
	c.acting.images[imageID] = maps.Clone(c.disk(i.ID))
}

// act takes a run's time.
func (c *Commands) act(ctx context.Context, instanceID string, b Behaviour, duration time.Duration) (exit int, stdout, stderr string) {
	if b.Hang {
		_ = c.account.Clock.NewEvent().Wait(ctx)
	} else {
		_ = c.account.Clock.Sleep(ctx, duration)
	}
	if ctx.Err() == nil {
		c.affect(instanceID, b)
	}
	return b.Exit, b.Output, b.Errors
}

// affect does to an instance what a run has done to it.
func (c *Commands) affect(instanceID string, b Behaviour) {
	if b.Leaves == nil && !b.Breaks && !b.PowerOff {
		return
	}
	c.account.Lock()
	defer c.account.Unlock()
	maps.Copy(c.disk(instanceID), b.Leaves)
	if b.Breaks {
		c.compute.Sicken(instanceID)
	}
	if b.PowerOff {
		c.compute.ShutDown(instanceID)
	}
}
