package wire_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/localaws/wire"
)

// functions is Lambda with operations that remember their input and answer fixed outputs.
func functions(got map[string]any) wire.Service {
	invoke := func(_ *wire.Call, in *lambda.InvokeInput) (*lambda.InvokeOutput, error) {
		got["Invoke"] = in
		return &lambda.InvokeOutput{StatusCode: 202, FunctionError: aws.String("Unhandled"), Payload: []byte(`{"a": 1}`), ExecutedVersion: aws.String("$LATEST")}, nil
	}
	create := func(_ *wire.Call, in *lambda.CreateFunctionInput) (*lambda.CreateFunctionOutput, error) {
		got["CreateFunction"] = in
		return &lambda.CreateFunctionOutput{FunctionName: in.FunctionName, CodeSize: 3, Timeout: in.Timeout, State: types.StatePending}, nil
	}
	list := func(_ *wire.Call, in *lambda.ListFunctionsInput) (*lambda.ListFunctionsOutput, error) {
		got["ListFunctions"] = in
		return nil, &wire.Error{Code: "ResourceNotFoundException", Message: "Function not found: x", Status: 404}
	}
	return wire.Service{SigningName: "lambda", Protocol: wire.RESTJSON1, Operations: []wire.Operation{
		wire.Op("Invoke", invoke, "FunctionName", "Qualifier", "InvocationType", "LogType", "Payload").
			REST("POST", "/2015-03-31/functions/{FunctionName}/invocations").WithPayload("Payload").WithStatus("StatusCode", 200).
			WithHeaders(map[string]string{"InvocationType": "X-Amz-Invocation-Type", "LogType": "X-Amz-Log-Type",
				"FunctionError": "X-Amz-Function-Error", "ExecutedVersion": "X-Amz-Executed-Version"}),
		wire.Op("CreateFunction", create, "FunctionName", "Role", "Code", "Timeout", "Environment").
			REST("POST", "/2015-03-31/functions").WithStatus("", 201),
		wire.Op("ListFunctions", list, "MaxItems", "Marker").REST("GET", "/2015-03-31/functions"),
	}}
}

func TestRESTRoundTrip(t *testing.T) {
	w, got, ctx := newWorld(), map[string]any{}, context.Background()
	w.endpoint.Add(functions(got))
	w.clock.Run(func() {
		client := lambda.NewFromConfig(w.endpoint.Config(wire.Caller{}))
		invoke := &lambda.InvokeInput{
			FunctionName: aws.String("arn:aws:lambda:ap-northeast-1:000000000000:function:f/x"), Qualifier: aws.String("$LATEST"),
			InvocationType: types.InvocationTypeEvent, LogType: types.LogTypeTail, Payload: []byte("not even JSON"),
		}
		out, err := client.Invoke(ctx, invoke)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(invoke, got["Invoke"], comparing); diff != "" {
			t.Error(diff)
		}
		want := &lambda.InvokeOutput{StatusCode: 202, FunctionError: aws.String("Unhandled"), Payload: []byte(`{"a": 1}`), ExecutedVersion: aws.String("$LATEST")}
		if diff := cmp.Diff(want, out, comparing); diff != "" {
			t.Error(diff)
		}
		create := &lambda.CreateFunctionInput{
			FunctionName: aws.String("f"), Role: aws.String("r"), Code: &types.FunctionCode{ZipFile: []byte{1, 2, 255}}, Timeout: aws.Int32(9),
			Environment: &types.Environment{Variables: map[string]string{"K": "<v>"}},
		}
		created, err := client.CreateFunction(ctx, create)
		if err != nil || created.State != types.StatePending || aws.ToInt32(created.Timeout) != 9 {
			t.Fatal(created, err)
		}
		if diff := cmp.Diff(create, got["CreateFunction"], comparing); diff != "" {
			t.Error(diff)
		}
		list := &lambda.ListFunctionsInput{MaxItems: aws.Int32(7), Marker: aws.String("a b")}
		_, err = client.ListFunctions(ctx, list)
		wantError(t, err, "ResourceNotFoundException", "Function not found: x")
		if diff := cmp.Diff(list, got["ListFunctions"], comparing); diff != "" {
			t.Error(diff)
		}
		_, err = client.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String("f")})
		wantError(t, err, "NotModelled", "localaws does not model lambda:GET /2015-03-31/functions/f; of lambda it models CreateFunction, Invoke, ListFunctions")
	})
}
