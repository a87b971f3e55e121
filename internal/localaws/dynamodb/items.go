package dynamodb

import (
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/localaws/wire"
)

func (t *Tables) getItem(_ *wire.Call, in *sdk.GetItemInput) (*sdk.GetItemOutput, error) {
	projecting := source{"ProjectionExpression", in.ProjectionExpression}
	s, err := newScope(in.ExpressionAttributeNames, nil, projecting)
	if err != nil {
		return nil, err
	}
	paths, err := s.projection(projecting)
	if err != nil {
		return nil, err
	}
	if err := s.unused(); err != nil {
		return nil, err
	}
	from, err := t.open(in.TableName)
	if err != nil {
		return nil, err
	}
	_, place, err := from.givenKey(in.Key)
	if err != nil {
		return nil, err
	}
	return &sdk.GetItemOutput{Item: project(from.records[place].then(t.view(in.ConsistentRead)), paths)}, nil
}

// check answers ConditionalCheckFailedException, with the item if it was asked for, unless the condition holds.
func check(c condition, before item, wanted types.ReturnValuesOnConditionCheckFailure) error {
	if c == nil {
		return nil
	}
	attributes := before
	if attributes == nil {
		attributes = item{}
	}
	if c.holds(attributes) {
		return nil
	}
	failed := wire.Errorf("ConditionalCheckFailedException", "The conditional request failed")
	if wanted == types.ReturnValuesOnConditionCheckFailureAllOld && before != nil {
		failed.Members = map[string]any{"Item": before}
	}
	return failed
}

func (t *Tables) putItem(_ *wire.Call, in *sdk.PutItemInput) (*sdk.PutItemOutput, error) {
	conditional := source{"ConditionExpression", in.ConditionExpression}
	s, err := newScope(in.ExpressionAttributeNames, in.ExpressionAttributeValues, conditional)
	if err != nil {
		return nil, written(err)
	}
	if err := checkReturns(in.ReturnValues, in.ReturnValuesOnConditionCheckFailure, false); err != nil {
		return nil, err
	}
	attributes, err := cleanItem(in.Item, 0)
	if err != nil {
		return nil, written(err)
	}
	c, err := s.condition(conditional)
	if err != nil {
		return nil, err
	}
	if err := s.unused(); err != nil {
		return nil, err
	}
	into, err := t.open(in.TableName)
	if err != nil {
		return nil, err
	}
	place, err := into.keyOf(attributes)
	if err != nil {
		return nil, err
	}
	if itemSize(attributes) > maxItem {
		return nil, invalid("Item size has exceeded the maximum allowed size")
	}
	before := into.records[place].now()
	if err := check(c, before, in.ReturnValuesOnConditionCheckFailure); err != nil {
		return nil, err
	}
	t.write(into, place, attributes)
	out := &sdk.PutItemOutput{}
	if in.ReturnValues == types.ReturnValueAllOld {
		out.Attributes = before
	}
	return out, nil
}

func (t *Tables) deleteItem(_ *wire.Call, in *sdk.DeleteItemInput) (*sdk.DeleteItemOutput, error) {
	conditional := source{"ConditionExpression", in.ConditionExpression}
	s, err := newScope(in.ExpressionAttributeNames, in.ExpressionAttributeValues, conditional)
	if err != nil {
		return nil, written(err)
	}
	if err := checkReturns(in.ReturnValues, in.ReturnValuesOnConditionCheckFailure, false); err != nil {
		return nil, err
	}
	c, err := s.condition(conditional)
	if err != nil {
		return nil, err
	}
	if err := s.unused(); err != nil {
		return nil, err
	}
	from, err := t.open(in.TableName)
	if err != nil {
		return nil, err
	}
	_, place, err := from.givenKey(in.Key)
	if err != nil {
		return nil, written(err)
	}
	before := from.records[place].now()
	if err := check(c, before, in.ReturnValuesOnConditionCheckFailure); err != nil {
		return nil, err
	}
	if before != nil {
		t.write(from, place, nil)
	}
	out := &sdk.DeleteItemOutput{}
	if in.ReturnValues == types.ReturnValueAllOld {
		out.Attributes = before
	}
	return out, nil
}

func (t *Tables) updateItem(_ *wire.Call, in *sdk.UpdateItemInput) (*sdk.UpdateItemOutput, error) {
	updating, conditional := source{"UpdateExpression", in.UpdateExpression}, source{"ConditionExpression", in.ConditionExpression}
	s, err := newScope(in.ExpressionAttributeNames, in.ExpressionAttributeValues, updating, conditional)
	if err != nil {
		return nil, written(err)
	}
	if err := checkReturns(in.ReturnValues, in.ReturnValuesOnConditionCheckFailure, true); err != nil {
		return nil, err
	}
	u, err := s.update(updating)
	if err != nil {
		return nil, err
	}
	c, err := s.condition(conditional)
	if err != nil {
		return nil, err
	}
	if err := s.unused(); err != nil {
		return nil, err
	}
	into, err := t.open(in.TableName)
	if err != nil {
		return nil, err
	}
	key, place, err := into.givenKey(in.Key)
	if err != nil {
		return nil, written(err)
	}
	for _, p := range u.paths() {
		if into.isKey(p[0].name) {
			return nil, invalid("One or more parameter values were invalid: Cannot update attribute %s. This attribute is part of the key", p[0].name)
		}
	}
	before := into.records[place].now()
	if err := check(c, before, in.ReturnValuesOnConditionCheckFailure); err != nil {
		return nil, err
	}
	start := before
	if start == nil {
		start = key
	}
	after, err := u.apply(start)
	if err != nil {
		return nil, err
	}
	if itemSize(after) > maxItem {
		return nil, invalid("Item size to update has exceeded the maximum allowed size")
	}
	t.write(into, place, after)
	return &sdk.UpdateItemOutput{Attributes: returned(in.ReturnValues, u, before, after)}, nil
}

// returned are the attributes that an update gives back.
func returned(wanted types.ReturnValue, u *update, before, after item) item {
	some := func(attributes item) item {
		if found := project(attributes, append([]path{}, u.paths()...)); len(found) > 0 {
			return found
		}
		return nil
	}
	switch wanted {
	case types.ReturnValueAllOld:
		return before
	case types.ReturnValueAllNew:
		return after
	case types.ReturnValueUpdatedOld:
		return some(before)
	case types.ReturnValueUpdatedNew:
		return some(after)
	}
	return nil
}
