package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker in a release.
var version = ""

func newVersion(term terminal) *cobra.Command {
	return newCommand("version", "print the version", func(context.Context, []string) error {
		_, err := fmt.Fprint(term.out, versionLine())
		return err
	})
}

func versionLine() string {
	return fmt.Sprintf("bluegreen %s %s/%s %s\n", versionText(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

func versionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
