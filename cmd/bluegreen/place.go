package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
	"github.com/spf13/pflag"

	"bluegreen/internal/deployments"
)

// place says which AWS is asked, and which of its state machines.
type place struct{ endpoint, machine string }

func (p *place) flags(flags *pflag.FlagSet) {
	flags.StringVar(&p.endpoint, "endpoint-url", "", "`URL` of the AWS to ask, such as that of bluegreen local; without it AWS_ENDPOINT_URL, or the real one")
	flags.StringVar(&p.machine, "machine", "", "`name` or ARN of the state machine that deploys; without it the one whose <project>-<role>-<environment> the group's name begins with")
}

// open finds Region and credentials, says whose AWS it is, and returns the reader of its deployments.
func (p place) open(ctx context.Context, term terminal) (aws.Config, deployments.Reader, error) {
	cfg, err := awsConfig(ctx, p.endpoint)
	if err == nil {
		err = sayWhere(ctx, term, cfg)
	}
	return cfg, deployments.New(cfg, p.machine), err
}

// sayWhere says whose AWS it is: a plan of the wrong account is worse than none.
func sayWhere(ctx context.Context, term terminal, cfg aws.Config) error {
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return fmt.Errorf("ask whose account this is: %w", err)
	}
	fmt.Fprintf(term.err, "account %s, %s, %s\n", aws.ToString(who.Account), cfg.Region, cmp.Or(aws.ToString(cfg.BaseEndpoint), "AWS"))
	return nil
}

// awsConfig finds Region and credentials where every AWS tool does. An endpoint that is not empty stands for AWS.
func awsConfig(ctx context.Context, endpoint string) (aws.Config, error) {
	if at, err := url.Parse(endpoint); endpoint != "" && (err != nil || at.Host == "" || !strings.HasPrefix(at.Scheme, "http")) {
		return aws.Config{}, usagef("--endpoint-url %q: want a URL with its scheme, such as http://127.0.0.1:4566", endpoint)
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{}))
	if err != nil {
		return aws.Config{}, fmt.Errorf("load the AWS configuration: %w", err)
	}
	if endpoint != "" {
		cfg.BaseEndpoint = &endpoint
	}
	if cfg.Region == "" {
		return aws.Config{}, fmt.Errorf("no Region: set AWS_REGION, or a region in the profile that AWS_PROFILE names")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return aws.Config{}, fmt.Errorf("no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (%w)", err)
	}
	return cfg, nil
}

// writeJSON writes a value for programs.
func writeJSON(term terminal, value any) error {
	encoder := json.NewEncoder(term.out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
