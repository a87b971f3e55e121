// Command first reads the records.
package main

import (
	"context"

	"bluegreen/internal/actions/generate/testdata/shared/ledger"
)

func main() { ledger.Ledger{}.Get(context.Background()) }
