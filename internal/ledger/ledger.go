package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/text"
)

// KeyAttribute is the table's partition key, a string.
const KeyAttribute = "lineage"

// ErrChanged means that somebody else wrote the record since it was read.
var ErrChanged = errors.New("the record was changed by somebody else")

// items is all of DynamoDB that the ledger uses.
type items interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

var _ items = (*dynamodb.Client)(nil)

// Ledger is the table of records. Without a table, as before the first deployment, there are none to be read.
type Ledger struct {
	Table string
	Items items
}

// Open is the ledger in a table; none where the table has no name.
func Open(cfg aws.Config, table string) Ledger {
	return Ledger{Table: table, Items: dynamodb.NewFromConfig(cfg)}
}

// Get reads the record of a lineage, consistently. A lineage without a record gives the zero record and false.
func (l Ledger) Get(ctx context.Context, lineage string) (Record, bool, error) {
	if l.Table == "" {
		return Record{}, false, nil
	}
	out, err := l.Items.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &l.Table,
		Key:            map[string]types.AttributeValue{KeyAttribute: &types.AttributeValueMemberS{Value: lineage}},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return Record{}, false, fmt.Errorf("reading the record of %s: %w", lineage, err)
	}
	if out.Item == nil {
		return Record{}, false, nil
	}
	record, err := Decode(out.Item)
	if err != nil {
		return Record{}, false, fmt.Errorf("decoding the record of %s: %w", lineage, err)
	}
	return record, true, nil
}

// Decode reads a record, also one of the form before changes.
func Decode(item map[string]types.AttributeValue) (Record, error) {
	var record Record
	var before struct {
		Lock struct {
			Originals *originals `json:"originals"`
		} `json:"lock"`
	}
	err := attributevalue.UnmarshalMapWithOptions(item, &record, decodeJSONTags)
	if err == nil {
		err = attributevalue.UnmarshalMapWithOptions(item, &before, decodeJSONTags)
	}
	if err == nil && record.Lock != nil {
		before.Lock.Originals.take(record.Lock)
	}
	return record, err
}

// WithoutBlue is the fault of a way back to a blue that somebody has deleted: there is no such way, and a person must go on
// with green.
func (l Ledger) WithoutBlue(d *deploy.Deployment) error {
	forget, err := l.forget(d.Lineage)
	if err != nil {
		return err
	}
	return fault.New(fault.TrafficDiverged, "blue %[1]s was deleted by somebody else: nothing is left to go back to, and green %[2]s is kept as it is. To go on with it "+
		"give it its sizes and %[4]ss, have the lineage forgotten with %[3]s, and deploy from %[2]s",
		d.Blue, d.Green, forget, deploy.Noun(d.Attached()))
}

// WithoutGroup is the fault of a deployment in place whose group somebody has deleted: nothing is left to finish or to undo.
func (l Ledger) WithoutGroup(name fault.Name, d *deploy.Deployment) error {
	forget, err := l.forget(d.Lineage)
	if err != nil {
		return err
	}
	return fault.New(name, "%s was deleted by somebody else: nothing is left to finish or to undo. Have the lineage forgotten with %s", d.Blue, forget)
}

// forget is the command that has a lineage forgotten.
func (l Ledger) forget(lineage string) (string, error) {
	key, err := json.Marshal(map[string]map[string]string{KeyAttribute: {"S": lineage}})
	if err != nil {
		return "", fmt.Errorf("encoding the key of %s: %w", lineage, err)
	}
	return fmt.Sprintf("aws dynamodb delete-item %s %s", text.Option("--table-name", l.Table), text.Option("--key", string(key))), nil
}

// Put writes the record if it is still at the version that was read (0: not there yet) and returns it at its new
// version, or ErrChanged. A write that took effect although its answer was lost counts as written.
func (l Ledger) Put(ctx context.Context, record Record) (Record, error) {
	read := record.Version
	record.Version++
	item, err := attributevalue.MarshalMapWithOptions(record, encodeJSONTags)
	if err != nil {
		return Record{}, fmt.Errorf("encoding the record of %s: %w", record.Lineage, err)
	}
	input := &dynamodb.PutItemInput{
		TableName:                           &l.Table,
		Item:                                item,
		ConditionExpression:                 aws.String("attribute_not_exists(#key)"),
		ExpressionAttributeNames:            map[string]string{"#key": KeyAttribute},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if read > 0 {
		input.ConditionExpression = aws.String("#version = :read")
		input.ExpressionAttributeNames = map[string]string{"#version": "version"}
		input.ExpressionAttributeValues = map[string]types.AttributeValue{
			":read": &types.AttributeValueMemberN{Value: strconv.FormatInt(read, 10)},
		}
	}
	_, err = l.Items.PutItem(ctx, input)
	var failed *types.ConditionalCheckFailedException
	switch {
	case errors.As(err, &failed):
		if reflect.DeepEqual(failed.Item, item) {
			return record, nil
		}
		return Record{}, ErrChanged
	case err != nil:
		return Record{}, fmt.Errorf("writing the record of %s: %w", record.Lineage, err)
	}
	return record, nil
}

func encodeJSONTags(o *attributevalue.EncoderOptions) { o.TagKey = "json" }
func decodeJSONTags(o *attributevalue.DecoderOptions) { o.TagKey = "json" }
