package load

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/dataplane"
)

// sendTo sends traffic to a handler until it has answered n requests.
func sendTo(t *testing.T, n int64, handle func(w http.ResponseWriter, r *http.Request, number int64)) *traffic {
	t.Helper()
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	var number atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := number.Add(1)
		if at >= n {
			enough()
		}
		handle(w, r, at)
	}))
	defer server.Close()
	traffic := newTraffic(server.URL, 1000, clock.NewScaled(1))
	traffic.run(ctx)
	return traffic
}

func TestTrafficCountsWhoAnswered(t *testing.T) {
	traffic := sendTo(t, 20, func(w http.ResponseWriter, r *http.Request, number int64) {
		w.Header().Set(dataplane.GroupHeader, []string{"blue", "green"}[number%2])
	})
	counts, failures := traffic.soFar()
	if counts.Sent < 20 || counts.Failed != 0 || len(failures) != 0 {
		t.Errorf("%d sent, %d failed: %v", counts.Sent, counts.Failed, failures)
	}
	if blue, green := counts.ByGroup["blue"], counts.ByGroup["green"]; blue < 10 || green < 10 || blue+green != counts.Sent {
		t.Errorf("blue answered %d, green %d of %d", blue, green, counts.Sent)
	}
	if shares := traffic.shares(); shares["blue"] != counts.ByGroup["blue"] {
		t.Errorf("shares: %v, want all so far", shares)
	}
	if shares := traffic.shares(); len(shares) != 0 {
		t.Errorf("shares since: %v, want none", shares)
	}
}

func TestSlowTrafficAsksForLongAnswers(t *testing.T) {
	var mu sync.Mutex
	var takes []string
	traffic := sendTo(t, 300, func(w http.ResponseWriter, r *http.Request, number int64) {
		mu.Lock()
		defer mu.Unlock()
		if take := r.URL.Query().Get("take"); take != "" {
			takes = append(takes, take)
		}
	})
	slices.Sort(takes)
	if counts, _ := traffic.soFar(); !slices.Equal(takes, []string{"10s", "15s", "20s", "5s"}) || counts.Slow != len(takes) {
		t.Errorf("asked for %v, counted %d slow requests; want one of each length", takes, counts.Slow)
	}
}

func TestTrafficCountsEveryFailure(t *testing.T) {
	for _, test := range []struct {
		name, told string
		fail       func(http.ResponseWriter)
	}{
		{"an answer that is not 200", "503 Service Unavailable: no target", func(w http.ResponseWriter) {
			http.Error(w, "no target", http.StatusServiceUnavailable)
		}},
		// Nobody may send the request again.
		{"a connection that breaks", "EOF", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			var met atomic.Int64
			traffic := sendTo(t, 60, func(w http.ResponseWriter, r *http.Request, number int64) {
				if number%3 == 0 {
					met.Add(1)
					test.fail(w)
				}
			})
			counts, failures := traffic.soFar()
			if int64(counts.Failed) != met.Load() || counts.Failed < 20 {
				t.Errorf("%d of %d failed, want %d", counts.Failed, counts.Sent, met.Load())
			}
			if len(failures) != keptFailures || !strings.Contains(failures[0], test.told) {
				t.Errorf("failures in words: %q; want %d that tell %q", failures, keptFailures, test.told)
			}
		})
	}
}
