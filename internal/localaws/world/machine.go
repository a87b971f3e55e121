package world

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// LedgerKey is the key attribute of the ledger's table.
const LedgerKey = "lineage"

// The environment variables by which the functions know the ledger's table and the operators' topic.
const (
	ledgerVariable = "LEDGER_TABLE"
	topicVariable  = "OPERATOR_TOPIC"

	recordsVariable = "HOSTED_ZONES"       // by which they know the record that they may move
	placeVariable   = "IN_PLACE_TEMPLATES" // and the launch template that may get versions
)

func (s Seeder) ledger(ctx context.Context, plan Plan, _ *World) error {
	_, err := s.dynamodb.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:            &plan.LedgerTable,
		AttributeDefinitions: []dynamotypes.AttributeDefinition{{AttributeName: aws.String(LedgerKey), AttributeType: dynamotypes.ScalarAttributeTypeS}},
		KeySchema:            []dynamotypes.KeySchemaElement{{AttributeName: aws.String(LedgerKey), KeyType: dynamotypes.KeyTypeHash}},
		BillingMode:          dynamotypes.BillingModePayPerRequest,
	})
	if err != nil {
		return err
	}
	return s.until(ctx, func() (bool, error) {
		table, err := s.dynamodb.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &plan.LedgerTable})
		return err == nil && table.Table.TableStatus == dynamotypes.TableStatusActive, err
	})
}

// machine creates the functions and the state machine that calls them.
func (s Seeder) machine(ctx context.Context, plan Plan, w *World) error {
	if len(plan.Functions) == 0 {
		return nil
	}
	for _, function := range plan.Functions {
		name := strings.Join([]string{plan.Project, plan.Role, plan.Environment, function.Name}, "-")
		if err := s.function(ctx, plan, *w, name, function); err != nil {
			return fmt.Errorf("function %s: %w", function.Name, err)
		}
		w.FunctionNames = append(w.FunctionNames, name)
	}
	arns := make(map[string]string, len(plan.Functions))
	for n, function := range plan.Functions {
		arn, err := s.active(ctx, w.FunctionNames[n])
		if err != nil {
			return fmt.Errorf("function %s: %w", function.Name, err)
		}
		arns[function.Name] = arn
	}
	var err error
	if w.MachineARN, err = s.stateMachine(ctx, plan, *w, plan.Machine, plan.Definition, arns); err == nil && plan.Place != nil {
		w.InPlaceARN, err = s.stateMachine(ctx, plan, *w, plan.PlaceMachine, plan.Place, arns)
	}
	return err
}

func (s Seeder) stateMachine(ctx context.Context, plan Plan, w World, name string, of func(map[string]string) (string, error), arns map[string]string) (string, error) {
	definition, err := of(arns)
	if err != nil {
		return "", err
	}
	created, err := s.sfn.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: &name, Definition: &definition, RoleArn: aws.String(w.role(name)),
		TracingConfiguration: &sfntypes.TracingConfiguration{Enabled: plan.Traced},
	})
	if err != nil {
		return "", err
	}
	return *created.StateMachineArn, nil
}

func (s Seeder) function(ctx context.Context, plan Plan, w World, name string, function Function) error {
	variables := map[string]string{ledgerVariable: w.LedgerTable, topicVariable: w.OperatorTopic, recordsVariable: ""}
	if w.Record != "" {
		variables[recordsVariable] = w.HostedZoneID + "/" + w.Record
	}
	if plan.InPlace {
		variables[placeVariable] = w.TemplateID
	}
	maps.Copy(variables, plan.Variables)
	maps.Copy(variables, function.Environment)
	tracing := lambdatypes.TracingModePassThrough
	if plan.Traced {
		tracing = lambdatypes.TracingModeActive
	}
	_, err := s.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: &name,
		Runtime:      lambdatypes.RuntimeProvidedal2023,
		Handler:      aws.String("bootstrap"),
		Role:         aws.String(w.role(name)),
		Code:         &lambdatypes.FunctionCode{ZipFile: function.Code},
		Timeout:      aws.Int32(int32(function.Timeout / time.Second)),
		Environment:  &lambdatypes.Environment{Variables: variables},

		TracingConfig: &lambdatypes.TracingConfig{Mode: tracing},
	})
	return err
}

// active waits until a function can be invoked, and returns its ARN.
func (s Seeder) active(ctx context.Context, name string) (arn string, err error) {
	err = s.until(ctx, func() (bool, error) {
		got, err := s.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name})
		if err != nil {
			return false, err
		}
		arn = *got.Configuration.FunctionArn
		return got.Configuration.State == lambdatypes.StateActive, nil
	})
	return arn, err
}

// until looks once a second until done reports true, for waitLimit at most.
func (s Seeder) until(ctx context.Context, done func() (bool, error)) error {
	for began := s.Clock.Now(); ; {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		if s.Clock.Now().Sub(began) > waitLimit {
			return fmt.Errorf("not ready after %s", waitLimit)
		}
		if err := s.Clock.Sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}
