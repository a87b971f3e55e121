// Package grpc stands in for google.golang.org/grpc in this module's builds (go.mod replaces it): X-Ray's SDK has
// interceptors for gRPC in the one package that also traces AWS calls, and nobody here speaks gRPC.
//
// With the real one, every function would hold gRPC and Protocol Buffers, whose reflection makes the linker keep all
// methods of all AWS clients: DescribeBlue's package was 10.9 MB instead of 4.1 MB. What is here lets the interceptors
// compile; calling them panics.
package grpc

import (
	"context"

	"google.golang.org/grpc/metadata"
)

// The types of the interceptors' signatures.
type (
	// ClientConn is a connection; there is none.
	ClientConn struct{}
	// CallOption is an option of a call; there is none.
	CallOption interface{ callOption() }
	// UnaryInvoker makes a call.
	UnaryInvoker func(ctx context.Context, method string, request, reply any, cc *ClientConn, opts ...CallOption) error
	// UnaryClientInterceptor stands between a caller and an invoker.
	UnaryClientInterceptor func(ctx context.Context, method string, request, reply any, cc *ClientConn, invoker UnaryInvoker, opts ...CallOption) error
	// UnaryServerInfo says which method is called.
	UnaryServerInfo struct{ FullMethod string }
	// UnaryHandler answers a call.
	UnaryHandler func(ctx context.Context, request any) (any, error)
	// UnaryServerInterceptor stands between a call and its handler.
	UnaryServerInterceptor func(ctx context.Context, request any, info *UnaryServerInfo, handler UnaryHandler) (any, error)
)

// Target panics: there is no connection.
func (*ClientConn) Target() string { panic(metadata.NoGRPC) }

// SetHeader panics: there is no call.
func SetHeader(context.Context, metadata.MD) error { panic(metadata.NoGRPC) }
