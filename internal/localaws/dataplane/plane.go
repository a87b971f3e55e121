// Package dataplane is the part of the model that traffic meets: every instance that answers is an HTTP server on
// loopback, and every listener of a load balancer is a listener on loopback, that health-checks the one and routes to
// it by what the API says. It needs wall time, because sockets do.
package dataplane

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	localelb "bluegreen/internal/localaws/elbv2"
)

// Settings are the data plane's figures. Durations are in the clock's time, unless their name says otherwise.
type Settings struct {
	ResponseTime time.Duration // an instance answers this long after it got the request
	IdleTimeout  time.Duration // a target that has not begun to answer by then: 504 (Application Load Balancer default, 60 s)
	// ProbeWallTimeout is how long a health check waits, in WALL time: a busy machine must not look like a sick
	// instance, and an instance that fails here fails at once.
	ProbeWallTimeout time.Duration
}

// DefaultSettings returns the settings of a small web application.
func DefaultSettings() Settings {
	return Settings{
		ResponseTime:     200 * time.Millisecond,
		IdleTimeout:      60 * time.Second,
		ProbeWallTimeout: 2 * time.Second,
	}
}

// Balancers are the load balancers of one service, as a data plane needs them: elbv2's, and Classic Load Balancers.
type Balancers interface {
	Listeners() []localelb.ListenerView
	Route(listener string) localelb.Routing
	Carries(group, instanceID string, port int32) bool // what is under way there
	SetProbe(probe func(instanceID string, port int32, path string) bool)
	OnChange(f func())
}

// Plane is the data plane of an account. The account's lock guards its state.
type Plane struct {
	acct      *account.Account
	clock     *clock.Scaled
	compute   *localec2.Compute
	balancers []Balancers
	settings  Settings
	transport *http.Transport // from listeners to instances; a host is an instance id
	instances map[string]*instance
	listeners map[string]*listener // by ARN
	flights   map[*flight]struct{}
	disks     map[string]*disk  // of instances on which something ran
	images    map[string]string // folders with what was built, by image
	scripts   sync.WaitGroup    // and programs, that run
	program   *Program          // nil: none
	onRequest []func(group, instanceID string)
	onFailure []func(group string)
	closed    bool
}

// New starts a data plane for what compute and the load balancers hold now and later. wall is the account's clock.
func New(acct *account.Account, wall *clock.Scaled, compute *localec2.Compute, settings Settings, balancers ...Balancers) *Plane {
	p := &Plane{
		acct: acct, clock: wall, compute: compute, balancers: balancers, settings: settings,
		instances: make(map[string]*instance),
		listeners: make(map[string]*listener),
		flights:   make(map[*flight]struct{}),
		disks:     make(map[string]*disk),
		images:    make(map[string]string),
	}
	p.transport = &http.Transport{
		DialContext:           p.dial,
		MaxIdleConnsPerHost:   64,
		ResponseHeaderTimeout: max(wall.Wall(settings.IdleTimeout), settings.ProbeWallTimeout),
		DisableCompression:    true,
	}
	acct.Lock()
	defer acct.Unlock()
	compute.OnChange(p.instanceChanged)
	compute.OnImage(p.keepImage)
	compute.OnImageGone(p.dropImage)
	for _, b := range balancers {
		b.SetProbe(p.probe)
		b.OnChange(p.balancersChanged)
		if drains, ok := b.(interface {
			SetFlights(func(name, instanceID string) int)
		}); ok { // Classic Load Balancers drain for as long as something is under way
			drains.SetFlights(p.flightsTo)
		}
	}
	p.balancersChanged()
	return p
}

// OnRequest calls f for each request, or connection, that a listener sends to an instance: health checks are none. group is
// the target group's ARN, or the name of a Classic Load Balancer. The lock is held, for OnRequest too.
func (p *Plane) OnRequest(f func(group, instanceID string)) {
	p.onRequest = append(p.onRequest, f)
}

// Carried are the requests and connections that are under way now, by target group's ARN or Classic Load Balancer's name. The lock is held.
func (p *Plane) Carried() map[string]int {
	all := make(map[string]int)
	for f := range p.flights {
		all[f.group]++
	}
	return all
}

// OnFailure calls f for each request that a load balancer answers itself with a 5XX, since no target did. The lock is held, for
// OnFailure too.
func (p *Plane) OnFailure(f func(group string)) { p.onFailure = append(p.onFailure, f) }

// failed notes such a request.
func (p *Plane) failed(group string) {
	p.acct.Lock()
	defer p.acct.Unlock()
	for _, hear := range p.onFailure {
		hear(group)
	}
}

// Close ends every listener, every instance, every connection and every script.
func (p *Plane) Close() {
	p.acct.Lock()
	p.closed = true
	for arn := range p.listeners {
		p.closeListener(arn)
	}
	for id := range p.instances {
		p.stopInstance(id)
	}
	for id := range p.disks {
		p.endDisk(id)
	}
	for id := range p.images {
		p.dropImage(id)
	}
	p.acct.Unlock()
	p.scripts.Wait()
	p.transport.CloseIdleConnections()
}

// Address is where on loopback the listener takes connections ("127.0.0.1:40123"); false while it does not. A listener of a
// Classic Load Balancer is named name:port in place of an ARN.
func (p *Plane) Address(listenerARN string) (string, bool) {
	p.acct.Lock()
	defer p.acct.Unlock()
	l, ok := p.listeners[listenerARN]
	if !ok {
		return "", false
	}
	return l.socket.Addr().String(), true
}

// InstanceAddress is where on loopback the application of an instance answers; false while nothing listens there.
func (p *Plane) InstanceAddress(id string) (string, bool) {
	p.acct.Lock()
	defer p.acct.Unlock()
	i, ok := p.instances[id]
	if !ok {
		return "", false
	}
	return i.socket.Addr().String(), true
}

// Serving names the healthy instances that get a listener's new requests by its default rule and answer them, in
// order. The lock must not be held.
func (p *Plane) Serving(listenerARN string) []string {
	p.acct.Lock()
	defer p.acct.Unlock()
	l, ok := p.listeners[listenerARN]
	if !ok {
		return nil
	}
	var ids []string
	for _, group := range l.balancers.Route(listenerARN).Match(nil).Groups {
		for _, target := range group.Targets {
			i, ok := p.compute.Instance(target.InstanceID)
			if ok && i.Answers() && group.Weight > 0 && !group.FailOpen && !slices.Contains(ids, i.ID) {
				ids = append(ids, i.ID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// InFlight is how many requests and connections are on their way through load balancers. The lock must not be held.
func (p *Plane) InFlight() int {
	p.acct.Lock()
	defer p.acct.Unlock()
	return len(p.flights)
}

// balancersChanged makes listeners and what is in flight agree with what the API says. The lock is held.
func (p *Plane) balancersChanged() {
	if p.closed {
		return
	}
	p.syncListeners()
	p.cutExpiredFlights()
}

// listenLoopback opens a port of loopback that the system chooses.
func listenLoopback() (net.Listener, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a port on loopback: %w", err)
	}
	return socket, nil
}
