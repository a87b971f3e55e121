package fleetreader

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/ledger"
)

// LedgerTable is the table with the record of a group's lineage: the one that is named, else the one that the Deployer stack makes for
// a group of this name. It is empty where there is none yet.
func LedgerTable(ctx context.Context, cfg aws.Config, named, group string) (string, error) {
	table := cmp.Or(named, ledgerOf(group))
	if table == "" {
		return "", nil
	}
	_, _, err := ledger.Open(cfg, table).Get(ctx, group)
	var missing *ddbtypes.ResourceNotFoundException
	switch {
	case errors.As(err, &missing) && named == "":
		return "", nil
	case err != nil:
		return "", fmt.Errorf("read the ledger: %w", err)
	}
	return table, nil
}
