// Command bootstrap is the Lambda function behind the state machine's package restoreblue.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/restoreblue"
)

func main() { lambdaentry.Start(restoreblue.New) }
