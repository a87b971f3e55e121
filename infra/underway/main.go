// Command underway is run before stacks are deployed or deleted. It says which deployments are under way: what that changes for
// them is in docs/aws.md. And it ends with 1 where a stack that is named to it was deployed with parameters that are not given now.
// It takes the parameters as CDK does: -c name=value, and the context of cdk.json in the working folder. Where it cannot look it
// says so, and holds nothing up.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go/logging"

	"bluegreen/infra/given"
	"bluegreen/infra/settings"
	"bluegreen/internal/ledger"
)

// patience is for how long the ledger is asked.
const patience = 20 * time.Second

func main() {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	if !run(ctx, os.Stdout) {
		os.Exit(1)
	}
}

// run reports whether the stacks may be deployed as they are asked for.
func run(ctx context.Context, out io.Writer) bool {
	values, err := parameters("cdk.json", os.Args[1:])
	if err != nil {
		fmt.Fprintln(out, err)
		return true // CDK, which runs next, says what is wrong
	}
	s, err := settings.Read(func(key string) any { return values[key] })
	if err != nil {
		return true
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{}))
	if err == nil {
		err = look(ctx, cfg, s.Table(), out)
	}
	if err != nil {
		fmt.Fprintln(out, "Whether a deployment is under way could not be seen:", err)
		return true
	}
	missing, err := missing(ctx, cfg, s, values, os.Args[1:])
	if err != nil {
		fmt.Fprintln(out, "What the stacks were deployed with could not be seen:", err)
	}
	for _, line := range missing {
		fmt.Fprintln(out, line)
	}
	return len(missing) == 0
}

// parameters are the parameters: those of the command line before those of the file.
func parameters(file string, args []string) (map[string]any, error) {
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

// stacks are those that can be named to deploy; --all stands for all of them.
var stacks = []string{"Network", "Fleet", "Deployer", "Pipeline"}

// missing says of each stack among the arguments which parameters it was deployed with that are not given now.
func missing(ctx context.Context, cfg aws.Config, s settings.Settings, now map[string]any, args []string) ([]string, error) {
	client := ssm.NewFromConfig(cfg)
	var lines []string
	for _, stack := range stacks {
		if !slices.Contains(args, stack) && !slices.Contains(args, "--all") {
			continue
		}
		name := given.Name(s, stack)
		out, err := client.GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
		var none *ssmtypes.ParameterNotFound
		switch {
		case errors.As(err, &none): // it is not deployed yet, or remembers nothing
			continue
		case err != nil:
			return lines, err
		}
		var left []string
		for key := range strings.SplitSeq(aws.ToString(out.Parameter.Value), ",") {
			if _, named := now[key]; !named && key != given.None {
				left = append(left, key)
			}
		}
		if len(left) > 0 {
			lines = append(lines, fmt.Sprintf("%s was deployed with %s, which is not given now, and its default would take its place: say it for good in infra/cdk.json, "+
				"or give it again (also the default, where you mean that), e.g. CDK=\"-c %s=…\"", stack, strings.Join(left, ", "), left[0]))
		}
	}
	return lines, nil
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
