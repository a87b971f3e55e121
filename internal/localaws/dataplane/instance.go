package dataplane

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	localec2 "bluegreen/internal/localaws/ec2"
)

// groupTag is the tag by which an instance knows its Auto Scaling group.
const groupTag = "aws:autoscaling:groupName"

// instance is the application on an EC2 instance: a server that listens on one port of loopback, whatever port it is
// asked on.
//
// It begins to listen when the model says that it answers; until then, and if it is sick from birth, connections are
// refused. When it falls sick later it answers every request with 500. When its instance leaves the running state its
// connections break, requests in flight with them.
type instance struct {
	id     string
	plane  *Plane
	socket net.Listener
	server *http.Server
	sick   atomic.Bool
}

// Identity is what an instance answers: who it is.
type Identity struct {
	Instance string `json:"instance"`
	Zone     string `json:"zone"`
	Image    string `json:"image"`
	Group    string `json:"group,omitempty"`   // its Auto Scaling group
	Version  string `json:"version,omitempty"` // of its application: the first line of the file version in its folder
}

// GroupHeader is the response header with the Auto Scaling group of the instance that answered.
const GroupHeader = "X-Group"

// InstanceHeader is the response header with the id of the instance that answered.
const InstanceHeader = "X-Instance"

// VersionHeader is the response header with the version of the application that answered.
const VersionHeader = "X-Version"

// The files on an instance's disk that its application looks at, whenever it answers: what version it is, and whether it is
// broken, which it is when the file is not empty.
const (
	versionFile = "version"
	brokenFile  = "broken"
)

// instanceChanged starts, sickens, heals or stops the application of i. The lock is held.
func (p *Plane) instanceChanged(i *localec2.Instance) {
	if i.State == localec2.ShuttingDown || i.State == localec2.Terminated {
		p.endDisk(i.ID)
	}
	p.programOf(i)
	running, exists := p.instances[i.ID]
	switch {
	case p.closed:
	case !i.Up():
		if exists {
			p.stopInstance(i.ID)
		}
	case exists:
		running.sick.Store(!i.Answers())
	case i.Answers():
		p.startInstance(i.ID)
	}
}

// startInstance makes the application of an instance listen. The lock is held.
func (p *Plane) startInstance(id string) {
	socket, err := listenLoopback()
	if err != nil {
		return // no port: the instance answers nobody, and its health checks say so
	}
	i := &instance{id: id, plane: p, socket: socket}
	i.server = &http.Server{Handler: i}
	p.instances[id] = i
	go i.server.Serve(socket)
}

// stopInstance ends the application of an instance and breaks its connections. The lock is held.
func (p *Plane) stopInstance(id string) {
	p.instances[id].server.Close()
	delete(p.instances, id)
}

// ServeHTTP answers any path with who this is, after the response time, or after ?take=3s (in the clock's time).
func (i *instance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	take := i.plane.settings.ResponseTime
	if asked := r.URL.Query().Get("take"); asked != "" {
		d, err := time.ParseDuration(asked)
		if err != nil {
			http.Error(w, fmt.Sprintf("take: %v; want a duration such as 3s", err), http.StatusBadRequest)
			return
		}
		take = d
	}
	if i.plane.clock.Sleep(r.Context(), take) != nil {
		return
	}
	who := i.identity()
	w.Header().Set(InstanceHeader, who.Instance)
	w.Header().Set(GroupHeader, who.Group)
	w.Header().Set(VersionHeader, who.Version)
	if i.sick.Load() || i.plane.held(i.id, brokenFile) != "" {
		http.Error(w, "the application on "+i.id+" is sick", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(who)
}

// identity is read at each request: an instance may be attached to another group.
func (i *instance) identity() Identity {
	who := Identity{Instance: i.id, Version: i.plane.held(i.id, versionFile)}
	i.plane.acct.Lock()
	defer i.plane.acct.Unlock()
	if it, ok := i.plane.compute.Instance(i.id); ok {
		who.Zone, who.Image, who.Group = it.Zone, it.ImageID, it.Tags[groupTag]
	}
	return who
}

// dial connects to the instance that address ("i-0123:80") names.
func (p *Plane) dial(ctx context.Context, network, address string) (net.Conn, error) {
	id, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	at, ok := p.InstanceAddress(id)
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("%s: %w", address, syscall.ECONNREFUSED)}
	}
	return (&net.Dialer{}).DialContext(ctx, network, at)
}
