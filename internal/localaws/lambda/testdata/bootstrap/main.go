// Command bootstrap is a Go Lambda that does what its payload asks for: a subject for the tests of the Runtime API.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/config"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"
)

type request struct {
	Do   string
	Path string
	Key  string
}

type answer struct {
	PID       int
	RequestID string
	ARN       string
	Left      time.Duration
	Value     string
}

func handle(ctx context.Context, in request) (answer, error) {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	out := answer{PID: os.Getpid(), RequestID: lc.AwsRequestID, ARN: lc.InvokedFunctionArn, Left: time.Until(deadline)}
	switch in.Do {
	case "fault":
		return out, messages.InvokeResponse_Error{Type: "BlueGreen.Conflict", Message: "held by another"}
	case "panic":
		panic("a nil map")
	case "exit":
		os.Exit(3)
	case "hang":
		fmt.Println("hanging")
		select {}
	case "meet": // answers once as many as asked for are here
		if err := os.WriteFile(fmt.Sprint(in.Path, "/", os.Getpid()), nil, 0o600); err != nil {
			return out, err
		}
		for {
			if here, err := os.ReadDir(in.Path); err != nil || len(here) == 2 {
				return out, err
			}
			time.Sleep(time.Millisecond)
		}
	case "fill":
		out.Value = strings.Repeat("x", 7_000_000)
	case "env":
		out.Value = os.Getenv(in.Key)
	case "call", "late":
		if in.Do == "late" {
			time.Sleep(time.Second)
		}
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return out, err
		}
		if _, err := sdk.NewFromConfig(cfg).ListFunctions(ctx, &sdk.ListFunctionsInput{}); err != nil {
			return out, err
		}
	}
	return out, nil
}

func main() {
	if os.Getenv("FAIL_INIT") == "reported" {
		url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
		_, _ = http.Post(url, "application/json", strings.NewReader(`{"errorType":"NoTable","errorMessage":"no table is named"}`))
		os.Exit(1)
	}
	if os.Getenv("FAIL_INIT") != "" {
		fmt.Fprintln(os.Stderr, "no table is named")
		os.Exit(1)
	}
	lambda.Start(handle)
}
