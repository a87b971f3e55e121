package ssm

import (
	"hash/fnv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
)

// agent is the SSM Agent of an instance, as the service and as the instance know it.
type agent struct {
	instanceID string
	run        int       // counts the instance's starts: what was under way in an earlier one is void
	running    bool      // the instance's system runs
	up         bool      // the agent has started and announced itself
	registered time.Time // the first time that it did
	lost       bool      // it does not hear the service, nor the service it
	status     types.PingStatus
	pinged     time.Time // when it was last heard
}

// managed reports whether commands may be sent to the agent's instance.
func (a *agent) managed() bool { return a.running && a.up }

// NoAgent says that instances of the image which start from now on have no agent.
func (c *Commands) NoAgent(imageID string) { c.agentless[imageID] = true }

// RefuseProfile says that the role of an instance profile lets no agent register that starts from now on.
func (c *Commands) RefuseProfile(profile string) { c.refused[profile] = true }

// CutOff says that nothing in the subnet reaches Systems Manager any more: agents that start from now on never register.
func (c *Commands) CutOff(subnetID string) { c.routeless[subnetID] = true }

// reaches reports whether the agent of an instance can register: it is on the image, the instance's profile allows it, and there is
// a route (Systems Manager user guide, setting up EC2 instances). An instance without a profile is managed only where an account
// has set Default Host Management up, which this one has not.
func (c *Commands) reaches(i *localec2.Instance) bool {
	profile := i.InstanceProfile[strings.LastIndexByte(i.InstanceProfile, '/')+1:]
	return !c.agentless[i.ImageID] && profile != "" && !c.refused[profile] && !c.routeless[i.SubnetID]
}

// LoseAgent cuts an instance's agent off: commands don't reach it and what it ran is not reported, although scripts go
// on. After some minutes its PingStatus is ConnectionLost.
func (c *Commands) LoseAgent(instanceID string) {
	a := c.agents[instanceID]
	if a == nil || a.lost {
		return
	}
	a.lost = true
	a.pinged = c.account.Now()
	run := a.run
	c.after(c.settings.ConnectionLost, func() {
		if a.lost && a.run == run {
			a.status = types.PingStatusConnectionLost
		}
	})
}

// FindAgent connects an instance's lost agent again: it reports what has ended meanwhile, and gets what waited for it.
func (c *Commands) FindAgent(instanceID string) {
	a := c.agents[instanceID]
	if a == nil || !a.lost {
		return
	}
	a.lost = false
	a.status = types.PingStatusOnline
	for _, v := range c.openOn(instanceID) {
		if v.unreported != nil {
			c.close(v, *v.unreported)
		} else if v.sent {
			c.after(c.settings.Delivery, func() { c.deliver(v) })
		}
	}
}

// instanceChanged follows what happens to an instance.
func (c *Commands) instanceChanged(i *localec2.Instance) {
	a := c.agents[i.ID]
	if a == nil {
		a = &agent{instanceID: i.ID}
		c.agents[i.ID] = a
		c.order = append(c.order, a)
	}
	running := i.Up()
	if running == a.running {
		return
	}
	a.running = running
	a.run++
	if running {
		c.register(a, i)
		return
	}
	a.up, a.lost = false, false
	c.stopScripts(i.ID)
	if i.State == localec2.ShuttingDown || i.State == localec2.Terminated {
		c.giveUp(c.openOn(i.ID))
	}
}

// register lets the agent of an instance that has started announce itself.
func (c *Commands) register(a *agent, i *localec2.Instance) {
	if !c.reaches(i) {
		return
	}
	run := a.run
	c.account.After(spread(c.settings.Registration, a.instanceID), func() {
		if a.run != run {
			return
		}
		a.up = true
		if a.registered.IsZero() {
			a.registered = c.account.Now()
		}
		a.status = types.PingStatusOnline
	})
}

// spread picks a duration from d by an instance's id. It is no draw of the account's: a world in which nobody sends a
// command goes the same way with and without agents.
func spread(d account.Duration, instanceID string) time.Duration {
	if d.Max <= d.Min {
		return d.Min
	}
	hash := fnv.New64a()
	hash.Write([]byte(instanceID))
	return d.Min + time.Duration(hash.Sum64()%uint64(d.Max-d.Min))
}

// ping is when the agent was last heard of.
func (a *agent) ping(now time.Time) time.Time {
	if a.lost {
		return a.pinged
	}
	return now
}
