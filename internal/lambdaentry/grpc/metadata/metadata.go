// Package metadata is the part of gRPC's that X-Ray's SDK names (see package grpc).
package metadata

import "context"

// NoGRPC is what a call of anything here panics with.
const NoGRPC = "this program is built without gRPC: see google.golang.org/grpc in go.mod"

// MD are the headers of a call.
type MD map[string][]string

// New panics.
func New(map[string]string) MD { panic(NoGRPC) }

// Get panics.
func (MD) Get(string) []string { panic(NoGRPC) }

// AppendToOutgoingContext panics.
func AppendToOutgoingContext(context.Context, ...string) context.Context { panic(NoGRPC) }

// FromIncomingContext panics.
func FromIncomingContext(context.Context) (MD, bool) { panic(NoGRPC) }
