package load

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/dataplane"
)

// traffic is steady requests to one URL from several connections, and slow ones from some more. A request is a POST, which neither our client nor
// the load balancer may send a second time: what is lost counts.
type traffic struct {
	url         string
	rate        atomic.Int64 // requests a second, wall
	connections int
	clock       *clock.Scaled                     // the deployment's
	wall        *clock.Scaled                     // speed 1
	byName      func(connection int) *http.Client // nil: all know the fleet by its address, and share a client

	mu       sync.Mutex
	counts   Counts
	recent   map[string]int // by group, since the last share
	failures []string
	versions sync.Map // by group, the last that was answered
}

// Counts is what became of requests.
type Counts struct {
	Sent    int            `json:"sent"`
	Slow    int            `json:"slow"` // of them: answers that take 5 to 20 s
	Failed  int            `json:"failed"`
	ByGroup map[string]int `json:"answered_by"` // by Auto Scaling group
}

// minConnections is how many connections send at once, if there are as many requests a second; a connection sends 20 a
// second at most.
const minConnections = 8

func newTraffic(url string, perSecond int, deployment *clock.Scaled) *traffic {
	t := &traffic{
		url: url, connections: min(max(minConnections, perSecond/20), perSecond), clock: deployment, wall: clock.NewScaled(1),
		counts: Counts{ByGroup: make(map[string]int)}, recent: make(map[string]int),
	}
	t.rate.Store(int64(perSecond))
	return t
}

// keptFailures is how many failed requests are told in words.
const keptFailures = 5

// requestTimeout is how long a client waits for its answer, in wall time, and longer by what slow answers take.
const requestTimeout = 10 * time.Second

// slowTakes are how long the answers take that slow connections ask for, in the clock's time, one after the other; the
// first connection begins with the first of them, the next with the next.
var slowTakes = []time.Duration{20 * time.Second, 5 * time.Second, 15 * time.Second, 10 * time.Second}

// slowConnections is how many connections ask for slow answers.
const slowConnections = 4

// run sends requests until ctx ends, and returns when the last one was answered.
func (t *traffic) run(ctx context.Context) {
	shared := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: t.connections + slowConnections}}
	defer shared.CloseIdleConnections()
	client := func(connection int) *http.Client {
		chosen := shared
		if t.byName != nil {
			chosen = t.byName(connection)
		}
		chosen.Timeout = requestTimeout + t.clock.Wall(slices.Max(slowTakes))
		return chosen
	}
	var all sync.WaitGroup
	for n := range t.connections {
		c := client(n)
		all.Go(func() { t.sendSteadily(ctx, c) })
	}
	for n := range slowConnections {
		c := client(t.connections + n)
		all.Go(func() { t.sendSlowly(ctx, c, n) })
	}
	all.Wait()
}

// sendSteadily is one connection's part of the traffic. A slow answer delays the next request, and those missed
// meanwhile are not made up for.
func (t *traffic) sendSteadily(ctx context.Context, client *http.Client) {
	next := t.wall.Now()
	for t.wall.Sleep(ctx, next.Sub(t.wall.Now())) == nil {
		group, err := t.send(client, 0)
		t.count(group, false, err)
		next = next.Add(time.Second * time.Duration(t.connections) / time.Duration(t.rate.Load()))
		if now := t.wall.Now(); next.Before(now) {
			next = now
		}
	}
}

// sendSlowly is the traffic of one slow connection, that asks again when its answer should have come.
func (t *traffic) sendSlowly(ctx context.Context, client *http.Client, turn int) {
	for next := t.clock.Now(); t.clock.Sleep(ctx, next.Sub(t.clock.Now())) == nil; turn++ {
		take := slowTakes[turn%len(slowTakes)]
		next = t.clock.Now().Add(take)
		group, err := t.send(client, take)
		t.count(group, true, err)
	}
}

// send sends one request, whose answer is to take a time unless that is 0, and returns the group that answered it.
func (t *traffic) send(client *http.Client, take time.Duration) (group string, err error) {
	url := t.url
	if take > 0 {
		url += "?take=" + take.String()
	}
	response, err := client.Post(url, "text/plain", strings.NewReader("order"))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", fmt.Errorf("answer broke off: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", response.Status, strings.TrimSpace(string(body)))
	}
	group = response.Header.Get(dataplane.GroupHeader)
	t.versions.Store(group, response.Header.Get(dataplane.VersionHeader))
	return group, nil
}

// called is a group with the version that its instances answer, where they say one.
func (t *traffic) called(group string) string {
	if version, _ := t.versions.Load(group); version != nil && version != "" {
		return fmt.Sprintf("%s (version %s)", group, version)
	}
	return group
}

func (t *traffic) count(group string, slow bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Sent++
	if slow {
		t.counts.Slow++
	}
	if err == nil {
		t.counts.ByGroup[group]++
		t.recent[group]++
		return
	}
	t.counts.Failed++
	if len(t.failures) < keptFailures {
		t.failures = append(t.failures, fmt.Sprintf("%s %v", t.clock.Now().Format(time.TimeOnly), err))
	}
}

// soFar returns the counts, and some of the failed requests in words.
func (t *traffic) soFar() (Counts, []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	counts := t.counts
	counts.ByGroup = make(map[string]int, len(t.counts.ByGroup))
	for group, n := range t.counts.ByGroup {
		counts.ByGroup[group] = n
	}
	return counts, append([]string(nil), t.failures...)
}

// shares returns how many requests each group answered since the last call.
func (t *traffic) shares() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	shares := t.recent
	t.recent = make(map[string]int)
	return shares
}
