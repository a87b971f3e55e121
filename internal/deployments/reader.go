// Package deployments reads and starts deployments through the API, as anybody may who is allowed to: which state machine
// deploys a group, what an execution did, how a lineage stands. It reads histories and descriptions alone, so that AWS and a
// model of it are read in the same way.
package deployments

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/smithy-go"

	"bluegreen/internal/balancer"
)

// Reader reads the deployments of an account in a Region.
type Reader struct {
	sfn       *sfn.Client
	groups    *autoscaling.Client
	balancers balancer.Balancers
	config    aws.Config
	machine   string // name or ARN of the one that is meant; empty: it is found
}

// New makes a reader. machine is the name or the ARN of the state machine that is meant; where it is empty each group's is found.
func New(config aws.Config, machine string) Reader {
	return Reader{
		sfn: sfn.NewFromConfig(config), groups: autoscaling.NewFromConfig(config), balancers: balancer.New(config),
		config: config, machine: machine,
	}
}

// here checks that an ARN is of the Region that is looked at: AWS would only say that there is no such thing.
func (r Reader) here(what string) error {
	parsed, err := arn.Parse(what)
	if err != nil {
		return fmt.Errorf("%q is no ARN: want arn:aws:states:<Region>:<account>:…", what)
	}
	if parsed.Region != r.config.Region {
		return fmt.Errorf("%s is in %s, and this looks in %s: set AWS_REGION=%s", what, parsed.Region, r.config.Region, parsed.Region)
	}
	return nil
}

// denied are the codes with which AWS refuses who may not call.
var denied = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnrecognizedClientException", "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"}

// ask says what could not be done, and what to do where AWS refused who asked; nil where err is.
func ask(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	what := fmt.Sprintf(format, args...)
	var said smithy.APIError
	if errors.As(err, &said) {
		for _, code := range denied {
			if strings.EqualFold(said.ErrorCode(), code) {
				return fmt.Errorf("%s: %w; use credentials that may call that (AWS_PROFILE), or have this allowed to yours: docs/command-line.md lists what each command calls", what, err)
			}
		}
	}
	return fmt.Errorf("%s: %w", what, err)
}
