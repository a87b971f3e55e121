// Command pictures draws what docs/pictures holds. What it draws is the same on every machine.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bluegreen/internal/graph"
)

// pictures are the files, and what draws each.
var pictures = map[string]func(io.Writer) error{
	"deploy.svg": func(out io.Writer) error { return graph.SVG(out, "deploy", nil) },
	"drain.svg":  func(out io.Writer) error { return graph.SVG(out, "drain", nil) },

	"blue-green.svg":     drawReplacement,
	"lifecycle-hook.svg": drawScaleIn,
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pictures DIRECTORY")
		os.Exit(2)
	}
	if err := draw(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func draw(directory string) error {
	for name, write := range pictures {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(directory, name), out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
