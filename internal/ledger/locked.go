package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Locked reads the records of all lineages that are locked, consistently. What can be read comes beside the error about
// what cannot.
func (l Ledger) Locked(ctx context.Context) ([]Record, error) {
	var locked []Record
	var problems []error
	pages := dynamodb.NewScanPaginator(l.Items, &dynamodb.ScanInput{
		TableName:                &l.Table,
		ConsistentRead:           aws.Bool(true),
		FilterExpression:         aws.String("attribute_exists(#lock)"),
		ExpressionAttributeNames: map[string]string{"#lock": "lock"},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return locked, errors.Join(append(problems, fmt.Errorf("reading the records that are locked: %w", err))...)
		}
		for _, item := range page.Items {
			record, err := Decode(item)
			if err != nil {
				problems = append(problems, fmt.Errorf("decoding the record of %s: %w", key(item), err))
				continue
			}
			locked = append(locked, record)
		}
	}
	return locked, errors.Join(problems...)
}

func key(item map[string]types.AttributeValue) string {
	lineage, _ := item[KeyAttribute].(*types.AttributeValueMemberS)
	if lineage == nil {
		return "a lineage without a name"
	}
	return lineage.Value
}
