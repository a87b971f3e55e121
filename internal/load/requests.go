package load

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/local"
)

// Requests sends traffic through a listener and watches how many healthy instances could get it.
type Requests struct {
	URL string // that they are sent to

	fleet   *local.Environment
	clock   *clock.Scaled
	blue    string // the group that serves before
	traffic *traffic
	who     string // answered of late
	lowest  int
	enough  *enough // nil: what serves does every load
	stop    context.CancelFunc
	running sync.WaitGroup
}

// StartRequests sends perSecond requests a second of real time to the fleet of a local AWS, and slow ones besides.
func StartRequests(ctx context.Context, e *local.Environment, perSecond int) (*Requests, error) {
	return startRequests(ctx, e, perSecond, perSecond, nil)
}

// startRequests sends some requests a second at first, of the most that there will be.
func startRequests(ctx context.Context, e *local.Environment, most, first int, enough *enough) (*Requests, error) {
	fleet := e.World
	address, ok := e.Plane.Address(fleet.ListenerARN)
	if !ok {
		return nil, fmt.Errorf("the load balancer has no port on loopback: this machine may have no free port left")
	}
	ctx, stop := context.WithCancel(ctx)
	r := &Requests{
		URL:   "http://" + address + "/",
		fleet: e, clock: e.Clock, blue: fleet.GroupName, stop: stop,
		traffic: newTraffic("http://"+address+"/", most, e.Clock),
		enough:  enough,
	}
	r.lowest = r.serving()
	if fleet.Record != "" {
		r.URL = "http://" + fleet.Record + "/"
		r.traffic.url, r.traffic.byName = r.URL, byName(e)
	}
	r.traffic.rate.Store(int64(first))
	r.running.Go(func() { r.traffic.run(ctx) })
	r.running.Go(func() { r.watch(ctx) })
	return r, nil
}

// serving is how many healthy instances serve, where the fewest of those do to which clients come.
func (r *Requests) serving() int {
	least := -1
	for _, listener := range r.fleet.Entrances() {
		if n := len(r.fleet.Plane.Serving(listener)); least < 0 || n < least {
			least = n
		}
	}
	return max(least, 0)
}

// watch keeps the lowest number of serving instances, looking every half second of the clock.
func (r *Requests) watch(ctx context.Context) {
	for r.clock.Sleep(ctx, time.Second/2) == nil {
		serving := r.serving()
		r.lowest = min(r.lowest, serving)
		if r.enough != nil {
			r.enough.look(r.clock.Now(), serving, float64(r.traffic.rate.Load())*60/r.clock.Speed())
		}
	}
}

// End stops the traffic and waits for its last answers.
func (r *Requests) End(context.Context) (Measured, error) {
	r.stop()
	r.running.Wait()
	counts, failures := r.traffic.soFar()
	measured := Measured{Requests: &counts, FailedRequests: failures, LowestServing: r.lowest}
	if r.enough != nil {
		measured.TooSmallSeconds = r.enough.longest.Seconds()
	}
	return measured, nil
}

// Look says who answered of late; the line when other groups answer than before.
func (r *Requests) Look(context.Context, string) (status, line string, err error) {
	counts, _ := r.traffic.soFar()
	shares := r.traffic.shares()
	var answer []string
	for _, group := range slices.Sorted(maps.Keys(shares)) {
		answer = append(answer, r.traffic.called(group))
	}
	if who := strings.Join(answer, " and "); who != r.who && who != "" {
		r.who = who
		line = "requests are answered by " + who
	}
	blue, total := shares[r.blue], 0
	for _, n := range shares {
		total += n
	}
	return fmt.Sprintf("%d requests, %d failed; of the last %d blue answered %d, green %d", counts.Sent, counts.Failed, total, blue, total-blue), line, nil
}
