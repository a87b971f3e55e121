// Command bench prints the figures of docs/performance.md as one table. They are benchmarks: nothing fails for a figure
// that misses its target.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"bluegreen/statemachine"
)

// host is this machine's platform, as make build names it.
var host = runtime.GOOS + "_" + runtime.GOARCH

// bench is one run.
type bench struct {
	table table
	seeds int
	built string // directory that make build writes to
}

func main() {
	b := &bench{}
	flag.IntVar(&b.seeds, "seeds", 200, "`number` of worlds")
	flag.StringVar(&b.built, "build", "build", "`directory` that \"make build\" wrote to")
	flag.Parse()
	debug.SetGCPercent(400) // as the tests do: memory is not what is short here
	for _, part := range []struct {
		name    string
		measure func() error
	}{
		{"speed", b.speed}, {"times", b.times}, {"scale", b.scale}, {"everything", b.rich}, {"drains", b.drain}, {"bluegreen local", b.local}, {"functions", b.functions},
	} {
		fmt.Fprintf(os.Stderr, "measuring: %s\n", part.name)
		if err := part.measure(); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", part.name, err)
			os.Exit(1)
		}
	}
	b.table.print(os.Stdout)
}

// directory is where make build leaves what it builds for a platform.
func (b *bench) directory(platform string) string { return filepath.Join(b.built, platform) }

func (b *bench) bootstrap(platform string, f statemachine.Function) string {
	return filepath.Join(b.directory(platform), f.Package(), "bootstrap")
}
