// Command underway says which deployments are under way, before stacks are deployed or deleted: what that changes for them
// is in docs/aws.md. It takes the parameters as CDK does (-c name=value, and the context of cdk.json in the working folder),
// and never keeps a deployment of the stacks from going on: where it cannot look it says so.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/logging"

	"bluegreen/infra/settings"
	"bluegreen/internal/ledger"
)

// patience is for how long the ledger is asked.
const patience = 20 * time.Second

func main() {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Println("Whether a deployment is under way could not be seen:", err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	values, err := given("cdk.json", os.Args[1:])
	if err != nil {
		return err
	}
	s, err := settings.Read(func(key string) any { return values[key] })
	if err != nil {
		return nil // CDK, which runs next, says it
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{}))
	if err != nil {
		return err
	}
	return look(ctx, cfg, s.Table(), out)
}

// given are the parameters: those of the command line before those of the file.
func given(file string, args []string) (map[string]any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var of struct {
		Context map[string]any `json:"context"`
	}
	if err := json.Unmarshal(text, &of); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	values := make(map[string]any)
	for key, value := range of.Context {
		values[key] = value
	}
	for i, arg := range args { // the others are CDK's own
		if (arg == "-c" || arg == "--context") && i+1 < len(args) {
			key, value, _ := strings.Cut(args[i+1], "=")
			values[key] = value
		}
	}
	return values, nil
}

// look prints the deployments that hold a lock. A table that is not there yet holds none.
func look(ctx context.Context, cfg aws.Config, table string, out io.Writer) error {
	locked, err := ledger.Open(cfg, table).Locked(ctx)
	var none *types.ResourceNotFoundException
	if errors.As(err, &none) {
		return nil
	}
	for _, record := range locked {
		lock := record.Lock
		fmt.Fprintf(out, "A deployment of %s is under way (%s, since %s):\n  %s\n",
			record.Lineage, lock.Stage, lock.Since.UTC().Format("2006-01-02 15:04 MST"), lock.Execution)
	}
	if len(locked) > 0 {
		fmt.Fprintln(out, `It goes on with the versions that it began with, but under the roles as they will be: see "While a deployment runs" in docs/aws.md.`)
	}
	return err
}
