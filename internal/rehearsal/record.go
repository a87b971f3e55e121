package rehearsal

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/ledger"
)

// ReadRecord reads what the ledger holds of the lineage, as an operator would; found is false before there is a record.
func (r *Rehearsal) ReadRecord(ctx context.Context) (record ledger.Record, found bool, err error) {
	return ledger.Open(r.Config, r.World.LedgerTable).Get(ctx, r.World.GroupName)
}

// Record is the lineage's record as the table holds it; the zero record before there is one. The account's lock must be
// held.
func (r *Rehearsal) Record() ledger.Record {
	var record ledger.Record
	for _, item := range r.AWS.Tables.Items(r.World.LedgerTable) {
		if read, ok := RecordIn(item); ok && read.Lineage == r.World.GroupName {
			record = read
		}
	}
	return record
}

// RecordIn is the record in an item of the ledger's table; ok is false if it is none.
func RecordIn(item map[string]types.AttributeValue) (record ledger.Record, ok bool) {
	record, err := ledger.Decode(item)
	return record, err == nil
}

// Tells reports whether an operation only tells others, or has another execution work: what that writes counts by itself.
func Tells(operation string) bool {
	return operation == "PutEvents" || operation == "Publish" || operation == "StartExecution"
}

// Reads reports whether an operation changes nothing.
func Reads(operation string) bool {
	for _, reading := range []string{"Describe", "Get", "List", "Query", "Scan", "Search"} {
		if strings.HasPrefix(operation, reading) {
			return true
		}
	}
	return false
}
