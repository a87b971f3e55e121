package xray

import (
	"context"
	"strings"
)

// HeaderName is the HTTP header that a trace travels in from service to service.
const HeaderName = "X-Amzn-Trace-Id"

// Header is a tracing header: "Root=1-…;Parent=…;Sampled=1".
type Header struct {
	Root    string // trace id; "" is no trace
	Parent  string // id of the segment or subsegment that calls
	Sampled string // "1", "0", "?" (the callee decides and tells) or "" (the callee decides)
}

// ParseHeader reads a tracing header. What is no trace id gives the zero Header: AWS's services begin a trace of their own
// then.
func ParseHeader(text string) Header {
	var h Header
	for part := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch key {
		case "Root":
			h.Root = value
		case "Parent":
			h.Parent = value
		case "Sampled":
			h.Sampled = value
		}
	}
	if !traceIDForm.MatchString(h.Root) {
		return Header{}
	}
	return h
}

func (h Header) String() string {
	var parts []string
	for _, part := range []struct{ key, value string }{{"Root", h.Root}, {"Parent", h.Parent}, {"Sampled", h.Sampled}} {
		if part.value != "" {
			parts = append(parts, part.key+"="+part.value)
		}
	}
	return strings.Join(parts, ";")
}

type headerKey struct{}

// With is ctx with the trace that a call made in it belongs to.
func With(ctx context.Context, h Header) context.Context {
	if h.Root == "" {
		return ctx
	}
	return context.WithValue(ctx, headerKey{}, h)
}

// From is the trace that a call made in ctx belongs to; the zero Header is none.
func From(ctx context.Context) Header {
	h, _ := ctx.Value(headerKey{}).(Header)
	return h
}
