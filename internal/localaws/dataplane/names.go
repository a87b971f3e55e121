package dataplane

import (
	"context"
	"net"
	"strconv"
	"strings"
)

// DialBy connects a client that knows a load balancer by a name: by its own, or by a record that stands for it. resolve is
// called with the lock held, as a client's resolver is, and returns the DNS name of a load balancer. What it returns dials
// as net.Dialer.DialContext does: "shop.example.com:80" is the listener on port 80 of what the name stands for now.
// Connections that are open stay where they are.
func (p *Plane) DialBy(resolve func(host string) (dnsName string, err error)) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		at, err := p.listenerOf(host, port, resolve)
		if err != nil {
			return nil, &net.DNSError{Err: err.Error(), Name: host, IsNotFound: true}
		}
		if at == "" {
			return nil, &net.DNSError{Err: "no load balancer has this name and port " + port, Name: host, IsNotFound: true}
		}
		return (&net.Dialer{}).DialContext(ctx, network, at)
	}
}

// listenerOf is where on loopback the listener is that a client means; empty when there is none.
func (p *Plane) listenerOf(host, port string, resolve func(host string) (string, error)) (string, error) {
	p.acct.Lock()
	defer p.acct.Unlock()
	dnsName, err := resolve(host)
	if err != nil {
		return "", err
	}
	for _, balancers := range p.balancers {
		for _, view := range balancers.Listeners() {
			if strings.EqualFold(view.DNSName, dnsName) && strconv.Itoa(int(view.Port)) == port && p.listeners[view.ARN] != nil {
				return p.listeners[view.ARN].socket.Addr().String(), nil
			}
		}
	}
	return "", nil
}
