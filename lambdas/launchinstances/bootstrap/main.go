// Command bootstrap is the Lambda function behind the state machine's package launchinstances.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/launchinstances"
)

func main() { lambdaentry.Start(launchinstances.New) }
