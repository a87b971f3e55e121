package states

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/asl"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
)

// tasks does the work of one execution's Task states.
type tasks struct {
	machines  *Machines
	execution *execution
}

// Do implements asl.Tasks.
func (t *tasks) Do(ctx context.Context, task asl.Task) ([]byte, error) {
	if task.Token != "" {
		t.machines.tokens.register(task.Token, t.execution)
	}
	ctx = t.execution.traced.within(ctx, task)
	switch task.Service + ":" + task.Action {
	case ":":
		return t.function(ctx, task)
	case "lambda:invoke":
		return t.invoke(ctx, task)
	case "sns:publish":
		return t.publish(task)
	}
	return nil, notModelled("the integration %s", task.Resource)
}

func notModelled(format string, args ...any) error {
	return &asl.TaskError{Failure: asl.Failure{Error: "States.Runtime", Cause: "localaws does not model " + fmt.Sprintf(format, args...)}}
}

// function runs a task whose Resource is a function's ARN: its result is the function's.
func (t *tasks) function(ctx context.Context, task asl.Task) ([]byte, error) {
	result, err := t.machines.functions.Invoke(ctx, task.Resource, task.Input)
	if err := functionFailure(result, err); err != nil {
		return nil, err
	}
	return document(result.Payload), nil
}

// invocation is the parameters of lambda:invoke.
type invocation struct {
	FunctionName   string
	Qualifier      string
	InvocationType string
	Payload        json.RawMessage
	LogType        string
	ClientContext  string
}

// invoke runs lambda:invoke: its result is Lambda's whole answer.
func (t *tasks) invoke(ctx context.Context, task asl.Task) ([]byte, error) {
	var in invocation
	if err := json.Unmarshal(task.Input, &in); err != nil {
		return nil, notModelled("these parameters of lambda:invoke: %s", err)
	}
	if in.ClientContext != "" || in.LogType == "Tail" || in.InvocationType == "Event" || in.InvocationType == "DryRun" {
		return nil, notModelled("lambda:invoke with ClientContext, LogType Tail, or an InvocationType other than RequestResponse")
	}
	name := in.FunctionName
	if in.Qualifier == "" {
		in.Qualifier = "$LATEST" // AWS's error for a missing function names it
	}
	result, err := t.machines.functions.InvokeVersion(ctx, name, in.Qualifier, in.Payload)
	if err := functionFailure(result, err); err != nil {
		return nil, err
	}
	headers := map[string]string{
		"Connection":                     "keep-alive",
		"Content-Length":                 strconv.Itoa(len(result.Payload)),
		"Content-Type":                   "application/json",
		"Date":                           t.date(),
		"X-Amz-Executed-Version":         result.ExecutedVersion,
		"x-amzn-Remapped-Content-Length": "0",
		"x-amzn-RequestId":               result.RequestID,
	}
	answer := withMetadata(headers, result.RequestID)
	answer["ExecutedVersion"] = result.ExecutedVersion
	answer["Payload"] = json.RawMessage(document(result.Payload))
	answer["StatusCode"] = http.StatusOK
	return encode(answer)
}

// document is a function's answer as JSON; a function that answered nothing answered null.
func document(payload []byte) []byte {
	if len(bytes.TrimSpace(payload)) == 0 {
		return []byte("null")
	}
	return payload
}

// functionFailure is how Step Functions reports an invoke that failed; nil if it did not.
func functionFailure(result locallambda.Result, err error) error {
	var refused *wire.Error
	switch {
	case errors.As(err, &refused):
		return &asl.TaskError{Failure: asl.Failure{Error: "Lambda." + refused.Code, Cause: cause("AWSLambda", refused, result.RequestID)}}
	case err != nil:
		return err // nobody waits any more
	case result.FunctionError == "":
		return nil
	}
	var failure struct {
		ErrorType string `json:"errorType"`
	}
	if json.Unmarshal(result.Payload, &failure) != nil || failure.ErrorType == "" {
		return &asl.TaskError{Failure: asl.Failure{Error: "Lambda.Unknown", Cause: "The cause could not be determined because Lambda " +
			"did not return an error type. Returned payload: " + string(result.Payload)}}
	}
	return &asl.TaskError{Failure: asl.Failure{Error: failure.ErrorType, Cause: string(result.Payload)}}
}

// cause words a service's error as Step Functions does. Status 0 is an error of the calling SDK client itself.
func cause(service string, refused *wire.Error, requestID string) string {
	if refused.Status == 0 {
		return refused.Message
	}
	return fmt.Sprintf("%s (Service: %s; Status Code: %d; Error Code: %s; Request ID: %s; Proxy: null)",
		refused.Message, service, refused.Status, refused.Code, requestID)
}

// publish runs sns:publish. A Message that is no string is sent as its JSON.
func (t *tasks) publish(task asl.Task) ([]byte, error) {
	var parameters map[string]json.RawMessage
	if err := json.Unmarshal(task.Input, &parameters); err != nil {
		return nil, notModelled("these parameters of sns:publish: %s", err)
	}
	if message := bytes.TrimSpace(parameters["Message"]); len(message) > 0 && message[0] != '"' {
		text, err := json.Marshal(string(message))
		if err != nil {
			return nil, err
		}
		parameters["Message"] = text
	}
	input, err := json.Marshal(parameters)
	if err != nil {
		return nil, err
	}
	var in sns.PublishInput
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, notModelled("these parameters of sns:publish: %s", err)
	}
	t.machines.acct.Lock()
	defer t.machines.acct.Unlock()
	requestID := t.machines.acct.UUID()
	out, err := t.machines.topics.Publish(&in)
	var refused *wire.Error
	if errors.As(err, &refused) {
		return nil, &asl.TaskError{Failure: asl.Failure{Error: "SNS." + refused.Code + "Exception", Cause: cause("AmazonSNS", refused, requestID)}}
	}
	if err != nil {
		return nil, err
	}
	answer := withMetadata(map[string]string{
		"Content-Length": "294", "Content-Type": "text/xml", "Date": t.date(), "x-amzn-RequestId": requestID,
	}, requestID)
	answer["MessageId"] = *out.MessageId
	return encode(answer)
}

func (t *tasks) date() string { return t.machines.acct.Now().Format(http.TimeFormat) }

// withMetadata is an integration's result with the members that tell of the HTTP answer.
func withMetadata(headers map[string]string, requestID string) map[string]any {
	all := make(map[string][]string, len(headers))
	for name, value := range headers {
		all[name] = []string{value}
	}
	return map[string]any{
		"SdkHttpMetadata": map[string]any{
			"AllHttpHeaders": all, "HttpHeaders": headers, "HttpStatusCode": http.StatusOK,
		},
		"SdkResponseMetadata": map[string]string{"RequestId": requestID},
	}
}

func encode(answer map[string]any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(answer)
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), err
}
