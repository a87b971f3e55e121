// Command bluegreen runs a local AWS to try blue/green deployments of EC2 fleets on, and demonstrates one.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, terminal{out: os.Stdout, err: os.Stderr, live: isTerminal(os.Stderr)}, os.Args[1:])
	stop()
	os.Exit(code)
}
