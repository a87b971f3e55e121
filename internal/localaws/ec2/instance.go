package ec2

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/account"
)

// State is the state of an instance.
type State string

// The states, by EC2's names.
const (
	Pending      State = "pending"
	Running      State = "running"
	ShuttingDown State = "shutting-down"
	Terminated   State = "terminated"
	Stopping     State = "stopping"
	Stopped      State = "stopped"
)

// Instance is a virtual machine with one application on it. Others read it and never write to it.
type Instance struct {
	ID, ImageID, InstanceType, SubnetID, Zone, PrivateIP string

	TemplateID, TemplateName, TemplateVersion string // empty when launched without a template

	KeyName, UserData, InstanceProfile string
	SecurityGroupIDs                   []string
	Tags                               map[string]string
	State                              State
	Spot                               bool // launched on the Spot market, so EC2 may interrupt it
	LaunchedAt                         time.Time
	EndedAt                            time.Time // when its termination was asked for; zero before

	options      Options
	architecture types.ArchitectureValues // of its image
	rootDevice   string                   // likewise
	launchIndex  int32                    // in its reservation
	reservation  string
	clientToken  string
	reason       string // of the last state transition, as users read it
	run          int    // counts its starts and ends: what was under way in an earlier run is void
	booted       bool   // the application has started
	sick         bool   // the application does not answer any more, or never will
	checked      bool   // the status checks have passed
	impaired     bool
	rebooting    bool  // its system is away
	atRisk       bool  // EC2 recommends to replace it
	interrupting bool  // EC2 has given notice that it ends
	toldState    State // of the last notification of its state
}

// Answers reports whether the application on the instance is up and not sick: what a health check finds, and what
// serves requests.
func (i *Instance) Answers() bool { return i.Up() && i.booted && !i.sick }

// Up reports whether the instance's own system runs: that of a running instance does but while it reboots.
func (i *Instance) Up() bool { return i.State == Running && !i.rebooting }

// Sick reports whether the application fails although the instance runs.
func (i *Instance) Sick() bool { return i.sick }

// Impaired reports whether the instance fails EC2's own status checks.
func (i *Instance) Impaired() bool { return i.impaired && i.State == Running }

// begin takes an instance through pending, running, the start of its application and the status checks.
func (c *Compute) begin(i *Instance) {
	c.enter(i, Pending)
	c.later(i, c.settings.Pending, func() {
		i.State = Running
		c.startSystem(i)
	})
}

// startSystem takes an instance whose system begins to run through the start of its application and the status checks.
func (c *Compute) startSystem(i *Instance) {
	c.changed(i)
	c.later(i, c.settings.Boot, func() {
		i.booted = true
		if i.Answers() {
			c.changed(i)
		}
	})
	c.later(i, c.settings.StatusChecks, func() { i.checked = true })
}

// reboot lets a running instance's system end and start again: its state stays what it is (EC2 user guide, reboot).
func (c *Compute) reboot(i *Instance) {
	if i.State != Running {
		return
	}
	i.rebooting = true
	c.enter(i, Running)
	c.later(i, c.settings.Reboot, func() {
		i.rebooting = false
		c.startSystem(i)
	})
}

// enter begins a new run of an instance in a state.
func (c *Compute) enter(i *Instance, state State) {
	i.run++
	i.State, i.booted, i.checked = state, false, false
	i.rebooting = i.rebooting && state == Running
	c.changed(i)
}

// later lets f happen to an instance, unless its run ends before.
func (c *Compute) later(i *Instance, d account.Duration, f func()) {
	run := i.run
	c.account.After(c.account.Draw(d), func() {
		if i.run == run {
			f()
		}
	})
}

// Terminate ends an instance: shutting-down at once, terminated in time. An instance that has ended, or that does not
// exist, is left alone. A person who terminates a member of a group behind its back does just this.
func (c *Compute) Terminate(id string) {
	i, ok := c.instances[id]
	if !ok || i.State == ShuttingDown || i.State == Terminated {
		return
	}
	c.end(i, userInitiated(c.account.Now()))
}

// end ends an instance that has not, for the reason.
func (c *Compute) end(i *Instance, reason string) {
	i.EndedAt = c.account.Now()
	i.reason = reason
	c.enter(i, ShuttingDown)
	c.later(i, c.settings.ShuttingDown, func() {
		i.State = Terminated
		c.changed(i)
		c.later(i, account.Constant(c.settings.TerminatedVisible), func() { c.forget(i) })
	})
}

// Stop stops a running instance: stopping at once, stopped in time.
func (c *Compute) Stop(id string) {
	i, ok := c.instances[id]
	if ok && i.State == Running {
		c.stop(i, userInitiated(c.account.Now()))
	}
}

func (c *Compute) stop(i *Instance, reason string) {
	i.reason = reason
	c.enter(i, Stopping)
	c.later(i, c.settings.ShuttingDown, func() {
		i.State = Stopped
		c.changed(i)
	})
}

// ShutDown lets an instance's own system shut it down: it stops, or is terminated, as its launch said (SDK,
// RunInstancesInput.InstanceInitiatedShutdownBehavior).
func (c *Compute) ShutDown(id string) {
	i, ok := c.instances[id]
	switch {
	case !ok || i.State != Running:
	case i.options.EndsByShutdown:
		c.end(i, shutDownInside)
	default:
		c.stop(i, shutDownInside)
	}
}

// shutDownInside is the reason for the end of an instance whose own system shut it down.
const shutDownInside = "Client.InstanceInitiatedShutdown: Instance initiated shutdown"

// Start starts a stopped instance again.
func (c *Compute) Start(id string) {
	if i, ok := c.instances[id]; ok && i.State == Stopped {
		i.reason = ""
		c.begin(i)
	}
}

func userInitiated(at time.Time) string {
	return "User initiated (" + at.Format("2006-01-02 15:04:05") + " GMT)"
}

// forget drops an instance that is not described any more.
func (c *Compute) forget(i *Instance) {
	delete(c.instances, i.ID)
	for n, other := range c.order {
		if other == i {
			c.order = append(c.order[:n], c.order[n+1:]...)
			return
		}
	}
}

// Sicken makes the application of an instance stop answering; the instance goes on running.
func (c *Compute) Sicken(id string) { c.setSick(id, true) }

// Heal makes the application of an instance answer again.
func (c *Compute) Heal(id string) { c.setSick(id, false) }

func (c *Compute) setSick(id string, sick bool) {
	i, ok := c.instances[id]
	if !ok || i.sick == sick {
		return
	}
	before := i.Answers()
	i.sick = sick
	if i.Answers() != before {
		c.changed(i)
	}
}

// ImpairStatus makes an instance fail EC2's status checks, as it does when its hardware fails.
func (c *Compute) ImpairStatus(id string) {
	i, ok := c.instances[id]
	if !ok || i.impaired {
		return
	}
	i.impaired = true
	c.changed(i)
}

// SetBoot sets how long the application takes from running until it answers, on instances that are running from now on.
func (c *Compute) SetBoot(d account.Duration) { c.settings.Boot = d }

// MarkImageSick makes the application of every instance launched from the image from now on fail from birth.
func (c *Compute) MarkImageSick(imageID string) {
	if image, ok := c.images[imageID]; ok {
		image.sick = true
	}
}
