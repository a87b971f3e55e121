package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/localaws/wire"
)

// Union is DynamoDB's union type, AttributeValue, for the wire.
var Union = wire.UnionOf[types.AttributeValue](
	&types.AttributeValueMemberB{}, &types.AttributeValueMemberBOOL{}, &types.AttributeValueMemberBS{},
	&types.AttributeValueMemberL{}, &types.AttributeValueMemberM{}, &types.AttributeValueMemberN{},
	&types.AttributeValueMemberNS{}, &types.AttributeValueMemberNULL{}, &types.AttributeValueMemberS{},
	&types.AttributeValueMemberSS{},
)

// errorTypes are the types of errors as the bodies of answers name them: DynamoDB's own, and those of what stands before it.
var errorTypes = map[string]string{
	"ConditionalCheckFailedException": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
	"ResourceInUseException":          "com.amazonaws.dynamodb.v20120810#ResourceInUseException",
	"ResourceNotFoundException":       "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
	"InternalServerError":             "com.amazonaws.dynamodb.v20120810#InternalServerError",
	"ThrottlingException":             "com.amazonaws.dynamodb.v20120810#ThrottlingException",
	"ValidationException":             "com.amazon.coral.validate#ValidationException",
	"SerializationException":          "com.amazon.coral.service#SerializationException",
	"AccessDeniedException":           "com.amazon.coral.service#AccessDeniedException",
}

// Service is the API of DynamoDB, as far as it is modelled: no secondary indexes, no provisioned throughput, no
// transactions, no legacy conditional parameters.
func (t *Tables) Service() wire.Service {
	placeholders := []string{"ExpressionAttributeNames", "ExpressionAttributeValues"}
	with := func(members ...string) []string { return append(members, placeholders...) }
	return wire.Service{
		SigningName:  "dynamodb",
		Protocol:     wire.AWSJSON10,
		TargetPrefix: "DynamoDB_20120810",
		Unions:       []wire.Union{Union},
		ErrorTypes:   errorTypes,
		EmptyLists: map[string]wire.EmptyList{
			"QueryOutput.Items": wire.ThereIfMade, "ScanOutput.Items": wire.ThereIfMade, // not in a count
		},
		Operations: []wire.Operation{
			wire.Op("CreateTable", t.createTable, "TableName", "AttributeDefinitions", "KeySchema", "BillingMode", "Tags",
				"DeletionProtectionEnabled").Requires("TableName"),
			wire.Op("DescribeTable", t.describeTable, "TableName").Requires("TableName"),
			wire.Op("DeleteTable", t.deleteTable, "TableName").Requires("TableName"),
			wire.Op("ListTables", t.listTables, "ExclusiveStartTableName", "Limit"),
			wire.Op("ListTagsOfResource", t.listTags, "ResourceArn").Requires("ResourceArn"),
			wire.Op("GetItem", t.getItem, "TableName", "Key", "ConsistentRead", "ProjectionExpression",
				"ExpressionAttributeNames").Requires("TableName", "Key"),
			wire.Op("PutItem", t.putItem, with("TableName", "Item", "ConditionExpression", "ReturnValues",
				"ReturnValuesOnConditionCheckFailure")...).Requires("TableName", "Item"),
			wire.Op("UpdateItem", t.updateItem, with("TableName", "Key", "UpdateExpression", "ConditionExpression",
				"ReturnValues", "ReturnValuesOnConditionCheckFailure")...).Requires("TableName", "Key"),
			wire.Op("DeleteItem", t.deleteItem, with("TableName", "Key", "ConditionExpression", "ReturnValues",
				"ReturnValuesOnConditionCheckFailure")...).Requires("TableName", "Key"),
			wire.Op("Query", t.query, with("TableName", "KeyConditionExpression", "FilterExpression", "ProjectionExpression",
				"ConsistentRead", "ScanIndexForward", "Limit", "ExclusiveStartKey", "Select")...).Requires("TableName"),
			wire.Op("Scan", t.scan, with("TableName", "FilterExpression", "ProjectionExpression", "ConsistentRead", "Limit",
				"ExclusiveStartKey", "Select")...).Requires("TableName"),
		},
	}
}
