// Package ledger is what two commands share.
package ledger

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Ledger holds records.
type Ledger struct{ client *dynamodb.Client }

// Get reads a record.
func (l Ledger) Get(ctx context.Context) { _, _ = l.client.GetItem(ctx, nil) }

// Close writes one.
func (l Ledger) Close(ctx context.Context) {
	l.Get(ctx)
	l.put(ctx)
}

func (l Ledger) put(ctx context.Context) { _, _ = l.client.PutItem(ctx, nil) }

// Delete is called by neither.
func (l Ledger) Delete(ctx context.Context) { _, _ = l.client.DeleteItem(ctx, nil) }
