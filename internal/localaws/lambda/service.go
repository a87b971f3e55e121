package lambda

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/xray"
)

// Service is Lambda's API, version 2015-03-31.
func (f *Functions) Service() wire.Service {
	const functions = "/2015-03-31/functions"
	const one = functions + "/{FunctionName}"
	const reserved = "/2017-10-31/functions/{FunctionName}/concurrency"
	return wire.Service{
		SigningName: "lambda",
		Protocol:    wire.RESTJSON1,
		Version:     "2015-03-31",
		EmptyLists: map[string]wire.EmptyList{
			"VpcConfigResponse.SubnetIds": wire.There, "VpcConfigResponse.SecurityGroupIds": wire.There,
			"CreateFunctionOutput.Layers": wire.LeftOut, "CreateFunctionOutput.FileSystemConfigs": wire.LeftOut,
			"GetFunctionConfigurationOutput.Layers": wire.LeftOut, "GetFunctionConfigurationOutput.FileSystemConfigs": wire.LeftOut,
			"UpdateFunctionCodeOutput.Layers": wire.LeftOut, "UpdateFunctionCodeOutput.FileSystemConfigs": wire.LeftOut,
			"UpdateFunctionConfigurationOutput.Layers":            wire.LeftOut,
			"UpdateFunctionConfigurationOutput.FileSystemConfigs": wire.LeftOut,
		},
		Operations: []wire.Operation{
			wire.Op("CreateFunction", f.createFunction, "FunctionName", "Role", "Code.ZipFile", "Runtime", "Handler", "Description",
				"Timeout", "MemorySize", "Environment.Variables", "Architectures", "PackageType", "Tags", "TracingConfig.Mode").
				REST("POST", functions).WithStatus("", 201).Requires("FunctionName", "Role", "Code"),
			wire.Op("GetFunction", f.getFunction, "FunctionName", "Qualifier").REST("GET", one),
			wire.Op("GetFunctionConfiguration", f.getFunctionConfiguration, "FunctionName", "Qualifier").
				REST("GET", one+"/configuration"),
			wire.Op("UpdateFunctionCode", f.updateFunctionCode, "FunctionName", "ZipFile", "Architectures", "DryRun", "RevisionId").
				REST("PUT", one+"/code"),
			wire.Op("UpdateFunctionConfiguration", f.updateFunctionConfiguration, "FunctionName", "Role", "Handler", "Description",
				"Timeout", "MemorySize", "Runtime", "Environment.Variables", "RevisionId", "TracingConfig.Mode").REST("PUT", one+"/configuration"),
			wire.Op("DeleteFunction", f.deleteFunction, "FunctionName").REST("DELETE", one).WithStatus("StatusCode", 204),
			wire.Op("ListFunctions", f.listFunctions, "Marker", "MaxItems").REST("GET", functions+"/"),
			wire.Op("ListAliases", f.listAliases, "FunctionName", "FunctionVersion", "MaxItems").REST("GET", one+"/aliases"),
			wire.Op("ListVersionsByFunction", f.listVersions, "FunctionName", "MaxItems").REST("GET", one+"/versions"),
			wire.Op("PutFunctionConcurrency", f.putFunctionConcurrency, "FunctionName", "ReservedConcurrentExecutions").
				REST("PUT", reserved).Requires("ReservedConcurrentExecutions"),
			wire.Op("DeleteFunctionConcurrency", f.deleteFunctionConcurrency, "FunctionName").
				REST("DELETE", reserved).WithStatus("", 204),
			wire.Op("GetFunctionConcurrency", f.getFunctionConcurrency, "FunctionName").
				REST("GET", "/2019-09-30/functions/{FunctionName}/concurrency"),
			wire.Op("Invoke", f.invokeOperation, "FunctionName", "InvocationType", "Payload", "Qualifier", "LogType").
				REST("POST", one+"/invocations").WithPayload("Payload").WithStatus("StatusCode", 200).WithHeaders(map[string]string{
				"InvocationType":  "X-Amz-Invocation-Type",
				"LogType":         "X-Amz-Log-Type",
				"FunctionError":   "X-Amz-Function-Error",
				"LogResult":       "X-Amz-Log-Result",
				"ExecutedVersion": "X-Amz-Executed-Version",
			}).Waits(),
		},
	}
}

func (f *Functions) invokeOperation(call *wire.Call, in *sdk.InvokeInput) (*sdk.InvokeOutput, error) {
	name, qualifier := aws.ToString(in.FunctionName), aws.ToString(in.Qualifier)
	if in.LogType == types.LogTypeTail {
		return nil, wire.NotModelled("LogType Tail: functions write to the log of the program that runs them")
	}
	switch in.InvocationType {
	case types.InvocationTypeDryRun:
		return f.dryRun(name, qualifier, in.Payload)
	case types.InvocationTypeEvent:
		return f.invokeLater(xray.With(call.Context, xray.ParseHeader(call.Trace)), name, qualifier, in.Payload)
	case types.InvocationTypeRequestResponse, "":
	default:
		return nil, wire.Errorf("InvalidParameterValueException", "1 validation error detected: Value '%s' at 'invocationType' "+
			"failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]", in.InvocationType)
	}
	result, err := f.InvokeVersion(xray.With(call.Context, xray.ParseHeader(call.Trace)), name, qualifier, in.Payload)
	if err != nil {
		return nil, err
	}
	out := &sdk.InvokeOutput{StatusCode: 200, Payload: result.Payload, ExecutedVersion: aws.String(result.ExecutedVersion)}
	if result.FunctionError != "" {
		out.FunctionError = aws.String(result.FunctionError)
	}
	return out, nil
}

func (f *Functions) dryRun(name, qualifier string, payload []byte) (*sdk.InvokeOutput, error) {
	f.acct.Lock()
	defer f.acct.Unlock()
	if _, err := f.find(name, qualifier); err != nil {
		return nil, err
	}
	if err := checkPayload(payload); err != nil {
		return nil, err
	}
	return &sdk.InvokeOutput{StatusCode: 204, ExecutedVersion: aws.String(latest)}, nil
}

// invokeLater answers an Event invoke and runs it as a task of its own. A function that fails is tried again, as
// Settings.AsyncRetryDelays has it; a throttled one too, which AWS tries for up to six hours.
func (f *Functions) invokeLater(ctx context.Context, name, qualifier string, payload []byte) (*sdk.InvokeOutput, error) {
	if len(payload) > maxAsyncRequest {
		return nil, tooLarge(maxAsyncRequest)
	}
	if _, err := f.dryRun(name, qualifier, payload); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // the trace goes along, the caller does not wait
	f.acct.Clock.Go(func() {
		for attempt := 0; ; attempt++ {
			result, err := f.InvokeVersion(ctx, name, qualifier, payload)
			if err == nil && result.FunctionError == "" || attempt == len(f.settings.AsyncRetryDelays) {
				return
			}
			if f.acct.Clock.Sleep(ctx, f.settings.AsyncRetryDelays[attempt]) != nil {
				return
			}
		}
	})
	return &sdk.InvokeOutput{StatusCode: 202}, nil
}

func (f *Functions) getFunction(_ *wire.Call, in *sdk.GetFunctionInput) (*sdk.GetFunctionOutput, error) {
	fn, err := f.find(aws.ToString(in.FunctionName), aws.ToString(in.Qualifier))
	if err != nil {
		return nil, err
	}
	out := &sdk.GetFunctionOutput{
		Code:          &types.FunctionCodeLocation{RepositoryType: aws.String("S3")},
		Configuration: fn.configuration(),
		Tags:          fn.tags,
	}
	if fn.reserved != nil {
		out.Concurrency = &types.Concurrency{ReservedConcurrentExecutions: fn.reserved}
	}
	return out, nil
}

func (f *Functions) getFunctionConfiguration(_ *wire.Call, in *sdk.GetFunctionConfigurationInput) (*sdk.GetFunctionConfigurationOutput, error) {
	fn, err := f.find(aws.ToString(in.FunctionName), aws.ToString(in.Qualifier))
	if err != nil {
		return nil, err
	}
	return answerWith[sdk.GetFunctionConfigurationOutput](fn), nil
}

func (f *Functions) listFunctions(_ *wire.Call, in *sdk.ListFunctionsInput) (*sdk.ListFunctionsOutput, error) {
	limit := 50 // the most that one page holds (Lambda SDK, ListFunctions)
	if in.MaxItems != nil {
		limit = min(limit, int(*in.MaxItems))
	}
	after := ""
	if in.Marker != nil {
		decoded, err := base64.StdEncoding.DecodeString(*in.Marker)
		if err != nil || json.Unmarshal(decoded, &after) != nil {
			return nil, wire.Errorf("InvalidParameterValueException", "Invalid marker")
		}
	}
	out := &sdk.ListFunctionsOutput{Functions: []types.FunctionConfiguration{}}
	for _, name := range f.names() {
		if name <= after {
			continue
		}
		if len(out.Functions) == limit {
			marker, err := json.Marshal(*out.Functions[limit-1].FunctionName)
			if err != nil {
				return nil, err
			}
			out.NextMarker = aws.String(base64.StdEncoding.EncodeToString(marker))
			break
		}
		out.Functions = append(out.Functions, *f.byName[name].configuration())
	}
	return out, nil
}

// listAliases: no operation of the model makes one.
func (f *Functions) listAliases(_ *wire.Call, in *sdk.ListAliasesInput) (*sdk.ListAliasesOutput, error) {
	if _, err := f.find(aws.ToString(in.FunctionName), ""); err != nil {
		return nil, err
	}
	return &sdk.ListAliasesOutput{}, nil
}

// listVersions: no operation of the model publishes one, and so there is the unpublished one alone.
func (f *Functions) listVersions(_ *wire.Call, in *sdk.ListVersionsByFunctionInput) (*sdk.ListVersionsByFunctionOutput, error) {
	fn, err := f.find(aws.ToString(in.FunctionName), "")
	if err != nil {
		return nil, err
	}
	version := fn.configuration()
	version.FunctionArn = aws.String(fn.arn + ":" + latest)
	return &sdk.ListVersionsByFunctionOutput{Versions: []types.FunctionConfiguration{*version}}, nil
}

func (f *Functions) deleteFunction(_ *wire.Call, in *sdk.DeleteFunctionInput) (*sdk.DeleteFunctionOutput, error) {
	fn, err := f.find(aws.ToString(in.FunctionName), "")
	if err != nil {
		return nil, err
	}
	f.retire(fn)
	delete(f.byName, fn.name)
	return &sdk.DeleteFunctionOutput{StatusCode: 204}, nil
}
