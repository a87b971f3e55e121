// Package pipeline holds the request that the pipeline begins with, and the examples: so that a program has them wherever it runs.
package pipeline

import (
	"embed"
	"path"
)

//go:embed state_machine_input.json examples/*.json
var requests embed.FS

// Minimal and Workers are the names of the requests that deploy the fleets of a local AWS.
const (
	Minimal = "state_machine_input.json"
	Workers = "examples/workers.json"
)

// Request is one by its file's name below pipeline.
func Request(name string) ([]byte, error) { return requests.ReadFile(path.Clean(name)) }
