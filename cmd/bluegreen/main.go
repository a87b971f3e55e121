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
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	code := run(ctx, openTerminal(), os.Args[1:])
	os.Exit(code)
}
