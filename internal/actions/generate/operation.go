package main

import (
	"fmt"
	"go/types"
	"strings"

	"bluegreen/internal/actions"
)

// sdk begins the import paths of the SDK's clients.
const sdk = "github.com/aws/aws-sdk-go-v2/service/"

// signedFor are the services that requests of the SDK's packages are signed for.
var signedFor = map[string]string{
	"autoscaling": "autoscaling", "cloudwatch": "monitoring", "codepipeline": "codepipeline", "dynamodb": "dynamodb", "ec2": "ec2",
	"elasticloadbalancing": "elasticloadbalancing", "elasticloadbalancingv2": "elasticloadbalancing",
	"eventbridge": "events", "lambda": "lambda", "route53": "route53", "sfn": "states", "sns": "sns", "sqs": "sqs",
	"ssm": "ssm", "sts": "sts", "globalaccelerator": "globalaccelerator", "shield": "shield", "wafv2": "wafv2",
}

// operation recognises a method of an SDK client by its type: Op(context.Context, *service.OpInput, ...).
func operation(m *types.Func) (actions.Operation, bool, error) {
	parameters := m.Signature().Params()
	if parameters.Len() < 2 {
		return actions.Operation{}, false, nil
	}
	pointer, ok := types.Unalias(parameters.At(1).Type()).(*types.Pointer)
	if !ok {
		return actions.Operation{}, false, nil
	}
	input, ok := types.Unalias(pointer.Elem()).(*types.Named)
	if !ok || input.Obj().Pkg() == nil || input.Obj().Name() != m.Name()+"Input" {
		return actions.Operation{}, false, nil
	}
	client, ok := strings.CutPrefix(input.Obj().Pkg().Path(), sdk)
	if !ok {
		return actions.Operation{}, false, nil
	}
	service, ok := signedFor[client]
	if !ok {
		return actions.Operation{}, false, fmt.Errorf("%s: it is not known which service the SDK's package %s signs for: add it to signedFor", m.Name(), client)
	}
	return actions.Operation{Service: service, Name: m.Name()}, true, nil
}
