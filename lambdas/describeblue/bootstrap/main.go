// Command bootstrap is the Lambda function behind the state machine's package describeblue.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/describeblue"
)

func main() { lambdaentry.Start(describeblue.New) }
