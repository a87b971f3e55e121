// Package codes is the part of gRPC's that X-Ray's SDK names (see package grpc).
package codes

// Code is the outcome of a call.
type Code uint32

// The codes, in gRPC's order.
const (
	OK Code = iota
	Canceled
	Unknown
	InvalidArgument
	DeadlineExceeded
	NotFound
	AlreadyExists
	PermissionDenied
	ResourceExhausted
	FailedPrecondition
	Aborted
	OutOfRange
	Unimplemented
	Internal
	Unavailable
	DataLoss
	Unauthenticated
)
