// Command bootstrap is the Lambda function behind the state machine's package removegreen.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/removegreen"
)

func main() { lambdaentry.Start(removegreen.New) }
