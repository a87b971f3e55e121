package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/dataplane"
	"bluegreen/internal/localaws/world"
)

// witness sends traffic through a listener and watches how many healthy instances could get it.
type witness struct {
	plane    *dataplane.Plane
	clock    *clock.Scaled
	listener string // ARN
	blue     string // the group that serves before
	traffic  *traffic
	who      string // answered of late
	lowest   int
	stop     context.CancelFunc
	running  sync.WaitGroup
}

// startWitness starts the traffic.
func startWitness(ctx context.Context, h *house, fleet world.World, perSecond int) (*witness, error) {
	address, ok := h.plane.Address(fleet.ListenerARN)
	if !ok {
		return nil, fmt.Errorf("the load balancer has no port on loopback: this machine may have no free port left")
	}
	ctx, stop := context.WithCancel(ctx)
	w := &witness{
		plane: h.plane, clock: h.clock, listener: fleet.ListenerARN, blue: fleet.GroupName, stop: stop,
		traffic: newTraffic("http://"+address+"/", perSecond, h.clock),
		lowest:  len(h.plane.Serving(fleet.ListenerARN)),
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
func (w *witness) end(_ context.Context, s *summary) error {
	w.stop()
	w.running.Wait()
	counts, failures := w.traffic.soFar()
	s.Requests, s.FailedRequests, s.LowestServing = &counts, failures, w.lowest
	return nil
}

// show tells who answered of late: in the status line, and as a line when other groups answer than before.
func (w *witness) show(_ context.Context, out *progress, changes *changeLog) error {
	counts, _ := w.traffic.soFar()
	shares := w.traffic.shares()
	if who := strings.Join(slices.Sorted(maps.Keys(shares)), " and "); who != w.who && who != "" {
		w.who = who
		changes.say(out, "requests are answered by "+who)
	}
	blue, total := shares[w.blue], 0
	for _, n := range shares {
		total += n
	}
	out.show(fmt.Sprintf("       %d requests, %d failed; of the last %d blue answered %d, green %d", counts.Sent, counts.Failed, total, blue, total-blue))
	return nil
}
