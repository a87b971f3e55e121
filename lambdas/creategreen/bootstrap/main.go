// Command bootstrap is the Lambda function behind the state machine's package creategreen.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/creategreen"
)

func main() { lambdaentry.Start(creategreen.New) }
