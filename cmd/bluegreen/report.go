package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"bluegreen/internal/deployments"
	"bluegreen/internal/report"
)

// newReport writes the report of a deployment.
func newReport(term terminal) *cobra.Command {
	var at place
	var file string
	c := newCommand("report EXECUTION", "write down what a deployment did: a page, a picture, or JSON", func(ctx context.Context, args []string) error {
		write, err := writerOf(file)
		if err != nil {
			return err
		}
		cfg, reader, err := at.open(ctx, term)
		if err != nil {
			return err
		}
		d, err := meant(ctx, reader, args[0])
		if err != nil {
			return err
		}
		var text bytes.Buffer
		read := func() (report.Report, error) { return report.Read(ctx, cfg, d, now()) }
		if err := write(&text, d, read); err != nil {
			return err
		}
		if file == "" {
			_, err = text.WriteTo(term.out)
			return err
		}
		if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		fmt.Fprintf(term.err, "%s was written\n", file)
		return nil
	})
	c.Long = "Writes down what a deployment did: for people as a page that needs nothing else (.html) or as the picture of its way (.svg); for programs " +
		"what show shows, as JSON. " + executions
	at.flags(c.Flags())
	c.Flags().StringVarP(&file, "output", "o", "", "`file` to write, which ends in .html, .svg or .json; without it JSON on standard output")
	return c
}

// reportWriter writes a deployment in one form; read is asked for what that needs besides.
type reportWriter func(out io.Writer, d deployments.Deployment, read func() (report.Report, error)) error

// writerOf is the form that a file's name ends in.
func writerOf(file string) (reportWriter, error) {
	switch kind := filepath.Ext(file); cmp.Or(kind, file) {
	case ".html":
		return drawn(report.Report.HTML), nil
	case ".svg":
		return drawn(report.Report.SVG), nil
	case ".json", "":
		return func(out io.Writer, d deployments.Deployment, _ func() (report.Report, error)) error {
			encoder := json.NewEncoder(out)
			encoder.SetIndent("", "  ")
			return encoder.Encode(d)
		}, nil
	default:
		return nil, usagef("report: -o %q: want a file that ends in .html, .svg or .json, not in %q", file, kind)
	}
}

// drawn is a form that needs all that is known of a deployment.
func drawn(write func(report.Report, io.Writer) error) reportWriter {
	return func(out io.Writer, _ deployments.Deployment, read func() (report.Report, error)) error {
		r, err := read()
		if err != nil {
			return err
		}
		return write(r, out)
	}
}
