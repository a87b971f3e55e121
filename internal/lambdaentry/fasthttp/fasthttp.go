// Package fasthttp stands in for github.com/valyala/fasthttp in this module's builds (go.mod replaces it): X-Ray's SDK can trace its
// servers, in the one package that also traces AWS calls, and nobody here has one.
//
// The real one brings compressors besides: together they were 38 of the 54 MB that a first build downloads. What is here lets X-Ray's SDK
// compile; calling it panics.
package fasthttp

import (
	"crypto/tls"
	"net"
	"net/http"
)

// NoFastHTTP is what a call of anything here panics with.
const NoFastHTTP = "this program is built without fasthttp: see github.com/valyala/fasthttp in go.mod"

// StatusInternalServerError is HTTP's.
const StatusInternalServerError = http.StatusInternalServerError

// RequestHandler answers a request.
type RequestHandler func(*RequestCtx)

// RequestCtx is a request with its response; there is none.
type RequestCtx struct {
	Request  Request
	Response Response
}

// Logger writes a request's log.
type Logger interface {
	Printf(format string, args ...any)
}

// The methods of RequestCtx panic: there is no request.

func (*RequestCtx) SetUserValue(key, value any)              { panic(NoFastHTTP) }
func (*RequestCtx) RequestURI() []byte                       { panic(NoFastHTTP) }
func (*RequestCtx) Host() []byte                             { panic(NoFastHTTP) }
func (*RequestCtx) Method() []byte                           { panic(NoFastHTTP) }
func (*RequestCtx) RemoteAddr() net.Addr                     { panic(NoFastHTTP) }
func (*RequestCtx) TLSConnectionState() *tls.ConnectionState { panic(NoFastHTTP) }
func (*RequestCtx) Logger() Logger                           { panic(NoFastHTTP) }
func (*RequestCtx) Error(message string, code int)           { panic(NoFastHTTP) }

// Request is a request; there is none.
type Request struct{ Header RequestHeader }

// Host panics.
func (*Request) Host() []byte { panic(NoFastHTTP) }

// RequestHeader are a request's headers; there are none, and its methods panic.
type RequestHeader struct{}

func (*RequestHeader) Peek(key string) []byte           { panic(NoFastHTTP) }
func (*RequestHeader) Set(key, value string)            { panic(NoFastHTTP) }
func (*RequestHeader) VisitAll(func(key, value []byte)) { panic(NoFastHTTP) }

// Response is a response; there is none.
type Response struct{ Header ResponseHeader }

// StatusCode panics.
func (*Response) StatusCode() int { panic(NoFastHTTP) }

// ResponseHeader are a response's headers; there are none.
type ResponseHeader struct{}

// ContentLength panics.
func (*ResponseHeader) ContentLength() int { panic(NoFastHTTP) }
