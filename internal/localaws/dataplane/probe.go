package dataplane

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
)

// probe asks the application on an instance for path, as a health check does, and reports whether it answered 200; without a
// path it only connects. It waits for the answer, so the lock must not be held.
func (p *Plane) probe(instanceID string, port int32, path string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), p.settings.ProbeWallTimeout)
	defer cancel()
	host := net.JoinHostPort(instanceID, strconv.Itoa(int(port)))
	if path == "" {
		connection, err := p.dial(ctx, "tcp", host)
		if err != nil {
			return false
		}
		connection.Close()
		return true
	}
	url := "http://" + host + path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	request.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	response, err := p.transport.RoundTrip(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode == http.StatusOK
}
