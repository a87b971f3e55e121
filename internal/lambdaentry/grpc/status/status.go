// Package status is the part of gRPC's that X-Ray's SDK names (see package grpc).
package status

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
)

// Status is how a call ended.
type Status struct{}

// Code panics.
func (*Status) Code() codes.Code { panic(metadata.NoGRPC) }

// FromError panics.
func FromError(error) (*Status, bool) { panic(metadata.NoGRPC) }
