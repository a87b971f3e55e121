// Command table goes through tables of functions that another package has, of every shape, and leaves one alone.
package main

import (
	"context"

	"bluegreen/internal/actions/generate/testdata/table/tables"
)

func main() {
	ctx := context.Background()
	for _, of := range tables.Slice {
		of.Run(ctx)
	}
	tables.Map["hooks"](ctx)
	tables.Struct.Run(ctx)
	tables.Array[0](ctx)
	for _, registered := range tables.Registered {
		registered(ctx)
	}
}
