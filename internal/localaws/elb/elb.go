// Package elb is a model of Elastic Load Balancing's Classic Load Balancers (API version 2012-06-01): listeners over HTTP
// and TCP, health checks, connection draining, policies.
//
// Every method is called with the account's lock held, but for Service, whose operations the endpoint runs.
package elb

import (
	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
)

// LoadBalancers are the Classic Load Balancers of one account and Region.
type LoadBalancers struct {
	account  *account.Account
	compute  *localec2.Compute
	settings Settings

	balancers []*balancer // as created
	refused   map[string]bool

	probe    func(instanceID string, port int32, path string) bool // nil: what compute says
	flights  func(name, instanceID string) int                     // nil: what Settings.InFlight says
	onChange []func()
}

// New returns an Elastic Load Balancing without load balancers, for the instances of compute. It is called without the
// lock.
func New(acct *account.Account, compute *localec2.Compute, settings Settings) *LoadBalancers {
	l := &LoadBalancers{account: acct, compute: compute, settings: settings, refused: make(map[string]bool)}
	acct.Lock()
	defer acct.Unlock()
	compute.OnChange(l.instanceChanged)
	return l
}

// SetProbe replaces how an instance is checked: by default a check finds what Instance.Answers says. The path is empty for
// a check that only connects. The probe is called without the lock and may take its time, but not longer than the check's
// timeout.
func (l *LoadBalancers) SetProbe(probe func(instanceID string, port int32, path string) bool) {
	l.probe = probe
}

// SetFlights says how many requests and connections are under way to an instance through a load balancer: draining ends
// with the last of them. By default they last as Settings.InFlight says.
func (l *LoadBalancers) SetFlights(flights func(name, instanceID string) int) { l.flights = flights }

// OnChange calls f, with the lock held, after anything that Route, Listeners or Health say may have changed.
func (l *LoadBalancers) OnChange(f func()) { l.onChange = append(l.onChange, f) }

func (l *LoadBalancers) changed() {
	for _, f := range l.onChange {
		f()
	}
}

// RefuseLogs has a bucket refuse access logs from now on, as one does whose policy says nothing of them, or accept them.
func (l *LoadBalancers) RefuseLogs(bucket string, refused bool) { l.refused[bucket] = refused }

// Exists reports whether there is a load balancer of the name.
func (l *LoadBalancers) Exists(name string) bool { return l.balancer(name) != nil }

// Register does what RegisterInstancesWithLoadBalancer does for one instance. Errors (*wire.Error): LoadBalancerNotFound,
// InvalidInstance.
func (l *LoadBalancers) Register(name, instanceID string) error {
	b, err := l.balancerNamed(&name)
	if err != nil {
		return err
	}
	return l.register(b, []string{instanceID})
}

// Deregister does what DeregisterInstancesFromLoadBalancer does for one instance; one that is not registered is no error.
// Error: LoadBalancerNotFound.
func (l *LoadBalancers) Deregister(name, instanceID string) error {
	b, err := l.balancerNamed(&name)
	if err != nil {
		return err
	}
	b.deregister(instanceID)
	return nil
}

// Health is the state of a registered instance; false says that it is not registered (any more).
func (l *LoadBalancers) Health(name, instanceID string) (Health, bool) {
	if b := l.balancer(name); b != nil {
		if m := b.member(instanceID); m != nil {
			return m.health, true
		}
	}
	return Health{}, false
}

// Names are those of all load balancers.
func (l *LoadBalancers) Names() []string {
	var all []string
	for _, b := range l.balancers {
		all = append(all, b.name)
	}
	return all
}
