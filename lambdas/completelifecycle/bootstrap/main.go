// Command bootstrap is the Lambda function behind the state machine's package completelifecycle.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/completelifecycle"
)

func main() { lambdaentry.Start(completelifecycle.New) }
