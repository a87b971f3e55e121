// Command bootstrap is the Lambda function behind the state machine's package switchtraffic.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/switchtraffic"
)

func main() { lambdaentry.Start(switchtraffic.New) }
