package dynamodb

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/localaws/wire"
)

func (t *Tables) createTable(_ *wire.Call, in *sdk.CreateTableInput) (*sdk.CreateTableOutput, error) {
	name := aws.ToString(in.TableName)
	if len(name) < 3 || len(name) > 255 {
		return nil, invalid("TableName must be at least 3 characters long and at most 255 characters long")
	}
	if !tableName.MatchString(name) {
		return nil, invalid("1 validation error detected: Value '%s' at 'tableName' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+", name)
	}
	if in.BillingMode != types.BillingModePayPerRequest {
		return nil, wire.NotModelled("provisioned throughput of dynamodb tables; use BillingMode %s", types.BillingModePayPerRequest)
	}
	if _, exists := t.tables[name]; exists {
		return nil, wire.Errorf("ResourceInUseException", "Table already exists: %s", name)
	}
	made := &table{
		name: name, arn: t.account.ARN("dynamodb", "table/"+name), id: t.account.UUID(), kinds: map[string]string{},
		definitions: in.AttributeDefinitions, keys: in.KeySchema, tags: in.Tags, status: types.TableStatusCreating,
		created: t.account.Now(), protected: aws.ToBool(in.DeletionProtectionEnabled), records: map[string]*record{},
	}
	if err := made.readSchema(); err != nil {
		return nil, err
	}
	t.tables[name] = made
	t.account.After(t.account.Draw(t.settings.Creation), func() { made.status = types.TableStatusActive })
	return &sdk.CreateTableOutput{TableDescription: made.description()}, nil
}

// readSchema takes the key from the request's key schema and attribute definitions.
func (t *table) readSchema() error {
	var defined []string
	kinds := map[string]string{}
	for _, d := range t.definitions {
		name := aws.ToString(d.AttributeName)
		defined = append(defined, name)
		if kinds[name] = string(d.AttributeType); !strings.Contains("SNB", kinds[name]) || len(kinds[name]) != 1 {
			return invalid("1 validation error detected: Value '%s' at 'attributeDefinitions.member.attributeType' failed to "+
				"satisfy constraint: Member must satisfy enum value set: [B, N, S]", d.AttributeType)
		}
	}
	for i, element := range t.keys {
		name := aws.ToString(element.AttributeName)
		switch {
		case i == 0 && element.KeyType == types.KeyTypeHash:
			t.hash = name
		case i == 1 && element.KeyType == types.KeyTypeRange && name != t.hash:
			t.sort = name
		default:
			return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type, or the second is not a RANGE key type of another attribute")
		}
		if kinds[name] == "" {
			return invalid("One or more parameter values were invalid: Some index key attributes are not defined in "+
				"AttributeDefinitions. Keys: [%s], AttributeDefinitions: [%s]", name, strings.Join(defined, ", "))
		}
		t.kinds[name] = kinds[name]
	}
	if t.hash == "" {
		return invalid("1 validation error detected: Value null at 'keySchema' failed to satisfy constraint: Member must not be null")
	}
	if len(kinds) != len(t.keys) {
		return invalid("One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match " +
			"number of attributes defined in AttributeDefinitions")
	}
	return nil
}

func (t *table) description() *types.TableDescription {
	count, size := int64(0), int64(0)
	for _, r := range t.records {
		if attributes := r.now(); attributes != nil {
			count++
			size += int64(itemSize(attributes))
		}
	}
	return &types.TableDescription{
		TableName: &t.name, TableArn: &t.arn, TableId: &t.id, TableStatus: t.status, CreationDateTime: &t.created,
		AttributeDefinitions: t.definitions, KeySchema: t.keys, ItemCount: &count, TableSizeBytes: &size,
		BillingModeSummary: &types.BillingModeSummary{
			BillingMode: types.BillingModePayPerRequest, LastUpdateToPayPerRequestDateTime: &t.created,
		},
		ProvisionedThroughput: &types.ProvisionedThroughputDescription{
			NumberOfDecreasesToday: aws.Int64(0), ReadCapacityUnits: aws.Int64(0), WriteCapacityUnits: aws.Int64(0),
		},
		DeletionProtectionEnabled: &t.protected,
	}
}

func missing(name *string) error {
	return wire.Errorf("ResourceNotFoundException", "Requested resource not found: Table: %s not found", aws.ToString(name))
}

func (t *Tables) describeTable(_ *wire.Call, in *sdk.DescribeTableInput) (*sdk.DescribeTableOutput, error) {
	found, ok := t.named(in.TableName)
	if !ok {
		return nil, missing(in.TableName)
	}
	return &sdk.DescribeTableOutput{Table: found.description()}, nil
}

func (t *Tables) deleteTable(_ *wire.Call, in *sdk.DeleteTableInput) (*sdk.DeleteTableOutput, error) {
	found, ok := t.named(in.TableName)
	switch {
	case !ok:
		return nil, missing(in.TableName)
	case found.status == types.TableStatusCreating:
		return nil, wire.Errorf("ResourceInUseException", "Attempt to change a resource which is still in use: Table is being created: %s", found.name)
	case found.status == types.TableStatusDeleting:
		return nil, wire.Errorf("ResourceInUseException", "Attempt to change a resource which is still in use: Table is being deleted: %s", found.name)
	case found.protected:
		return nil, invalid("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	}
	found.status = types.TableStatusDeleting
	t.account.After(t.account.Draw(t.settings.Deletion), func() { delete(t.tables, found.name) })
	return &sdk.DeleteTableOutput{TableDescription: found.description()}, nil
}

func (t *Tables) listTables(_ *wire.Call, in *sdk.ListTablesInput) (*sdk.ListTablesOutput, error) {
	limit := 100
	if in.Limit != nil {
		limit = int(*in.Limit)
		if limit < 1 || limit > 100 {
			return nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value %s", limit,
				map[bool]string{true: "greater than or equal to 1", false: "less than or equal to 100"}[limit < 1])
		}
	}
	out := &sdk.ListTablesOutput{TableNames: []string{}}
	for _, name := range t.sorted() {
		if name <= aws.ToString(in.ExclusiveStartTableName) {
			continue
		}
		if len(out.TableNames) == limit {
			out.LastEvaluatedTableName = aws.String(out.TableNames[limit-1])
			break
		}
		out.TableNames = append(out.TableNames, name)
	}
	return out, nil
}

func (t *Tables) listTags(_ *wire.Call, in *sdk.ListTagsOfResourceInput) (*sdk.ListTagsOfResourceOutput, error) {
	found, ok := t.named(in.ResourceArn)
	if !ok {
		return nil, wire.Errorf("ResourceNotFoundException", "Requested resource not found: %s", fmt.Sprintf("ResourceArn: %s not found", aws.ToString(in.ResourceArn)))
	}
	return &sdk.ListTagsOfResourceOutput{Tags: found.tags}, nil
}
