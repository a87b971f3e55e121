// Command second writes them too, by way of another method.
package main

import (
	"context"

	"bluegreen/internal/actions/generate/testdata/shared/ledger"
)

func main() { ledger.Ledger{}.Close(context.Background()) }
