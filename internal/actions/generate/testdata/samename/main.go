// Command samename calls the store's Put, through an interface. What is copied has a Put as well, which it does not call:
// of that it calls no more than Read.
package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/actions/generate/testdata/samename/clone"
	"bluegreen/internal/actions/generate/testdata/samename/ledger"
)

type store interface {
	Put(ctx context.Context, key string) error
}

func main() {
	ctx := context.Background()
	var s store = ledger.New(&dynamodb.Client{})
	for _, part := range clone.Parts(&autoscaling.Client{}) {
		if part.Read(ctx) == nil {
			_ = s.Put(ctx, "key")
		}
	}
}
