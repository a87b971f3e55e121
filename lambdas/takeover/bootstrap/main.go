// Command bootstrap is the Lambda function behind the state machine's package takeover.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/takeover"
)

func main() { lambdaentry.Start(takeover.New) }
