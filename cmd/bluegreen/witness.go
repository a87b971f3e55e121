package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/dataplane"
)

// witness sends traffic through a listener and watches how many healthy instances could get it.
type witness struct {
	plane    *dataplane.Plane
	clock    *clock.Scaled
	listener string // ARN
	traffic  *traffic
	lowest   int
	stop     context.CancelFunc
	running  sync.WaitGroup
}

// startWitness starts the traffic.
func startWitness(ctx context.Context, h *house, listenerARN string, perSecond int) (*witness, error) {
	address, ok := h.plane.Address(listenerARN)
	if !ok {
		return nil, fmt.Errorf("the load balancer has no port on loopback: this machine may have no free port left")
	}
	ctx, stop := context.WithCancel(ctx)
	w := &witness{
		plane: h.plane, clock: h.clock, listener: listenerARN, stop: stop,
		traffic: newTraffic("http://"+address+"/", perSecond, h.clock),
		lowest:  len(h.plane.Serving(listenerARN)),
	}
	w.running.Go(func() { w.traffic.run(ctx) })
	w.running.Go(func() { w.watch(ctx) })
	return w, nil
}

// watch keeps the lowest number of serving instances, looking every half second of the clock.
func (w *witness) watch(ctx context.Context) {
	for w.clock.Sleep(ctx, time.Second/2) == nil {
		w.lowest = min(w.lowest, len(w.plane.Serving(w.listener)))
	}
}

// end stops the traffic, waits for its last answers and puts what was seen into a summary.
func (w *witness) end(s *summary) {
	w.stop()
	w.running.Wait()
	s.Requests, s.FailedRequests = w.traffic.soFar()
	s.LowestServing = w.lowest
}
