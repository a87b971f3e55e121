package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
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

func TestTrafficCountsEveryFailure(t *testing.T) {
	var met atomic.Int64
	traffic := sendTo(t, 40, func(w http.ResponseWriter, r *http.Request, number int64) {
		switch number % 4 {
		case 0:
			http.Error(w, "503 Service Temporarily Unavailable", http.StatusServiceUnavailable)
			met.Add(1)
		case 1:
			met.Add(1)
			panic(http.ErrAbortHandler) // the connection breaks, and nobody may send the request again
		}
	})
	counts, failures := traffic.soFar()
	if int64(counts.Failed) != met.Load() || counts.Failed < 20 {
		t.Errorf("%d of %d failed, want %d", counts.Failed, counts.Sent, met.Load())
	}
	if len(failures) != keptFailures {
		t.Errorf("%d failures are told in words, want %d", len(failures), keptFailures)
	}
	if all := strings.Join(failures, "\n"); !strings.Contains(all, "503 Service Temporarily Unavailable") || !strings.Contains(all, "EOF") {
		t.Errorf("failures do not say what happened:\n%s", all)
	}
}
