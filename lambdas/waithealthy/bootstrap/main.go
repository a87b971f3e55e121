// Command bootstrap is the Lambda function behind the state machine's package waithealthy.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/waithealthy"
)

func main() { lambdaentry.Start(waithealthy.New) }
