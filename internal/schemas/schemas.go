// Package schemas knows the JSON Schemas that the tree holds for editors. They are made from the tables of fields that
// decode; `go generate ./internal/schemas` writes them.
package schemas

import (
	"bluegreen/internal/deploy"
	"bluegreen/internal/guardrails"
)

//go:generate go run ./generate

// File is a schema and its place.
type File struct {
	Path string // relative to the module's root
	Make func() ([]byte, error)
}

// Files are the schemas.
var Files = []File{
	{"pipeline/state_machine_input.schema.json", deploy.RequestSchema},
	{"layers/guardrails.schema.json", guardrails.Schema},
}
