// Command bootstrap is the Lambda function behind the state machine's package endprevious.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/endprevious"
)

func main() { lambdaentry.Start(endprevious.New) }
