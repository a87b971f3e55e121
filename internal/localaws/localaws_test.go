package localaws_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/faults"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
)

// inAccount runs f as a task of the virtual clock of a fresh account.
func inAccount(t *testing.T, options localaws.Options, f func(a *localaws.AWS, config aws.Config)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer v.Close()
	options.Clock = v
	a := localaws.New(options)
	defer a.Close()
	v.Run(func() { f(a, a.Endpoint.Config(wire.Caller{})) })
}

func TestAccountAndRegion(t *testing.T) {
	inAccount(t, localaws.Options{}, func(_ *localaws.AWS, config aws.Config) {
		caller, err := sts.NewFromConfig(config).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil || *caller.Account != "000000000000" || *caller.Arn != "arn:aws:iam::000000000000:user/localaws" {
			t.Errorf("caller: %+v, %v", caller, err)
		}
		if config.Region != "ap-northeast-1" {
			t.Errorf("Region %s", config.Region)
		}
	})
}

func TestSeedDecidesEveryDraw(t *testing.T) {
	subnet := func(seed uint64) (id string) {
		inAccount(t, localaws.Options{Seed: seed}, func(_ *localaws.AWS, config aws.Config) {
			subnets, err := ec2.NewFromConfig(config).DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{})
			if err != nil {
				t.Error(err)
				return
			}
			id = *subnets.Subnets[0].SubnetId
		})
		return id
	}
	first, again, other := subnet(7), subnet(7), subnet(8)
	if first != again || first == other {
		t.Errorf("seed 7: %s and %s, seed 8: %s", first, again, other)
	}
}

// whoAmI is a function that answers the identity that its own AWS calls have.
func whoAmI(ctx context.Context, invocation locallambda.Invocation, _ []byte) ([]byte, *locallambda.Failure) {
	caller, err := sts.NewFromConfig(invocation.AWS).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, &locallambda.Failure{ErrorMessage: err.Error(), ErrorType: "errorString"}
	}
	text, _ := json.Marshal(*caller.Arn)
	return text, nil
}

func TestFunctionCallsAWSAsItsRole(t *testing.T) {
	inAccount(t, localaws.Options{}, func(a *localaws.AWS, config aws.Config) {
		if err := a.Functions.Define(locallambda.FunctionSpec{Name: "who", Timeout: 10 * time.Second}, locallambda.Code(whoAmI)); err != nil {
			t.Error(err)
			return
		}
		answer, err := lambda.NewFromConfig(config).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("who")})
		if err != nil || !strings.Contains(string(answer.Payload), ":assumed-role/who/") {
			t.Errorf("answer: %v, %v; want the function's role", answer, err)
		}
	})
}

func TestFaultKillsAFunctionAtItsCall(t *testing.T) {
	plan := faults.NewPlan(faults.Rule{Service: "sts", Function: "who", Kind: faults.KillBefore})
	inAccount(t, localaws.Options{Faults: plan}, func(a *localaws.AWS, config aws.Config) {
		if err := a.Functions.Define(locallambda.FunctionSpec{Name: "who", Timeout: 10 * time.Second}, locallambda.Code(whoAmI)); err != nil {
			t.Error(err)
			return
		}
		client := lambda.NewFromConfig(config)
		died, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("who")})
		if err != nil || died.FunctionError == nil || !strings.Contains(string(died.Payload), "Runtime.ExitError") {
			t.Errorf("the invocation that meets the fault: %+v, %v; want Runtime.ExitError", died, err)
		}
		again, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("who")})
		if err != nil || again.FunctionError != nil {
			t.Errorf("the next invocation: %+v, %v", again, err)
		}
	})
}

func TestStateMachineInvokesAFunction(t *testing.T) {
	inAccount(t, localaws.Options{}, func(a *localaws.AWS, config aws.Config) {
		if err := a.Functions.Define(locallambda.FunctionSpec{Name: "who", Timeout: 10 * time.Second}, locallambda.Code(whoAmI)); err != nil {
			t.Error(err)
			return
		}
		client := sfn.NewFromConfig(config)
		machine, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
			Name: aws.String("ask"), RoleArn: aws.String("arn:aws:iam::000000000000:role/ask"),
			Definition: aws.String(`{"StartAt":"Ask","States":{"Ask":{"Type":"Task","End":true,"Resource":"` + a.Account.ARN("lambda", "function:who") + `"}}}`),
		})
		if err != nil {
			t.Error(err)
			return
		}
		started, err := client.StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: machine.StateMachineArn})
		if err != nil {
			t.Error(err)
			return
		}
		if err := a.Account.Clock.Sleep(t.Context(), time.Minute); err != nil {
			t.Error(err)
			return
		}
		ended, err := client.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
		if err != nil || ended.Status != "SUCCEEDED" || !strings.Contains(*ended.Output, ":assumed-role/who/") {
			t.Errorf("the execution: %+v, %v", ended, err)
		}
	})
}
