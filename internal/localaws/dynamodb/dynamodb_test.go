package dynamodb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/dynamodb"
	"bluegreen/internal/localaws/wire"
)

// world is an account with two tables: "plain" with the key pk, and "sorted" with the keys pk and sk (a number).
type world struct {
	*testing.T
	clock  *clock.Virtual
	client *sdk.Client
}

var ctx = context.Background()

func meet(t *testing.T, f func(w *world)) {
	t.Helper()
	c := clock.NewVirtual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	acct := account.New("000000000000", "ap-northeast-1", c, 1)
	settings := dynamodb.DefaultSettings()
	settings.ReplicaLag = account.Constant(800 * time.Millisecond)
	tables := dynamodb.New(acct, settings)
	endpoint := wire.NewEndpoint(acct, wire.DefaultSettings(), nil)
	endpoint.Add(tables.Service())
	c.Run(func() {
		w := &world{t, c, sdk.NewFromConfig(endpoint.Config(wire.Caller{}))}
		w.create("plain", "pk")
		w.create("sorted", "pk", "sk")
		w.sleep(11 * time.Second)
		f(w)
	})
}

func (w *world) sleep(d time.Duration) { _ = w.clock.Sleep(ctx, d) }

func (w *world) create(name string, keys ...string) {
	w.Helper()
	in := &sdk.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest}
	for i, key := range keys {
		in.KeySchema = append(in.KeySchema, types.KeySchemaElement{AttributeName: aws.String(key), KeyType: []types.KeyType{"HASH", "RANGE"}[i]})
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String(key), AttributeType: []types.ScalarAttributeType{"S", "N"}[i]})
	}
	if _, err := w.client.CreateTable(ctx, in); err != nil {
		w.Fatal(err)
	}
}

// attributes are those of a Go map; keys and values as attributevalue marshals them.
func attributes(m map[string]any) map[string]types.AttributeValue {
	item := map[string]types.AttributeValue{}
	for name, v := range m {
		given, ok := v.(types.AttributeValue)
		if !ok {
			var err error
			if given, err = attributevalue.Marshal(v); err != nil {
				panic(err)
			}
		}
		item[name] = given
	}
	return item
}

// values adds the colon to each name.
func values(m map[string]any) map[string]types.AttributeValue {
	if m == nil {
		return nil
	}
	item := map[string]types.AttributeValue{}
	for name, v := range attributes(m) {
		item[":"+name] = v
	}
	return item
}

func (w *world) put(table string, item map[string]any) {
	w.Helper()
	if _, err := w.client.PutItem(ctx, &sdk.PutItemInput{TableName: &table, Item: attributes(item)}); err != nil {
		w.Fatal(err)
	}
}

func (w *world) get(table string, key map[string]any) map[string]any {
	w.Helper()
	out, err := w.client.GetItem(ctx, &sdk.GetItemInput{TableName: &table, Key: attributes(key), ConsistentRead: aws.Bool(true)})
	if err != nil {
		w.Fatal(err)
	}
	return plain(w, out.Item)
}

func plain(w *world, item map[string]types.AttributeValue) map[string]any {
	var m map[string]any
	if len(item) == 0 {
		return nil
	}
	if err := attributevalue.UnmarshalMapWithOptions(item, &m); err != nil {
		w.Fatal(err)
	}
	return m
}

// wantError fails unless err has the code, and its message the text.
func (w *world) wantError(err error, code, text string) {
	w.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), text) {
		w.Errorf("got %v\nwant %s: %s", err, code, text)
	}
}

func TestTableIsMadeAndDeletedInTime(t *testing.T) {
	meet(t, func(w *world) {
		w.create("late", "pk")
		_, err := w.client.PutItem(ctx, &sdk.PutItemInput{TableName: aws.String("late"), Item: attributes(map[string]any{"pk": "a"})})
		w.wantError(err, "ResourceNotFoundException", "Requested resource not found")
		described, err := w.client.DescribeTable(ctx, &sdk.DescribeTableInput{TableName: aws.String("late")})
		if err != nil || described.Table.TableStatus != types.TableStatusCreating {
			w.Fatal(described, err)
		}
		w.sleep(11 * time.Second)
		w.put("late", map[string]any{"pk": "a"})
		_, err = w.client.CreateTable(ctx, &sdk.CreateTableInput{TableName: aws.String("late"), BillingMode: types.BillingModePayPerRequest,
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: "HASH"}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}}})
		w.wantError(err, "ResourceInUseException", "Table already exists: late")
		if _, err := w.client.DeleteTable(ctx, &sdk.DeleteTableInput{TableName: aws.String("late")}); err != nil {
			w.Fatal(err)
		}
		w.sleep(11 * time.Second)
		_, err = w.client.DescribeTable(ctx, &sdk.DescribeTableInput{TableName: aws.String("late")})
		w.wantError(err, "ResourceNotFoundException", "Requested resource not found: Table: late not found")
		list, err := w.client.ListTables(ctx, &sdk.ListTablesInput{Limit: aws.Int32(1)})
		if err != nil || fmt.Sprint(list.TableNames) != "[plain]" || aws.ToString(list.LastEvaluatedTableName) != "plain" {
			w.Fatal(list, err)
		}
	})
}

func TestEventuallyConsistentReadShowsThePast(t *testing.T) {
	meet(t, func(w *world) {
		w.put("plain", map[string]any{"pk": "a", "v": 1})
		w.sleep(2 * time.Second)
		w.put("plain", map[string]any{"pk": "a", "v": 2})
		stale, err := w.client.GetItem(ctx, &sdk.GetItemInput{TableName: aws.String("plain"), Key: attributes(map[string]any{"pk": "a"})})
		if err != nil {
			w.Fatal(err)
		}
		if got := plain(w, stale.Item)["v"]; got != 1.0 {
			w.Errorf("an eventually consistent read saw %v, want the past: 1", got)
		}
		if got := w.get("plain", map[string]any{"pk": "a"})["v"]; got != 2.0 {
			w.Errorf("a consistent read saw %v, want 2", got)
		}
		w.sleep(2 * time.Second)
		fresh, err := w.client.GetItem(ctx, &sdk.GetItemInput{TableName: aws.String("plain"), Key: attributes(map[string]any{"pk": "a"})})
		if err != nil || plain(w, fresh.Item)["v"] != 2.0 {
			w.Errorf("after the lag: %v, %v", fresh, err)
		}
	})
}

func TestConditionHolds(t *testing.T) {
	item := map[string]any{
		"pk": "a", "n": 5, "s": "hello", "yes": true, "nil": nil, "li": []any{"x", 2}, "m": map[string]any{"deep": []any{map[string]any{"v": 1}}},
		"tags": &types.AttributeValueMemberSS{Value: []string{"b", "a"}}, "status": "live",
	}
	for _, c := range []struct {
		condition string
		values    map[string]any
		want      bool
	}{
		{"attribute_exists(n)", nil, true},
		{"attribute_exists(gone)", nil, false},
		{"attribute_not_exists(m.deep[1])", nil, true},
		{"attribute_not_exists(m.deep[0].v)", nil, false},
		{"n = :v", map[string]any{"v": 5}, true},
		{"n = :v", map[string]any{"v": "5"}, false},
		{"n <> :v", map[string]any{"v": "5"}, true},
		{"gone = :v", map[string]any{"v": 5}, false},
		{"gone <> :v", map[string]any{"v": 5}, true},
		{"n < :v", map[string]any{"v": 10}, true},
		{"s < :v", map[string]any{"v": "help"}, true},
		{"n between :lo and :hi", map[string]any{"lo": 1, "hi": 5}, true},
		{"n IN (:a, :b)", map[string]any{"a": 4, "b": 5}, true},
		{"n IN (:a, :b)", map[string]any{"a": 4, "b": 6}, false},
		{"begins_with(s, :v)", map[string]any{"v": "he"}, true},
		{"contains(s, :v)", map[string]any{"v": "ell"}, true},
		{"contains(tags, :v)", map[string]any{"v": "b"}, true},
		{"contains(tags, :v)", map[string]any{"v": "c"}, false},
		{"contains(li, :v)", map[string]any{"v": 2}, true},
		{"size(s) = :v", map[string]any{"v": 5}, true},
		{"size(tags) >= :v", map[string]any{"v": 3}, false},
		{"attribute_type(nil, :v)", map[string]any{"v": "NULL"}, true},
		{"NOT n = :v OR yes = :t AND s = :s", map[string]any{"v": 5, "t": true, "s": "hello"}, true},
		{"(NOT n = :v OR yes = :t) AND s = :s", map[string]any{"v": 5, "t": true, "s": "x"}, false},
		{"m.deep[0].v = :v", map[string]any{"v": 1}, true},
		{":v = n", map[string]any{"v": 5}, true},
		{"li = :v", map[string]any{"v": []any{"x", 2}}, true},
	} {
		meet(t, func(w *world) {
			w.put("plain", item)
			_, err := w.client.DeleteItem(ctx, &sdk.DeleteItemInput{
				TableName: aws.String("plain"), Key: attributes(map[string]any{"pk": "a"}),
				ConditionExpression: &c.condition, ExpressionAttributeValues: values(c.values),
			})
			var failed *types.ConditionalCheckFailedException
			if held := err == nil; held != c.want || (!held && !errors.As(err, &failed)) {
				w.Errorf("%s %v: held %v (%v), want %v", c.condition, c.values, held, err, c.want)
			}
		})
	}
}

func TestUpdateChangesItem(t *testing.T) {
	before := map[string]any{
		"pk": "a", "n": 5, "li": []any{"a", "b", "c", "d"}, "m": map[string]any{"x": 1, "y": 2},
		"tags": &types.AttributeValueMemberSS{Value: []string{"a", "b"}}, "o": "o",
	}
	for _, c := range []struct {
		update string
		values map[string]any
		want   map[string]any // what differs; nil is removed
	}{
		{"SET n = n + :v", map[string]any{"v": 2}, map[string]any{"n": 7.0}},
		{"SET n = :v - n", map[string]any{"v": 2}, map[string]any{"n": -3.0}},
		{"set fresh = if_not_exists(fresh, :v), n = if_not_exists(n, :v) + :v", map[string]any{"v": 2}, map[string]any{"fresh": 2.0, "n": 7.0}},
		{"SET li = list_append(li, :v)", map[string]any{"v": []any{"e"}}, map[string]any{"li": []any{"a", "b", "c", "d", "e"}}},
		{"SET li[1] = :v, li[9] = :v", map[string]any{"v": "z"}, map[string]any{"li": []any{"a", "z", "c", "d", "z"}}},
		{"REMOVE li[0], li[2], o, gone", nil, map[string]any{"li": []any{"b", "d"}, "o": nil}},
		{"SET m.z = :v REMOVE m.x", map[string]any{"v": true}, map[string]any{"m": map[string]any{"y": 2.0, "z": true}}},
		{"SET o = n, n = :v", map[string]any{"v": 0}, map[string]any{"o": 5.0, "n": 0.0}},
		{"ADD n :v, fresh :v", map[string]any{"v": 10}, map[string]any{"n": 15.0, "fresh": 10.0}},
		{"ADD tags :v", map[string]any{"v": &types.AttributeValueMemberSS{Value: []string{"c", "a"}}}, map[string]any{"tags": []string{"a", "b", "c"}}},
		{"DELETE tags :v", map[string]any{"v": &types.AttributeValueMemberSS{Value: []string{"b"}}}, map[string]any{"tags": []string{"a"}}},
		{"DELETE tags :v", map[string]any{"v": &types.AttributeValueMemberSS{Value: []string{"b", "a", "q"}}}, map[string]any{"tags": nil}},
	} {
		meet(t, func(w *world) {
			w.put("plain", before)
			want := w.get("plain", map[string]any{"pk": "a"})
			for name, v := range c.want {
				if want[name] = v; v == nil {
					delete(want, name)
				}
			}
			out, err := w.client.UpdateItem(ctx, &sdk.UpdateItemInput{
				TableName: aws.String("plain"), Key: attributes(map[string]any{"pk": "a"}), UpdateExpression: &c.update,
				ExpressionAttributeValues: values(c.values), ReturnValues: types.ReturnValueAllNew,
			})
			if err != nil {
				w.Errorf("%s: %v", c.update, err)
				return
			}
			if diff := cmp.Diff(want, plain(w, out.Attributes)); diff != "" {
				w.Errorf("%s (-want +returned):\n%s", c.update, diff)
			}
			if diff := cmp.Diff(want, w.get("plain", map[string]any{"pk": "a"})); diff != "" {
				w.Errorf("%s (-want +stored):\n%s", c.update, diff)
			}
		})
	}
}

func TestUpdateRefuses(t *testing.T) {
	for _, c := range []struct {
		update, condition string
		names             map[string]string
		values            map[string]any
		message           string
	}{
		{"SET status = :v", "", nil, map[string]any{"v": 1}, "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: status"},
		{"SET a = :v", "", nil, nil, "Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :v"},
		{"SET #a = :v", "", nil, map[string]any{"v": 1}, "Invalid UpdateExpression: An expression attribute name used in the document path is not defined; attribute name: #a"},
		{"SET a = :v", "", nil, map[string]any{"v": 1, "w": 2}, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"},
		{"SET a = :v", "", map[string]string{"#b": "b"}, map[string]any{"v": 1}, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"},
		{"SET a = :v, a = :v", "", nil, map[string]any{"v": 1}, "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]"},
		{"SET a.b = :v REMOVE a", "", nil, map[string]any{"v": 1}, "Two document paths overlap"},
		{"SET pk = :v", "", nil, map[string]any{"v": "b"}, "Cannot update attribute pk. This attribute is part of the key"},
		{"SET a = gone + :v", "", nil, map[string]any{"v": 1}, "The provided expression refers to an attribute that does not exist in the item"},
		{"SET gone.b = :v", "", nil, map[string]any{"v": 1}, "The document path provided in the update expression is invalid for update"},
		{"SET a = s + :v", "", nil, map[string]any{"v": 1}, "An operand in the update expression has an incorrect data type"},
		{"ADD a :v", "", nil, map[string]any{"v": "x"}, "operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
		{"SET a = :v SET b = :v", "", nil, map[string]any{"v": 1}, `The "SET" section can only be used once in an update expression;`},
		{"SET a = = :v", "", nil, map[string]any{"v": 1}, `Invalid UpdateExpression: Syntax error; token: "=", near: "= = :v"`},
		{"REMOVE a", "foo(a)", nil, nil, "Invalid ConditionExpression: Invalid function name; function: foo"},
		{"REMOVE a", "begins_with(a, :v)", nil, map[string]any{"v": 1}, "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
		{"REMOVE a", "a BETWEEN :hi AND :lo", nil, map[string]any{"hi": 2, "lo": 1}, "requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}"},
		{"", "", nil, nil, "Invalid UpdateExpression: The expression can not be empty;"},
	} {
		meet(t, func(w *world) {
			w.put("plain", map[string]any{"pk": "a", "s": "text"})
			in := &sdk.UpdateItemInput{
				TableName: aws.String("plain"), Key: attributes(map[string]any{"pk": "a"}), UpdateExpression: &c.update,
				ExpressionAttributeNames: c.names, ExpressionAttributeValues: values(c.values),
			}
			if c.condition != "" {
				in.ConditionExpression = &c.condition
			}
			_, err := w.client.UpdateItem(ctx, in)
			w.wantError(err, "ValidationException", c.message)
			if got := w.get("plain", map[string]any{"pk": "a"}); len(got) != 2 {
				w.Errorf("%s: the item changed: %v", c.update, got)
			}
		})
	}
}

func TestFailedConditionShowsTheItem(t *testing.T) {
	meet(t, func(w *world) {
		w.put("plain", map[string]any{"pk": "a", "ver": 3})
		in := &sdk.PutItemInput{
			TableName: aws.String("plain"), Item: attributes(map[string]any{"pk": "a", "ver": 3}), ConditionExpression: aws.String("ver = :v"),
			ExpressionAttributeValues: values(map[string]any{"v": 2}), ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}
		_, err := w.client.PutItem(ctx, in)
		var failed *types.ConditionalCheckFailedException
		if !errors.As(err, &failed) || failed.ErrorMessage() != "The conditional request failed" || plain(w, failed.Item)["ver"] != 3.0 {
			w.Fatalf("got %v", err)
		}
		in.ExpressionAttributeValues = values(map[string]any{"v": 3})
		in.ReturnValues = types.ReturnValueAllOld
		out, err := w.client.PutItem(ctx, in)
		if err != nil || plain(w, out.Attributes)["ver"] != 3.0 {
			w.Fatal(out, err)
		}
	})
}

func TestUpdateMakesTheItemAndReturnsWhatItTouched(t *testing.T) {
	meet(t, func(w *world) {
		update := func(returns types.ReturnValue) map[string]any {
			out, err := w.client.UpdateItem(ctx, &sdk.UpdateItemInput{
				TableName: aws.String("plain"), Key: attributes(map[string]any{"pk": "new"}), UpdateExpression: aws.String("ADD n :one SET o = :one"),
				ExpressionAttributeValues: values(map[string]any{"one": 1}), ReturnValues: returns,
			})
			if err != nil {
				w.Fatal(err)
			}
			return plain(w, out.Attributes)
		}
		for _, c := range []struct {
			returns types.ReturnValue
			want    map[string]any
		}{
			{types.ReturnValueUpdatedOld, nil},
			{types.ReturnValueUpdatedNew, map[string]any{"n": 2.0, "o": 1.0}},
			{types.ReturnValueUpdatedOld, map[string]any{"n": 2.0, "o": 1.0}},
			{types.ReturnValueAllOld, map[string]any{"pk": "new", "n": 3.0, "o": 1.0}},
			{types.ReturnValueNone, nil},
		} {
			if diff := cmp.Diff(c.want, update(c.returns)); diff != "" {
				w.Errorf("%s: %s", c.returns, diff)
			}
		}
	})
}

func TestKeysMustFitTheSchema(t *testing.T) {
	meet(t, func(w *world) {
		table := aws.String("sorted")
		for _, c := range []struct {
			item    map[string]any
			message string
		}{
			{map[string]any{"pk": "a"}, "One or more parameter values were invalid: Missing the key sk in the item"},
			{map[string]any{"pk": "a", "sk": "1"}, "One or more parameter values were invalid: Type mismatch for key sk expected: N actual: S"},
			{map[string]any{"pk": "", "sk": 1}, "The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"},
			{map[string]any{"pk": "a", "sk": 1, "big": strings.Repeat("x", 400<<10)}, "Item size has exceeded the maximum allowed size"},
		} {
			_, err := w.client.PutItem(ctx, &sdk.PutItemInput{TableName: table, Item: attributes(c.item)})
			w.wantError(err, "ValidationException", c.message)
		}
		_, err := w.client.GetItem(ctx, &sdk.GetItemInput{TableName: table, Key: attributes(map[string]any{"pk": "a"})})
		w.wantError(err, "ValidationException", "The provided key element does not match the schema")
	})
}

func TestNumbersAreExact(t *testing.T) {
	meet(t, func(w *world) {
		n := func(text string) types.AttributeValue { return &types.AttributeValueMemberN{Value: text} }
		for _, c := range []struct{ start, add, want string }{
			{"0.1", "0.2", "0.3"},
			{"12345678901234567890123456789012345678", "1", "12345678901234567890123456789012345679"},
			{"1e3", "-0.50", "999.5"},
			{"-00.10", "0.1", "0"},
			{"1E-130", "0", "0." + strings.Repeat("0", 129) + "1"},
		} {
			out, err := w.client.PutItem(ctx, &sdk.PutItemInput{TableName: aws.String("plain"), Item: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "a"}, "n": n(c.start)}})
			if err != nil {
				w.Fatal(out, err)
			}
			added, err := w.client.UpdateItem(ctx, &sdk.UpdateItemInput{TableName: aws.String("plain"), Key: attributes(map[string]any{"pk": "a"}), UpdateExpression: aws.String("ADD n :v"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":v": n(c.add)}, ReturnValues: types.ReturnValueUpdatedNew})
			if err != nil {
				w.Fatal(err)
			}
			if got := added.Attributes["n"].(*types.AttributeValueMemberN).Value; got != c.want {
				w.Errorf("%s + %s = %s, want %s", c.start, c.add, got, c.want)
			}
		}
		for text, message := range map[string]string{
			"abc": "The parameter cannot be converted to a numeric value: abc", "1e126": "Number overflow", "1e-131": "Number underflow",
			"123456789012345678901234567890123456789": "Attempting to store more than 38 significant digits in a Number",
		} {
			_, err := w.client.PutItem(ctx, &sdk.PutItemInput{TableName: aws.String("plain"), Item: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "a"}, "n": n(text)}})
			w.wantError(err, "ValidationException", message)
		}
	})
}

func TestQueryReadsAPartitionInOrder(t *testing.T) {
	meet(t, func(w *world) {
		for _, n := range []int{10, 2, 33, 4, 5} {
			w.put("sorted", map[string]any{"pk": "a", "sk": n, "even": n%2 == 0, "m": map[string]any{"x": n, "y": 0}})
		}
		w.put("sorted", map[string]any{"pk": "b", "sk": 1})
		query := func(in *sdk.QueryInput) ([]int, *sdk.QueryOutput) {
			w.Helper()
			in.TableName, in.ConsistentRead = aws.String("sorted"), aws.Bool(true)
			out, err := w.client.Query(ctx, in)
			if err != nil {
				w.Fatal(err)
			}
			var keys []int
			for _, item := range out.Items {
				keys = append(keys, int(plain(w, item)["sk"].(float64)))
			}
			return keys, out
		}
		of := func(condition string, v map[string]any) *sdk.QueryInput {
			return &sdk.QueryInput{KeyConditionExpression: &condition, ExpressionAttributeValues: values(v)}
		}
		for _, c := range []struct {
			in   *sdk.QueryInput
			want string
		}{
			{of("pk = :p", map[string]any{"p": "a"}), "[2 4 5 10 33]"},
			{of("pk = :p AND sk > :s", map[string]any{"p": "a", "s": 4}), "[5 10 33]"},
			{of("sk BETWEEN :s AND :e AND pk = :p", map[string]any{"p": "a", "s": 4, "e": 10}), "[4 5 10]"},
			{of("pk = :p", map[string]any{"p": "nobody"}), "[]"},
		} {
			if got, _ := query(c.in); fmt.Sprint(got) != c.want {
				w.Errorf("%s: got %v, want %s", *c.in.KeyConditionExpression, got, c.want)
			}
		}
		in := of("pk = :p", map[string]any{"p": "a", "t": true})
		in.FilterExpression, in.ScanIndexForward, in.Limit = aws.String("even = :t"), aws.Bool(false), aws.Int32(2)
		first, page := query(in)
		in.ExclusiveStartKey = page.LastEvaluatedKey
		second, _ := query(in)
		if fmt.Sprint(first, page.Count, page.ScannedCount, second) != "[10] 1 2 [4]" {
			w.Errorf("pages: %v %d %d %v", first, page.Count, page.ScannedCount, second)
		}
		in = of("pk = :p", map[string]any{"p": "a"})
		in.ProjectionExpression, in.Limit = aws.String("m.x"), aws.Int32(1)
		in.TableName = aws.String("sorted")
		in.ConsistentRead = aws.Bool(true)
		out, err := w.client.Query(ctx, in)
		if err != nil || fmt.Sprint(plain(w, out.Items[0])) != "map[m:map[x:2]]" {
			w.Error(out, err)
		}
		_, err = w.client.Query(ctx, &sdk.QueryInput{TableName: aws.String("sorted"), KeyConditionExpression: aws.String("sk = :s"), ExpressionAttributeValues: values(map[string]any{"s": 1})})
		w.wantError(err, "ValidationException", "Query condition missed key schema element: pk")
		_, err = w.client.Query(ctx, &sdk.QueryInput{TableName: aws.String("sorted"), IndexName: aws.String("i"), KeyConditionExpression: aws.String("sk = :s"), ExpressionAttributeValues: values(map[string]any{"s": 1})})
		w.wantError(err, "NotModelled", "parameter IndexName of dynamodb:Query")
	})
}

func TestScanReadsAll(t *testing.T) {
	meet(t, func(w *world) {
		for _, pk := range []string{"b", "a", "c"} {
			w.put("plain", map[string]any{"pk": pk})
		}
		var seen []string
		in := &sdk.ScanInput{TableName: aws.String("plain"), ConsistentRead: aws.Bool(true), Limit: aws.Int32(2)}
		for pages := sdk.NewScanPaginator(w.client, in); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				w.Fatal(err)
			}
			for _, item := range page.Items {
				seen = append(seen, plain(w, item)["pk"].(string))
			}
		}
		if fmt.Sprint(seen) != "[a b c]" {
			w.Errorf("scanned %v", seen)
		}
		count, err := w.client.Scan(ctx, &sdk.ScanInput{TableName: aws.String("plain"), ConsistentRead: aws.Bool(true), Select: types.SelectCount,
			FilterExpression: aws.String("pk > :v"), ExpressionAttributeValues: values(map[string]any{"v": "a"})})
		if err != nil || count.Count != 2 || count.ScannedCount != 3 || count.Items != nil {
			w.Error(count, err)
		}
	})
}

func TestKeysThatAreTooLarge(t *testing.T) {
	meet(t, func(w *world) {
		key := func(name string, kind types.KeyType) types.KeySchemaElement {
			return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
		}
		text := func(name string) types.AttributeDefinition {
			return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
		}
		_, err := w.client.CreateTable(ctx, &sdk.CreateTableInput{TableName: aws.String("texts"), BillingMode: types.BillingModePayPerRequest,
			KeySchema:            []types.KeySchemaElement{key("pk", types.KeyTypeHash), key("sk", types.KeyTypeRange)},
			AttributeDefinitions: []types.AttributeDefinition{text("pk"), text("sk")}})
		if err != nil {
			w.Fatal(err)
		}
		w.sleep(11 * time.Second)
		w.put("texts", map[string]any{"pk": strings.Repeat("é", 1024), "sk": strings.Repeat("s", 1024)})
		_, err = w.client.PutItem(ctx, &sdk.PutItemInput{TableName: aws.String("texts"),
			Item: attributes(map[string]any{"pk": strings.Repeat("é", 1024) + "x", "sk": "s"})})
		w.wantError(err, "ValidationException", "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")
		_, err = w.client.GetItem(ctx, &sdk.GetItemInput{TableName: aws.String("texts"),
			Key: attributes(map[string]any{"pk": "p", "sk": strings.Repeat("s", 1025)})})
		w.wantError(err, "ValidationException", "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	})
}
