// Command bootstrap is the Lambda function behind the state machine's package restoregroup.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/restoregroup"
)

func main() { lambdaentry.Start(restoregroup.New) }
