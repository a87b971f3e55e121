package wire

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"syscall"
)

// InMemoryURL is the endpoint of callers in memory.
const InMemoryURL = "http://localaws.localhost"

// Client is an in-memory connection to an endpoint, as the SDK's HTTP client. A request is served by a task of its own: a
// caller whose context ends stops waiting for it.
type Client struct {
	endpoint *Endpoint
	dead     func() bool
}

// Client returns a connection of a caller who lives on.
func (e *Endpoint) Client() *Client { return e.ClientOf(func() bool { return false }) }

// ClientOf returns a connection of a caller who may die: once dead says so, Do ends the calling goroutine by
// runtime.Goexit instead of sending a request or returning an answer.
func (e *Endpoint) ClientOf(dead func() bool) *Client { return &Client{endpoint: e, dead: dead} }

// Do serves the request. A lost answer is the error of a connection that was reset.
func (c *Client) Do(r *http.Request) (*http.Response, error) {
	c.endIfDead()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	served := r.WithContext(r.Context()) // a copy: the SDK's request stays as it was sent
	if served.Body == nil {
		served.Body = http.NoBody
	}
	served.RemoteAddr = "in-memory"
	served.Host = cmp.Or(r.Host, r.URL.Host) // as a connection would tell it
	answer := &response{header: http.Header{}}
	// The endpoint does not know when a caller stops waiting: what it was asked to do, it does.
	lost, answered := false, c.endpoint.account.Clock.NewEvent()
	c.endpoint.account.Clock.Go(func() {
		defer answered.Set()
		lost = c.serve(answer, served)
	})
	gone := answered.Wait(r.Context())
	c.endIfDead()
	if gone != nil {
		return nil, gone
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if lost {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return answer.result(r), nil
}

func (c *Client) endIfDead() {
	if c.dead() {
		runtime.Goexit()
	}
}

// serve reports whether the endpoint closed the connection instead of answering.
func (c *Client) serve(w http.ResponseWriter, r *http.Request) (lost bool) {
	defer func() {
		if problem := recover(); problem != nil {
			if problem != http.ErrAbortHandler {
				panic(problem)
			}
			lost = true
		}
	}()
	c.endpoint.ServeHTTP(w, r)
	return false
}

// response collects an answer.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *response) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(data)
}

func (w *response) result(r *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	w.header.Set("Content-Length", strconv.Itoa(w.body.Len()))
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        w.header,
		Body:          io.NopCloser(bytes.NewReader(w.body.Bytes())),
		ContentLength: int64(w.body.Len()),
		Request:       r,
	}
}
