package dataplane

import (
	"context"
	"net"
	"net/http"
	"strconv"

	localelb "bluegreen/internal/localaws/elbv2"
)

// listener is a listener of a load balancer: a port of loopback behind which requests (over HTTP) or connections (all else)
// are routed.
type listener struct {
	arn       string
	balancers Balancers // whose it is
	protocol  string
	port      int32
	plane     *Plane
	socket    net.Listener
	stop      func()            // closes the socket and every connection through it
	groups    turns             // among target groups
	targets   map[string]*turns // among the targets of one, by its ARN
}

// flight is a request or a connection on its way through a load balancer.
type flight struct {
	balancers  Balancers // whose it is
	group      string    // ARN of its target group, or name of its Classic Load Balancer
	instanceID string
	port       int32
	cut        context.CancelFunc
}

// syncListeners opens the listeners that the API has and closes those that it has not. The lock is held.
func (p *Plane) syncListeners() {
	wanted := make(map[string]bool)
	for _, balancers := range p.balancers {
		for _, view := range balancers.Listeners() {
			wanted[view.ARN] = true
			if _, open := p.listeners[view.ARN]; !open {
				p.openListener(balancers, view)
			}
		}
	}
	for arn := range p.listeners {
		if !wanted[arn] {
			p.closeListener(arn)
		}
	}
}

// openListener gives a listener its port. The lock is held.
func (p *Plane) openListener(balancers Balancers, view localelb.ListenerView) {
	socket, err := listenLoopback()
	if err != nil {
		return // tried again at the next change
	}
	l := &listener{arn: view.ARN, balancers: balancers, protocol: view.Protocol, port: view.Port, plane: p, socket: socket, targets: make(map[string]*turns)}
	p.listeners[view.ARN] = l
	if view.Protocol != "HTTP" && view.Protocol != "HTTPS" {
		l.stop = l.serveTCP()
		return
	}
	// HTTPS is met without encryption: a listener on loopback has no certificate.
	server := &http.Server{Handler: l.proxy()}
	l.stop = func() { server.Close() }
	go server.Serve(socket)
}

// closeListener closes a listener and the connections through it. The lock is held.
func (p *Plane) closeListener(arn string) {
	p.listeners[arn].stop()
	delete(p.listeners, arn)
}

// take picks the target of the next request or connection among groups, and counts it until the flight lands; ok is
// false when no target can take it. A group that has weight but no target still gets its share, and the share fails:
// load balancers do not fail over between weighted target groups. The account's lock is held.
func (l *listener) take(groups []localelb.RoutedGroup, cut context.CancelFunc) (f *flight, host string, ok bool) {
	group, ok := pick(&l.groups, groups, func(g localelb.RoutedGroup) (string, float64) { return g.ARN, float64(g.Weight) })
	if !ok {
		return nil, "", false
	}
	if l.targets[group.ARN] == nil {
		l.targets[group.ARN] = &turns{}
	}
	now := l.plane.acct.Now()
	target, ok := pick(l.targets[group.ARN], group.Targets, func(t localelb.RoutedTarget) (string, float64) { return t.InstanceID, t.Share(now) })
	if !ok {
		return nil, "", false
	}
	f = &flight{balancers: l.balancers, group: group.ARN, instanceID: target.InstanceID, port: target.Port, cut: cut}
	l.plane.flights[f] = struct{}{}
	for _, hear := range l.plane.onRequest {
		hear(group.ARN, target.InstanceID)
	}
	return f, net.JoinHostPort(target.InstanceID, strconv.Itoa(int(target.Port))), true
}

// land ends the count of a flight.
func (p *Plane) land(f *flight) {
	p.acct.Lock()
	defer p.acct.Unlock()
	delete(p.flights, f)
}

// flightsTo is how many requests and connections are under way to an instance through a Classic Load Balancer. The lock is
// held.
func (p *Plane) flightsTo(name, instanceID string) int {
	count := 0
	for f := range p.flights {
		if f.group == name && f.instanceID == instanceID {
			count++
		}
	}
	return count
}

// cutExpiredFlights breaks what is still in flight to instances whose time to drain has passed, as an Application Load Balancer
// does (502) and a Classic one. The lock is held.
func (p *Plane) cutExpiredFlights() {
	for f := range p.flights {
		if !f.balancers.Carries(f.group, f.instanceID, f.port) {
			f.cut()
		}
	}
}
