// Command bootstrap is the Lambda function behind the state machine's package claim.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/claim"
)

func main() { lambdaentry.Start(claim.New) }
