// Package insecure is empty: only tests of the modules that require gRPC import it, and go mod tidy looks for it.
package insecure
