// Package ledger has a method Put.
package ledger

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

type items interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

// Store holds items.
type Store struct{ items items }

// New returns a store.
func New(items items) Store { return Store{items} }

// Put writes.
func (s Store) Put(ctx context.Context, key string) error {
	_, err := s.items.PutItem(ctx, &dynamodb.PutItemInput{TableName: &key})
	return err
}
