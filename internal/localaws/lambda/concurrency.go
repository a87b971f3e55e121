package lambda

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"

	"bluegreen/internal/localaws/wire"
)

// leastUnreserved is how much of the account's concurrency cannot be reserved (developer guide, configuration-concurrency).
const leastUnreserved = 100

func (f *Functions) putFunctionConcurrency(_ *wire.Call, in *sdk.PutFunctionConcurrencyInput) (*sdk.PutFunctionConcurrencyOutput, error) {
	fn, err := f.find(aws.ToString(in.FunctionName), "")
	if err != nil {
		return nil, err
	}
	left := f.settings.Concurrency - int(*in.ReservedConcurrentExecutions)
	for _, other := range f.byName {
		if other.reserved != nil && other != fn {
			left -= int(*other.reserved)
		}
	}
	if left < leastUnreserved {
		return nil, wire.Errorf("InvalidParameterValueException", "Specified ReservedConcurrentExecutions for function decreases account's "+
			"UnreservedConcurrentExecution below its minimum value of [%d].", leastUnreserved)
	}
	fn.reserved = in.ReservedConcurrentExecutions
	return &sdk.PutFunctionConcurrencyOutput{ReservedConcurrentExecutions: fn.reserved}, nil
}

func (f *Functions) deleteFunctionConcurrency(_ *wire.Call, in *sdk.DeleteFunctionConcurrencyInput) (*sdk.DeleteFunctionConcurrencyOutput, error) {
	fn, err := f.find(aws.ToString(in.FunctionName), "")
	if err != nil {
		return nil, err
	}
	fn.reserved = nil
	return &sdk.DeleteFunctionConcurrencyOutput{}, nil
}

func (f *Functions) getFunctionConcurrency(_ *wire.Call, in *sdk.GetFunctionConcurrencyInput) (*sdk.GetFunctionConcurrencyOutput, error) {
	fn, err := f.find(aws.ToString(in.FunctionName), "")
	if err != nil {
		return nil, err
	}
	return &sdk.GetFunctionConcurrencyOutput{ReservedConcurrentExecutions: fn.reserved}, nil
}
