package sqs

import "bluegreen/internal/localaws/wire"

// queryCodes are the codes of SQS's errors before it spoke JSON, which clients still read.
var queryCodes = map[string]string{
	"QueueDoesNotExist":            "AWS.SimpleQueueService.NonExistentQueue",
	"QueueNameExists":              "QueueAlreadyExists",
	"QueueDeletedRecently":         "AWS.SimpleQueueService.QueueDeletedRecently",
	"PurgeQueueInProgress":         "AWS.SimpleQueueService.PurgeQueueInProgress",
	"BatchEntryIdsNotDistinct":     "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
	"BatchRequestTooLong":          "AWS.SimpleQueueService.BatchRequestTooLong",
	"EmptyBatchRequest":            "AWS.SimpleQueueService.EmptyBatchRequest",
	"InvalidBatchEntryId":          "AWS.SimpleQueueService.InvalidBatchEntryId",
	"TooManyEntriesInBatchRequest": "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
	"SerializationException":       "MalformedInput",
}

// errorTypes are the types of errors as the bodies of answers name them: SQS's own, and those of what stands before it.
var errorTypes = map[string]string{
	"AccessDenied":           "com.amazon.coral.service#AccessDeniedException",
	"InvalidParameterValue":  "com.amazon.coral.service#InvalidParameterValueException",
	"MissingParameter":       "com.amazon.coral.service#MissingRequiredParameterException",
	"SerializationException": "com.amazon.coral.service#SerializationException",
}

func init() {
	for _, own := range []string{
		"QueueDoesNotExist", "QueueNameExists", "QueueDeletedRecently", "PurgeQueueInProgress", "BatchEntryIdsNotDistinct",
		"BatchRequestTooLong", "EmptyBatchRequest", "InvalidBatchEntryId", "TooManyEntriesInBatchRequest", "InvalidAttributeName",
		"InvalidAttributeValue", "InvalidMessageContents", "ReceiptHandleIsInvalid",
	} {
		errorTypes[own] = "com.amazonaws.sqs#" + own
	}
}

func nonExistent() error {
	return wire.Errorf("QueueDoesNotExist", "The specified queue does not exist.")
}

func missing(parameter string) error {
	return wire.Errorf("MissingParameter", "The request must contain the parameter %s.", parameter)
}

func invalid(value any, parameter, reason string) error {
	return wire.Errorf("InvalidParameterValue", "Value %v for parameter %s is invalid. Reason: %s", value, parameter, reason)
}

func invalidHandle(handle string) error {
	return &wire.Error{Code: "ReceiptHandleIsInvalid", Status: 404, Message: "The input receipt handle \"" + handle + "\" is not a valid receipt handle."}
}
