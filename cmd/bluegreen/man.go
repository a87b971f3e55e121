package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"bluegreen/internal/clock"
)

// newMan writes the manual pages: for packages, and for who has no package.
func newMan(term terminal) *cobra.Command {
	var c *cobra.Command
	c = newCommand("man DIRECTORY", "write the manual pages, one a command, into a directory",
		func(_ context.Context, args []string) error { return writeManual(term, c.Root(), args[0]) })
	return c
}

func writeManual(term terminal, root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("man: %w", err)
	}
	now := clock.NewScaled(1).Now()
	header := &doc.GenManHeader{Title: "BLUEGREEN", Section: "1", Date: &now, Source: "bluegreen " + versionText(), Manual: "bluegreen"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return fmt.Errorf("man: %w", err)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "bluegreen*.1"))
	if err != nil {
		return err
	}
	fmt.Fprintf(term.out, "%d manual pages in %s; man -l %s shows the first\n", len(pages), dir, filepath.Join(dir, "bluegreen.1"))
	return nil
}
