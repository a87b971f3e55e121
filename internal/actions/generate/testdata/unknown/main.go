// Command unknown calls a service that signedFor does not know.
package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/codecommit"
)

func main() { _, _ = (&codecommit.Client{}).GetBranch(context.Background(), nil) }
