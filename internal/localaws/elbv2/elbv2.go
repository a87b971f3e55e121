// Package elbv2 is a model of Elastic Load Balancing version 2: Application and Network Load Balancers with their
// listeners, rules, target groups and health checks.
//
// Every method is called with the account's lock held, but for Service, whose operations the endpoint runs.
package elbv2

import (
	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
)

// LoadBalancers is Elastic Load Balancing in one account and Region.
type LoadBalancers struct {
	account  *account.Account
	compute  *localec2.Compute
	settings Settings

	balancers []*balancer // as created, and so are all below
	listeners []*listener
	groups    []*TargetGroup
	byARN     map[string]*TargetGroup
	members   map[string][]*target // targets by instance id
	refused   map[string]bool      // buckets that refuse logs

	probe    func(instanceID string, port int32, path string) bool // nil: what compute says
	onChange []func()
	version  uint64
}

// New returns an Elastic Load Balancing whose targets are the instances of compute. It is called without the lock.
func New(acct *account.Account, compute *localec2.Compute, settings Settings) *LoadBalancers {
	l := &LoadBalancers{
		account: acct, compute: compute, settings: settings,
		byARN:   make(map[string]*TargetGroup),
		members: make(map[string][]*target), refused: make(map[string]bool),
	}
	acct.Lock()
	defer acct.Unlock()
	compute.OnChange(l.instanceChanged)
	return l
}

// SetProbe replaces how a target is checked: by default a check finds what Instance.Answers says. The probe is called
// without the lock and may take its time, but not longer than the check's timeout.
func (l *LoadBalancers) SetProbe(probe func(instanceID string, port int32, path string) bool) {
	l.probe = probe
}

// OnChange calls f, with the lock held, after anything that Route, Listeners or Health say may have changed.
func (l *LoadBalancers) OnChange(f func()) { l.onChange = append(l.onChange, f) }

// Version grows whenever OnChange's functions are called.
func (l *LoadBalancers) Version() uint64 { return l.version }

func (l *LoadBalancers) changed() {
	l.version++
	for _, f := range l.onChange {
		f()
	}
}

// TargetGroups are all target groups, as created.
func (l *LoadBalancers) TargetGroups() []*TargetGroup { return l.groups }

// TargetGroup returns a target group by its ARN.
func (l *LoadBalancers) TargetGroup(arn string) (*TargetGroup, bool) {
	group, ok := l.byARN[arn]
	return group, ok
}

// Register does what RegisterTargets does for one instance on the group's own port. Errors (*wire.Error):
// TargetGroupNotFound, InvalidTarget.
func (l *LoadBalancers) Register(targetGroupARN, instanceID string) error {
	group, ok := l.byARN[targetGroupARN]
	if !ok {
		return groupNotFound()
	}
	return l.register(group, []targetKey{{instanceID, group.Port}})
}

// Deregister does what DeregisterTargets does for one instance on the group's own port; one that is not registered is no
// error. Error: TargetGroupNotFound.
func (l *LoadBalancers) Deregister(targetGroupARN, instanceID string) error {
	group, ok := l.byARN[targetGroupARN]
	if !ok {
		return groupNotFound()
	}
	l.deregister(group, func(key targetKey) bool { return key == targetKey{instanceID, group.Port} })
	return nil
}

// Health is the state of an instance that is registered on the group's own port; false says that it is not (any more).
func (l *LoadBalancers) Health(targetGroupARN, instanceID string) (Health, bool) {
	group, ok := l.byARN[targetGroupARN]
	if !ok {
		return Health{}, false
	}
	if t := group.target(targetKey{instanceID, group.Port}); t != nil {
		return t.health, true
	}
	return Health{}, false
}

// Carries reports whether what is under way to an instance on a port goes on. An Application Load Balancer cuts it when the
// deregistration delay is over; through a Network Load Balancer connections live for as long as both ends do, unless the
// target group has them terminated then (aws-facts I2).
func (l *LoadBalancers) Carries(targetGroupARN, instanceID string, port int32) bool {
	group, ok := l.byARN[targetGroupARN]
	if !ok {
		return false
	}
	return group.target(targetKey{instanceID, port}) != nil ||
		group.kind() == network && group.attributes["deregistration_delay.connection_termination.enabled"] != "true"
}
