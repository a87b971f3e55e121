package dynamodb

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/localaws/wire"
)

// badNumber is a number that DynamoDB does not take. Its text depends on the operation: writes put it into an envelope, a
// scan names the placeholder that it is the value of, and all others show it as it is.
type badNumber struct {
	bare        *wire.Error
	placeholder string
}

func (b *badNumber) Error() string { return b.bare.Error() }
func (b *badNumber) Unwrap() error { return b.bare }

// readNumber is parseNumber of what a client sent.
func readNumber(text string) (number, error) {
	n, err := parseNumber(text)
	var bare *wire.Error
	if errors.As(err, &bare) {
		return number{}, &badNumber{bare: bare}
	}
	return n, nil
}

// written is an error as PutItem, UpdateItem and DeleteItem word it.
func written(err error) error {
	var bad *badNumber
	if errors.As(err, &bad) {
		return inEnvelope("%s", bad.bare.Message)
	}
	return err
}

// scanned is an error as Scan words it.
func scanned(err error) error {
	var bad *badNumber
	if errors.As(err, &bad) && bad.placeholder != "" {
		return badPlaceholder(bad.placeholder, bad)
	}
	return err
}

// badPlaceholder is what is wrong with the value of a placeholder.
func badPlaceholder(name string, err error) error {
	var bare *wire.Error
	if !errors.As(err, &bare) {
		return err
	}
	return invalid("ExpressionAttributeValues contains invalid value: %s for key %s", bare.Message, name)
}

func inEnvelope(format string, args ...any) error {
	return invalid("1 validation error detected: "+format, args...)
}

// checkReturns refuses what a write cannot give back: anything but the item as it was, unless it is an update.
func checkReturns(wanted types.ReturnValue, onFailure types.ReturnValuesOnConditionCheckFailure, update bool) error {
	switch wanted {
	case "", types.ReturnValueNone, types.ReturnValueAllOld:
	case types.ReturnValueAllNew, types.ReturnValueUpdatedOld, types.ReturnValueUpdatedNew:
		if !update {
			return inEnvelope("ReturnValues can only be ALL_OLD or NONE")
		}
	default:
		return inEnvelope("Value '%s' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "+
			"[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]", wanted)
	}
	switch onFailure {
	case "", types.ReturnValuesOnConditionCheckFailureNone, types.ReturnValuesOnConditionCheckFailureAllOld:
		return nil
	}
	return inEnvelope("Value '%s' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: "+
		"[ALL_OLD, NONE]", onFailure)
}
