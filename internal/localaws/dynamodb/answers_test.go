package dynamodb_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// keeper keeps the last answer as it came.
type keeper struct {
	sdk.HTTPClient
	answer map[string]any
}

func (k *keeper) Do(r *http.Request) (*http.Response, error) {
	response, err := k.HTTPClient.Do(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(response.Body)
	if err == nil {
		k.answer = nil
		err = json.Unmarshal(text, &k.answer)
	}
	response.Body = io.NopCloser(bytes.NewReader(text))
	return response, err
}

func TestAnswersOfFailures(t *testing.T) {
	meet(t, func(w *world) {
		w.put("plain", map[string]any{"pk": "a", "ver": 3})
		k := &keeper{HTTPClient: w.client.Options().HTTPClient}
		client := sdk.New(w.client.Options(), func(o *sdk.Options) { o.HTTPClient = k })
		put := func(onFailure types.ReturnValuesOnConditionCheckFailure) map[string]any {
			_, err := client.PutItem(ctx, &sdk.PutItemInput{
				TableName: aws.String("plain"), Item: attributes(map[string]any{"pk": "a"}), ConditionExpression: aws.String("ver = :v"),
				ExpressionAttributeValues: values(map[string]any{"v": 2}), ReturnValuesOnConditionCheckFailure: onFailure,
			})
			w.wantError(err, "ConditionalCheckFailedException", "The conditional request failed")
			return k.answer
		}
		if got := put(""); len(got) != 2 || got["__type"] != "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" {
			t.Errorf("a failed condition is answered %v", got)
		}
		if item, _ := put("ALL_OLD")["Item"].(map[string]any); len(item) != 2 {
			t.Errorf("a failed condition shows the item %v", item)
		}
		if got := put("NONE"); got["Item"] != nil {
			t.Errorf("a failed condition shows an item that nobody asked for: %v", got)
		}
		_, err := client.GetItem(ctx, &sdk.GetItemInput{TableName: aws.String("plain"), Key: attributes(map[string]any{"other": "a"})})
		w.wantError(err, "ValidationException", "The provided key element does not match the schema")
		if k.answer["__type"] != "com.amazon.coral.validate#ValidationException" {
			t.Errorf("a key that does not fit is answered %v", k.answer)
		}
	})
}

// What is refused was recorded on AWS in October 2026 (the conformance suite of eu-west-2, us-east-1 and two more).
func TestReturnValues(t *testing.T) {
	const oldOnly = "1 validation error detected: ReturnValues can only be ALL_OLD or NONE"
	const all = "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"
	meet(t, func(w *world) {
		key := attributes(map[string]any{"pk": "a"})
		put := func(wanted types.ReturnValue, onFailure types.ReturnValuesOnConditionCheckFailure) error {
			_, err := w.client.PutItem(ctx, &sdk.PutItemInput{TableName: aws.String("plain"), Item: key, ReturnValues: wanted, ReturnValuesOnConditionCheckFailure: onFailure})
			return err
		}
		remove := func(wanted types.ReturnValue) error {
			_, err := w.client.DeleteItem(ctx, &sdk.DeleteItemInput{TableName: aws.String("plain"), Key: key, ReturnValues: wanted})
			return err
		}
		update := func(wanted types.ReturnValue) error {
			_, err := w.client.UpdateItem(ctx, &sdk.UpdateItemInput{TableName: aws.String("plain"), Key: key, UpdateExpression: aws.String("REMOVE a"), ReturnValues: wanted})
			return err
		}
		for _, wanted := range []types.ReturnValue{types.ReturnValueAllNew, types.ReturnValueUpdatedNew, types.ReturnValueUpdatedOld} {
			w.wantError(put(wanted, ""), "ValidationException", oldOnly)
			w.wantError(remove(wanted), "ValidationException", oldOnly)
			if err := update(wanted); err != nil {
				t.Error(err)
			}
		}
		unknown := "1 validation error detected: Value 'OLD' at 'returnValues' failed to satisfy constraint: " + all
		w.wantError(put("OLD", ""), "ValidationException", unknown)
		w.wantError(remove("OLD"), "ValidationException", unknown)
		w.wantError(update("OLD"), "ValidationException", unknown)
		w.wantError(put("", "OLD"), "ValidationException", "Value 'OLD' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]")
	})
}

// The texts of bad numbers were recorded on AWS with those above.
func TestBadNumbers(t *testing.T) {
	const notNumeric = "The parameter cannot be converted to a numeric value: "
	const overflow = "Number overflow. Attempting to store a number with magnitude larger than supported range"
	const underflow = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
	const write = "1 validation error detected: "
	meet(t, func(w *world) {
		plain, pk := aws.String("plain"), attributes(map[string]any{"pk": "a"})
		for _, c := range []struct{ text, want string }{
			{"1e99999999999", overflow}, {"-1e99999999999999999999", overflow}, {"1e-99999999999999999999", underflow}, {"1e2147483647", overflow},
			{"abc", notNumeric + "abc"}, {"", notNumeric}, {" 1", notNumeric + " 1"}, {"1 ", notNumeric + "1 "}, {"0x10", notNumeric + "0x10"},
			{"1e", notNumeric + "1e"}, {"NaN", notNumeric + "NaN"}, {"1.2.3", notNumeric + "1.2.3"},
			{strings.Repeat("1", 39), "Attempting to store more than 38 significant digits in a Number"},
		} {
			n := &types.AttributeValueMemberN{Value: c.text}
			bad := map[string]types.AttributeValue{":n": n}
			_, err := w.client.PutItem(ctx, &sdk.PutItemInput{TableName: plain, Item: map[string]types.AttributeValue{"pk": pk["pk"], "n": n}})
			w.wantExactly(err, write+c.want)
			_, err = w.client.PutItem(ctx, &sdk.PutItemInput{TableName: plain, Item: map[string]types.AttributeValue{"pk": pk["pk"], "n": &types.AttributeValueMemberNS{Value: []string{c.text}}}})
			w.wantExactly(err, write+c.want)
			_, err = w.client.UpdateItem(ctx, &sdk.UpdateItemInput{TableName: plain, Key: pk, UpdateExpression: aws.String("SET n = :n"), ExpressionAttributeValues: bad})
			w.wantExactly(err, write+c.want)
			_, err = w.client.DeleteItem(ctx, &sdk.DeleteItemInput{TableName: plain, Key: map[string]types.AttributeValue{"pk": n}})
			w.wantExactly(err, write+c.want)
			_, err = w.client.GetItem(ctx, &sdk.GetItemInput{TableName: plain, Key: map[string]types.AttributeValue{"pk": n}})
			w.wantExactly(err, c.want)
			_, err = w.client.Query(ctx, &sdk.QueryInput{TableName: plain, KeyConditionExpression: aws.String("pk = :n"), ExpressionAttributeValues: bad})
			w.wantExactly(err, c.want)
			_, err = w.client.Query(ctx, &sdk.QueryInput{TableName: plain, KeyConditionExpression: aws.String("pk = :p"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":p": pk["pk"]}, ExclusiveStartKey: map[string]types.AttributeValue{"pk": n}})
			w.wantExactly(err, c.want)
		}
		_, err := w.client.Scan(ctx, &sdk.ScanInput{TableName: plain, FilterExpression: aws.String("n = :n"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":n": &types.AttributeValueMemberN{Value: "abc"}}})
		w.wantExactly(err, "ExpressionAttributeValues contains invalid value: "+notNumeric+"abc for key :n")
	})
}

// wantExactly fails unless err is a ValidationException of the message.
func (w *world) wantExactly(err error, message string) {
	w.Helper()
	w.wantError(err, "ValidationException", message)
	if err != nil && !strings.HasSuffix(err.Error(), "ValidationException: "+message) {
		w.Errorf("got %v\nwant %s and no more", err, message)
	}
}
