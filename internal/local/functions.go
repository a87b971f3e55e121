package local

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bluegreen/internal/rehearsal"
	"bluegreen/internal/text"
	"bluegreen/statemachine"
)

// Program is the name of the command with which this program is a function: its argument is the function's state.
const Program = "function"

// Serve serves Lambda as the function of a state. It returns only where no function has that state.
func Serve(state string) error { return rehearsal.Serve(state) }

// code is the deployment package of a function: of its executable in a directory with <state>/bootstrap in it, or of this very program,
// where none is named.
func code(function statemachine.Function, directory string) ([]byte, error) {
	if directory != "" {
		return packageFunction(filepath.Join(directory, function.Package(), "bootstrap"))
	}
	executable, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, which its functions are: %w", err)
	}
	script := fmt.Sprintf("#!/bin/sh\nexec %s %s %s\n", text.Quote(executable), Program, function.State)
	return packaged([]byte(script))
}

// packageFunction makes a deployment package of a function's executable, as one would upload it.
func packageFunction(path string) ([]byte, error) {
	executable, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return packaged(executable)
}

// packaged is the deployment package with this as its bootstrap.
func packaged(bootstrap []byte) ([]byte, error) {
	var buffer bytes.Buffer
	archive := zip.NewWriter(&buffer)
	archive.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err == nil {
		_, err = entry.Write(bootstrap)
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("package a function: %w", err)
	}
	return buffer.Bytes(), nil
}
